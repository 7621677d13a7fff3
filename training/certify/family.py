"""The cells of a sample certified together, so that any of them breaks its promise with probability at most delta."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.certification import Certified, certify, one_per_batch, plan, walk
from training.certify.sample import Sample
from training.thresholds.wanted import labels_wanted

GRID = 100  # thresholds at which a cell is looked at for what it wants


@dataclass(frozen=True)
class Tried:
    """What came of a cell."""

    cell: str
    planned: int  # rows that planned
    labels: int  # rows that certified, one of each batch
    certified: Certified | None  # None: a person decides every item of the cell
    level: float  # of the cell's own test
    automatic: int  # of all fresh rows of the cell, those that would go
    rows: int  # fresh rows of the cell
    dollars: float | None  # of the rows that would go; None where the sample has no amounts
    wanted: (
        int | None
    )  # fresh labels for a test that is likely to pass; None where certified, or where none would do


def certify_sample(sample: Sample, *, alpha: float, delta: float, seed: int) -> Iterator[Tried]:
    """Each cell in turn; raises BadInputError where alpha or delta is not between 0 and 1."""
    names = sample.names()
    for name in names:
        yield _tried(sample, name, alpha, delta / len(names), seed)


def _tried(sample: Sample, name: str, alpha: float, level: float, seed: int) -> Tried:
    inside = sample.cells == name
    prior, fresh = np.flatnonzero(inside & ~sample.fresh), np.flatnonzero(inside & sample.fresh)
    labels = _independent(sample, fresh, seed)
    thresholds = plan(sample.scores[prior], sample.errors[prior], labels.size, alpha, delta=level)
    scores, errors = sample.scores[labels], sample.errors[labels]
    certified = certify(scores, errors, thresholds, alpha, level)
    threshold = certified.threshold if certified else None
    goes = fresh[:0] if threshold is None else fresh[sample.scores[fresh] >= threshold]
    return Tried(
        cell=name,
        planned=prior.size,
        labels=labels.size,
        certified=certified,
        level=level,
        automatic=goes.size,
        rows=fresh.size,
        dollars=None if sample.amounts is None else float(sample.amounts[goes].sum()),
        wanted=None if certified else _wanted(sample, np.concatenate([prior, labels]), alpha, level),
    )


def _independent(sample: Sample, rows: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    """One row of each batch, as errors within one hang together; all rows where no batches are named."""
    return rows if sample.batches is None else rows[one_per_batch(sample.batches[rows], seed)]


def _wanted(sample: Sample, known: NDArray[np.intp], alpha: float, level: float) -> int | None:
    """A forecast, which may look at all labels, those that planned too; the test itself never does."""
    scores, errors = sample.scores[known], sample.errors[known]
    ranked = np.sort(scores[~np.isnan(scores)])[::-1]
    places = np.linspace(0, max(ranked.size - 1, 0), min(GRID, ranked.size)).astype(int)
    grid = tuple(np.unique(ranked[places])[::-1])
    return labels_wanted(walk(scores, errors, grid), scores.size, alpha=alpha, level=level)

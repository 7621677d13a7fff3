"""The cells of a sample certified together, so that any of them breaks its promise with probability at most delta."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.allocation import Labels, Outcome, certify_family, plan_family
from models.certification import Certified, one_per_batch, walk
from models.certification_labels import candidates
from training.certificates import are_apart
from training.certify.sample import Sample
from training.thresholds.wanted import labels_wanted

GRID = 100  # thresholds at which a cell is looked at for what it wants


@dataclass(frozen=True)
class _Rows:
    cell: str
    prior: NDArray[np.intp]  # that plan
    fresh: NDArray[np.intp]
    labels: NDArray[np.intp]  # of the fresh ones, those that certify


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


def certify_sample(sample: Sample, *, alpha: float, delta: float, seed: int) -> list[Tried]:
    """All cells, in the order of their names; raises BadInputError where alpha or delta is not between 0 and 1."""
    cells = [_rows_of(sample, name, seed) for name in sample.names()]
    prior = [_labels(sample, one.prior) for one in cells]
    fresh = [_labels(sample, one.labels) for one in cells]
    named = sample.batches
    apart = named is None or are_apart([named[one.labels].tolist() for one in cells])
    sizes = [one.labels.size for one in cells]
    planned = plan_family(prior, sizes, alpha=alpha, delta=delta, independent=apart)
    outcomes = certify_family(planned, fresh, alpha=alpha, delta=delta)
    return [_tried(sample, one, outcome, alpha) for one, outcome in zip(cells, outcomes, strict=True)]


def _rows_of(sample: Sample, name: str, seed: int) -> _Rows:
    inside = sample.cells == name
    fresh = np.flatnonzero(inside & sample.fresh)
    return _Rows(name, np.flatnonzero(inside & ~sample.fresh), fresh, _independent(sample, fresh, seed))


def _independent(sample: Sample, rows: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    """One row of each batch, as errors within one hang together; all rows where no batches are named."""
    return rows if sample.batches is None else rows[one_per_batch(sample.batches[rows], seed)]


def _labels(sample: Sample, rows: NDArray[np.intp]) -> Labels:
    return Labels(sample.scores[rows], sample.errors[rows])


def _tried(sample: Sample, rows: _Rows, outcome: Outcome, alpha: float) -> Tried:
    certified = outcome.certified
    threshold = certified.threshold if certified else None
    goes = rows.fresh[:0] if threshold is None else rows.fresh[sample.scores[rows.fresh] >= threshold]
    known = np.concatenate([rows.prior, rows.labels])
    return Tried(
        cell=rows.cell,
        planned=rows.prior.size,
        labels=rows.labels.size,
        certified=certified,
        level=outcome.level,
        automatic=goes.size,
        rows=rows.fresh.size,
        dollars=None if sample.amounts is None else float(sample.amounts[goes].sum()),
        wanted=None if certified else _wanted(sample, known, alpha, outcome.level),
    )


def _wanted(sample: Sample, known: NDArray[np.intp], alpha: float, level: float) -> int | None:
    """A forecast, which may look at all labels, those that planned too; the test itself never does."""
    scores, errors = sample.scores[known], sample.errors[known]
    grid = candidates(scores, GRID)
    return labels_wanted(walk(scores, errors, grid.tolist()), scores.size, alpha=alpha, level=level)

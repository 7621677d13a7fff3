"""Certify the error rate of items whose errors hang together in batches, as those of one remittance do.

Every row takes part, and the item error rate is held whatever the dependence inside a batch: the unit of the test is
the batch, and what it bets on is the batch's errors less alpha times its rows. All rows as if independent break the
promise; one row a batch keeps one, of a random row of a random batch, and throws the other rows away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from features.errors import BadInputError
from models.certificates import Certified
from models.certification_bets import STEPS, last_passed, plan_bets
from models.certification_labels import Floats, candidates, checked_labels, falling


def plan_batches(
    scores: ArrayLike,
    errors: ArrayLike,
    batches: Sequence[Any] | NDArray[Any],
    n_certify: int,
    alpha: float,
    *,
    largest: int,
    delta: float = 0.05,
    steps: int = STEPS,
) -> tuple[float, ...]:
    """Thresholds, strict to loose, for ``certify_batches``; the columns are of an earlier window, (m,).

    ``n_certify`` is how many fresh batches there will be, ``largest`` as there. Empty where there are no earlier
    labels.
    """
    score, excess = _columns(scores, errors, batches, alpha, largest)
    return plan_bets(candidates(score, steps), excess, excess.largest, n_certify, alpha, delta)


def certify_batches(
    scores: ArrayLike,
    errors: ArrayLike,
    batches: Sequence[Any] | NDArray[Any],
    thresholds: Sequence[float],
    alpha: float,
    delta: float,
    *,
    largest: int,
) -> Certified | None:
    """Walk planned thresholds on fresh labels that come in batches, all rows taking part.

    ``scores``, ``errors`` and ``batches`` (n,): the batch of each row, in the order of their days. Batches must be
    independent of each other; rows of one need not be. ``largest``, 1 or more, is how many rows a batch counts as at
    most; each row of a larger one counts for less. Where no batch ever has more, the promise is about items; with 1 it
    is about a random row of a random batch, as that of ``one_per_batch`` is, and takes fewer batches where their sizes
    differ. It must be known before the labels are: the largest batch at hand would say nothing of a larger one that
    is yet to come, and may be wrong as a whole. ``n`` and ``errors`` of the answer count rows. None where nothing is
    certified. Raises BadInputError as ``certify`` does.
    """
    score, excess = _columns(scores, errors, batches, alpha, largest)
    tried = falling(thresholds)
    passed = last_passed(tried, excess, excess.largest, alpha, delta)
    if passed is None:
        return None
    above = score >= tried[passed]
    return Certified(float(tried[passed]), int(above.sum()), int(np.asarray(errors)[above].sum()))


class BatchExcess:
    """The summed excess of each batch above a threshold; the rows of one larger than ``largest`` count for less."""

    def __init__(self, score: Floats, excess: Floats, unit: NDArray[np.intp], largest: int) -> None:
        sizes = np.bincount(unit, minlength=1)
        self.largest = float(largest)
        self._score, self._unit, self._units = score, unit, sizes.size if unit.size else 0
        self._excess = excess * np.minimum(1.0, self.largest / sizes[unit])

    def __call__(self, threshold: float) -> Floats:
        counted = np.where(self._score >= threshold, self._excess, 0.0)
        return np.asarray(np.bincount(self._unit, counted, minlength=self._units))


def _columns(
    scores: ArrayLike,
    errors: ArrayLike,
    batches: Sequence[Any] | NDArray[Any],
    alpha: float,
    largest: int,
) -> tuple[Floats, BatchExcess]:
    score, error = checked_labels(scores, errors)
    if largest < 1:
        raise BadInputError("the largest batch must have at least one row")
    excess = (error - alpha).astype(np.float64)
    return score, BatchExcess(score, excess, numbered(batches, score.size), largest)


def numbered(batches: Sequence[Any] | NDArray[Any], rows: int) -> NDArray[np.intp]:
    """Batches as 0, 1, 2 in the order in which they first come, (n,)."""
    named = np.asarray(batches)
    if named.shape != (rows,):
        raise BadInputError("scores and batches must be two columns of the same length")
    _, first, number = np.unique(named, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[number.ravel()], dtype=np.intp)

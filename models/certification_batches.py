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
from models.certification_bets import last_passed
from models.certification_labels import Floats, checked_labels, falling


def certify_batches(
    scores: ArrayLike,
    errors: ArrayLike,
    batches: Sequence[Any] | NDArray[Any],
    thresholds: Sequence[float],
    alpha: float,
    delta: float,
    *,
    largest: int | None = None,
    seed: int = 0,
) -> Certified | None:
    """Walk planned thresholds on fresh labels that come in batches, all rows taking part.

    ``scores``, ``errors`` and ``batches`` (n,): the batch of each row, in the order of their days. Batches must be
    independent of each other; rows of one need not be. ``largest`` is how many rows a batch may have, known before the
    labels are (from the earlier window): of a larger batch that many are drawn, so it counts as no more. Without it
    the largest of these batches is taken. ``n`` and ``errors`` of the answer count rows. Plan with ``plan`` on all
    earlier rows and with the number of batches as ``n_certify``. None where nothing is certified. Raises BadInputError
    as ``certify`` does.
    """
    score, error = checked_labels(scores, errors)
    tried = falling(thresholds)
    unit = _numbered(batches, score.size)
    if largest is not None and largest < 1:
        raise BadInputError("the largest batch must have at least one row")
    kept = _drawn(unit, largest, seed) if largest else np.arange(score.size)
    score, error, unit = score[kept], error[kept], unit[kept]
    most = float(largest or np.bincount(unit, minlength=1).max())
    passed = last_passed(tried, _Excess(score, (error - alpha).astype(np.float64), unit), most, alpha, delta)
    if passed is None:
        return None
    above = score >= tried[passed]
    return Certified(float(tried[passed]), int(above.sum()), int(error[above].sum()))


class _Excess:
    """The summed excess of each batch above a threshold."""

    def __init__(self, score: Floats, excess: Floats, unit: NDArray[np.intp]) -> None:
        self._score, self._excess, self._unit = score, excess, unit
        self._units = int(unit.max()) + 1 if unit.size else 0

    def __call__(self, threshold: float) -> Floats:
        counted = np.where(self._score >= threshold, self._excess, 0.0)
        return np.asarray(np.bincount(self._unit, counted, minlength=self._units))


def _numbered(batches: Sequence[Any] | NDArray[Any], rows: int) -> NDArray[np.intp]:
    """Batches as 0, 1, 2 in the order in which they first come, (n,)."""
    named = np.asarray(batches)
    if named.shape != (rows,):
        raise BadInputError("scores and batches must be two columns of the same length")
    _, first, number = np.unique(named, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[number.ravel()], dtype=np.intp)


def _drawn(unit: NDArray[np.intp], largest: int, seed: int) -> NDArray[np.intp]:
    """Row numbers, rising: at random at most ``largest`` of every batch."""
    shuffled = np.random.default_rng(seed).permutation(unit.size)
    grouped = shuffled[np.argsort(unit[shuffled], kind="stable")]
    start = np.searchsorted(unit[grouped], unit[grouped], side="left")
    return np.sort(grouped[np.arange(unit.size) - start < largest])

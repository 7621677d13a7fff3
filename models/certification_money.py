"""Certify the dollar error rate: of what is posted without a look, which share of the dollars is posted wrongly.

A bound on the share of items says nothing of dollars, as errors may be likelier where amounts are large. Here each
item's stake is its amount, bounded by the ceiling of its value band, above which a person decides anyway.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from features.errors import BadInputError
from models.certificates import Certified
from models.certification_bets import STEPS, last_passed, plan_bets
from models.certification_labels import Floats, candidates, checked_labels, falling


def plan_dollars(
    scores: ArrayLike,
    errors: ArrayLike,
    cents: ArrayLike,
    n_certify: int,
    alpha: float,
    *,
    ceiling: int,
    delta: float = 0.05,
    steps: int = STEPS,
) -> tuple[float, ...]:
    """Thresholds, strict to loose, for ``certify_dollars``; the columns are of an earlier window, (m,).

    ``n_certify`` is how many fresh rows there will be. Empty where there are no earlier labels.
    """
    score, error = checked_labels(scores, errors)
    excess = _Excess(score, _stakes(cents, score.size, ceiling) * (error - alpha))
    return plan_bets(candidates(score, steps), excess, 1.0, n_certify, alpha, delta)


def certify_dollars(
    scores: ArrayLike,
    errors: ArrayLike,
    cents: ArrayLike,
    thresholds: Sequence[float],
    alpha: float,
    delta: float,
    *,
    ceiling: int,
) -> Certified | None:
    """Walk planned thresholds so that wrong dollars are at most alpha of the dollars that go, but with chance delta.

    ``scores``, ``errors`` 0 or 1 and ``cents`` (n,), the amounts, 0 to ``ceiling``, which is known beforehand: the end
    of the value band. Rows must be independent, in the order of their days, and had no part in the plan. ``n`` and
    ``errors`` of the answer count items. It takes about ``ceiling / mean amount`` times the labels that a count of
    items takes, so bands should be narrow. None where nothing is certified. Raises BadInputError as ``certify`` does,
    and for an amount outside 0 to the ceiling.
    """
    score, error = checked_labels(scores, errors)
    tried = falling(thresholds)
    excess = _Excess(score, _stakes(cents, score.size, ceiling) * (error - alpha))
    passed = last_passed(tried, excess, 1.0, alpha, delta)
    if passed is None:
        return None
    accepted = score >= tried[passed]
    return Certified(float(tried[passed]), int(accepted.sum()), int(error[accepted].sum()))


class _Excess:
    """The excess of each item above a threshold, as a share of the ceiling."""

    def __init__(self, score: Floats, excess: Floats) -> None:
        self._score, self._excess = score, excess

    def __call__(self, threshold: float) -> Floats:
        return np.where(self._score >= threshold, self._excess, 0.0)


def _stakes(cents: ArrayLike, rows: int, ceiling: int) -> Floats:
    """Amounts as shares of the ceiling, (n,)."""
    amount = np.asarray(cents, dtype=np.float64)
    if amount.shape != (rows,):
        raise BadInputError("scores and amounts must be two columns of the same length")
    if ceiling <= 0 or not ((amount >= 0) & (amount <= ceiling)).all():
        raise BadInputError(
            "amounts must lie between 0 and the ceiling", remedy="choose the rows of the band"
        )
    return np.asarray(amount / ceiling)

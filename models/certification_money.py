"""Certify the dollar error rate: of what is posted without a look, which share of the dollars is posted wrongly.

A bound on the share of items says nothing of dollars, as errors may be likelier where amounts are large. Here each
item's stake is its amount, bounded by the ceiling of its value band, above which a person decides anyway. Where errors
hang together in batches, the unit of the test is the batch, and its rows share one stake.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from features.errors import BadInputError
from models.certificates import Certified
from models.certification_batches import BatchExcess, numbered
from models.certification_bets import STEPS, last_passed, plan_bets
from models.certification_labels import Floats, candidates, checked_labels, falling

Batches = Sequence[Any] | NDArray[Any] | None  # of each row, or None: rows are independent


def plan_dollars(
    scores: ArrayLike,
    errors: ArrayLike,
    cents: ArrayLike,
    n_certify: int,
    alpha: float,
    *,
    ceiling: int,
    batches: Batches = None,
    delta: float = 0.05,
    steps: int = STEPS,
) -> tuple[float, ...]:
    """Thresholds, strict to loose, for ``certify_dollars``; the columns are of an earlier window, (m,).

    ``n_certify`` is how many fresh rows there will be, or batches where these are given. Empty where there are no
    earlier labels.
    """
    score, error = checked_labels(scores, errors)
    excess = _excess(score, _stakes(cents, score.size, ceiling) * (error - alpha), batches)
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
    batches: Batches = None,
) -> Certified | None:
    """Walk planned thresholds so that wrong dollars are at most alpha of the dollars that go, but with chance delta.

    ``scores``, ``errors`` 0 or 1 and ``cents`` (n,), the amounts, 0 to ``ceiling``, which is known beforehand: the end
    of the value band; in the order of their days, and with no part in the plan. Rows must be independent, or
    ``batches`` (n,) says which hang together: then each batch counts as one whatever its size, and the promise is about
    the dollars of a random row of a random batch. ``n`` and ``errors`` of the answer count items. It takes about
    ``ceiling / mean amount`` times the labels that a count of items takes, so bands should be narrow. None where
    nothing is certified. Raises BadInputError as ``certify`` does, and for an amount outside 0 to the ceiling.
    """
    score, error = checked_labels(scores, errors)
    tried = falling(thresholds)
    excess = _excess(score, _stakes(cents, score.size, ceiling) * (error - alpha), batches)
    passed = last_passed(tried, excess, 1.0, alpha, delta)
    if passed is None:
        return None
    accepted = score >= tried[passed]
    return Certified(float(tried[passed]), int(accepted.sum()), int(error[accepted].sum()))


def _excess(score: Floats, excess: Floats, batches: Batches) -> BatchExcess:
    """The excess of each row above a threshold, or the mean excess of each batch, as a share of the ceiling."""
    unit = np.arange(score.size) if batches is None else numbered(batches, score.size)
    return BatchExcess(score, excess, unit, largest=1)


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

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
from models.certification_bets import last_passed
from models.certification_labels import Floats, checked_labels, falling


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
    of the value band. Rows must be independent, in the order of their days, and had no part in the plan (``plan`` on
    the earlier rows, with the fresh dollars over the ceiling as ``n_certify``). ``n`` and ``errors`` of the answer
    count items. It takes about ``ceiling / mean amount`` times the labels that a count of items takes, so bands should
    be narrow. None where nothing is certified. Raises BadInputError as ``certify`` does, and for an amount outside 0
    to the ceiling.
    """
    score, error = checked_labels(scores, errors)
    tried = falling(thresholds)
    stake = _stakes(cents, score.size, ceiling)
    excess = stake * (error - alpha)

    def above(threshold: float) -> Floats:
        return np.where(score >= threshold, excess, 0.0)

    passed = last_passed(tried, above, 1.0, alpha, delta)
    if passed is None:
        return None
    accepted = score >= tried[passed]
    return Certified(float(tried[passed]), int(accepted.sum()), int(error[accepted].sum()))


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

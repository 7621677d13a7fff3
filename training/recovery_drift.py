"""Probabilities of a later period when outcomes come in while it goes on, each row told only what lay before it.

A base rate that moves by a tenth from one year to the next is known to nobody on New Year's Day. What can be done is
to follow it: from month to month the level of the log-odds is set anew by the outcomes that are there by then.
"""

from __future__ import annotations

import numpy as np

from features.recovery_columns import Floats, Integers
from training.recovery_chance import shift

MONTHS = 12  # parts of a period, of equally many rows
LAG = 1  # months until an outcome is known: reviews are decided within 30 days (California Health and Safety Code
# 1374.33)
HALF_LIFE = 3.0  # months after which an outcome counts half
PRIOR = 0.5  # log-odds, how far the level may lie off before anything was seen


def followed(odds: Floats, outcomes: Floats, month: Integers) -> Floats:
    """Probabilities (n,) from log-odds, the level followed by what was known at the start of each row's month.

    ``month`` (n,) counts on from period to period; outcomes of a month are known when the next one has passed.
    """
    probability = np.empty(odds.size)
    for now in np.unique(month):
        these, known = month == now, month < now - LAG
        weights = 0.5 ** ((now - LAG - 1 - month[known]) / HALF_LIFE)
        moved = shift(odds[known], outcomes[known], prior=PRIOR, weights=weights) if known.any() else 0.0
        probability[these] = 1 / (1 + np.exp(-(odds[these] + moved)))
    return probability


def months_of(period: Integers, number: Floats) -> Integers:
    """The month of each row, (n,): a period's rows in the order of their numbers, in twelve equal parts.

    >>> months_of(np.array([2015, 2015, 2016]), np.array([8.0, 7.0, 1.0])).tolist()
    [24186, 24180, 24192]
    """
    month = np.empty(period.size, dtype=np.int64)
    for one in np.unique(period):
        these = np.flatnonzero(period == one)
        order = these[np.argsort(number[these], kind="stable")]
        month[order] = one * MONTHS + np.arange(order.size) * MONTHS // order.size
    return month

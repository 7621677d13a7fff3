"""Which item to work next: the money that a minute of work is expected to bring, sooner where a deadline is near.

    priority = probability x amount / minutes x urgency

Probability x amount is what working the item is expected to bring: for a denied claim the chance that its next action
recovers the amount, for a claim before it is sent the chance of a denial times the chance that a correction avoids it,
for a payment the cash that lies unapplied.

Urgency is the chance that the item is not reached before its deadline if it is left lying now. Where B minutes of work
lie in the queue and people work C minutes a day, all of it is turned over in T = B / C days. An item that is left to
its luck is then reached at the rate 1 / T a day, so it is still lying after d days with the chance exp(-d / T): what
is lost by leaving it is that share of its value, and what the order should compare is that loss a minute.

Two things follow. No cheap claim starves: every T days that its deadline is nearer weigh as much as e times the value a
minute, so that what was passed over rises against all that came later. And as one day's waiting raises the urgency of
every item by the same factor exp(1 / T), the order of two items never changes while they wait: ``rank`` is the
logarithm of the priority with the day taken out, a constant of the item, by which a database can sort and pages of a
list stay stable. Only a deadline that passes changes the order, as nothing is left to be had.

T is the same for all. Over denials of simulated networks the money recovered hardly depends on it: from 15 to 60 days
it stays within one per cent (``python -m training benchmark denial --only priority``). The form is that of the
apparent tardiness cost rule of Vepsalainen and Morton (Management Science 33(8), 1987), with the look-ahead derived
from the queue.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from features.errors import BadInputError

Floats = NDArray[np.float64]

TURNOVER_DAYS: Final = 30.0  # T, where the backlog and the people's minutes are not known; chosen
FIRST_DAY: Final = date(2020, 1, 1)  # from which days are counted, so that ranks stay small numbers
SMALLEST_VALUE: Final = 0.01  # dollars: an item worth nothing still has a place, behind all others
SHORTEST: Final = 0.5  # minutes: nothing is decided faster


class Work(NamedTuple):
    """What is known of an item's work."""

    probability: float  # 0..1, that working it brings the amount
    amount: float  # dollars
    minutes: float
    deadline: date | None  # the last day on which it can be worked; None: there is none


def expected_value(probability: ArrayLike, amount: ArrayLike) -> Floats:
    """Dollars that working items is expected to bring, (n,); raises BadInputError for what is no probability."""
    chance = np.asarray(probability, dtype=np.float64)
    if not bool(((chance >= 0) & (chance <= 1)).all()):
        raise BadInputError("a probability lies outside 0 to 1", "probability", "give one of 0..1 an item")
    return np.asarray(chance * np.abs(np.asarray(amount, dtype=np.float64)))


def denial_value(denied: ArrayLike, amount: ArrayLike, fixable: ArrayLike) -> Floats:
    """The same of claims before they are sent: P(denied) x amount x P(a correction avoids the denial), (n,)."""
    return expected_value(np.asarray(denied) * np.asarray(fixable), amount)


def value_per_minute(value: ArrayLike, minutes: ArrayLike) -> Floats:
    """Dollars a minute, (n,).

    >>> value_per_minute([300.0, 0.0], [15.0, 0.0]).tolist()
    [20.0, 0.02]
    """
    dollars = np.maximum(np.asarray(value, dtype=np.float64), SMALLEST_VALUE)
    return np.asarray(dollars / np.maximum(np.asarray(minutes, dtype=np.float64), SHORTEST))


def turnover_days(backlog_minutes: float, minutes_a_day: float) -> float:
    """T: how many days of work lie in the queue, at least one; raises BadInputError where nobody works.

    >>> turnover_days(3600, 120)
    30.0
    """
    if minutes_a_day <= 0 or backlog_minutes < 0:
        raise BadInputError("minutes of work cannot be negative, and somebody has to work", "minutes_a_day")
    return max(1.0, backlog_minutes / minutes_a_day)


def urgency(days_left: ArrayLike, *, turnover: float = TURNOVER_DAYS) -> Floats:
    """The chance that an item is not reached before its deadline if it is left now, 0..1, (n,).

    Days are counted from today: 0 where the deadline is today. One that has passed leaves nothing to be had, so 0;
    for no deadline give infinity.

    >>> urgency([0.0, 30.0, 90.0, -1.0]).round(3).tolist()
    [1.0, 0.368, 0.05, 0.0]
    """
    days = np.asarray(days_left, dtype=np.float64)
    return np.where(days < 0, 0.0, np.exp(-np.maximum(days, 0.0) / turnover))


def priorities(
    value: ArrayLike, minutes: ArrayLike, days_left: ArrayLike, *, turnover: float = TURNOVER_DAYS
) -> Floats:
    """Dollars a minute that are lost by leaving each item now, (n,): the larger, the sooner."""
    return value_per_minute(value, minutes) * urgency(days_left, turnover=turnover)


def ranks(
    value: ArrayLike, minutes: ArrayLike, deadline_days: ArrayLike, *, turnover: float = TURNOVER_DAYS
) -> Floats:
    """The order of items as constants, (n,): the logarithm of ``priorities`` as it stood on ``FIRST_DAY``.

    ``deadline_days`` are counted from ``FIRST_DAY``. Items whose deadline has not passed have the order of their
    priorities on any day; those whose deadline has passed must be put behind them by whoever sorts.
    """
    return np.asarray(
        np.log(value_per_minute(value, minutes)) - np.asarray(deadline_days, dtype=np.float64) / turnover
    )


def priority_of(work: Work, *, at: date, turnover: float = TURNOVER_DAYS) -> float:
    """The priority of one item on a day, in dollars a minute.

    >>> round(priority_of(Work(0.6, 1000.0, 30.0, date(2024, 5, 1)), at=date(2024, 4, 1)), 2)
    7.36
    """
    left = math.inf if work.deadline is None else float((work.deadline - at).days)
    value = expected_value(work.probability, work.amount)
    return float(priorities(value, work.minutes, left, turnover=turnover))


def rank_of(work: Work, *, by: date | None = None, turnover: float = TURNOVER_DAYS) -> float:
    """The rank of one item; ``by`` is the day that it should be done by where there is no deadline.

    Raises BadInputError where there is neither: without a day an item has no place among those that have one.
    """
    day = work.deadline or by
    if day is None:
        raise BadInputError("the item has neither a deadline nor a day that it is due on", "deadline")
    value = expected_value(work.probability, work.amount)
    return float(ranks(value, work.minutes, (day - FIRST_DAY).days, turnover=turnover))


def priority_from_rank(rank: float, *, at: date, turnover: float = TURNOVER_DAYS) -> float:
    """What a rank says on a day, in dollars a minute; of an item that is overdue more than its value a minute.

    >>> work = Work(0.6, 1000.0, 30.0, date(2024, 5, 1))
    >>> round(priority_from_rank(rank_of(work), at=date(2024, 4, 1)), 2)
    7.36
    """
    return math.exp(min(rank + (at - FIRST_DAY).days / turnover, 700.0))

"""People who work denials day by day in an order: what they recover, and what they let lapse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.priority import TURNOVER_DAYS, priorities, value_per_minute
from models.recovery_options import COST_A_MINUTE
from training.benchmarks.denial.stream import Stream
from training.metrics import Floats

Places = NDArray[np.intp]
Order = Callable[[Stream, Places, int], Floats]
"""What each waiting denial scores on a day; the largest is worked first."""


class Worked(NamedTuple):
    """What came of an order."""

    recovered: float  # dollars expected of all that was worked in time
    lapsed: float  # share of cheap denials that were worth their work and lapsed


def ours(*, turnover: float = TURNOVER_DAYS) -> Order:
    """Value a minute with the deadline term, as ``models.priority`` has it."""

    def order(stream: Stream, waiting: Places, today: int) -> Floats:
        left = stream.deadline[waiting] - today
        return priorities(stream.value[waiting], stream.minutes[waiting], left, turnover=turnover)

    return order


def _without_deadline(stream: Stream, waiting: Places, _: int) -> Floats:
    return value_per_minute(stream.value[waiting], stream.minutes[waiting])


ORDERS: Final[Mapping[str, Order]] = {
    "ours": ours(),
    "value a minute, no deadline": _without_deadline,
    "largest amount first": lambda stream, waiting, _: stream.amount[waiting],
    "likeliest first": lambda stream, waiting, _: stream.probability[waiting],
    "nearest deadline first": lambda stream, waiting, _: -stream.deadline[waiting].astype(np.float64),
    "first in, first out": lambda stream, waiting, _: -stream.day[waiting].astype(np.float64),
}


def work(told: Stream, true: Stream, minutes_a_day: float, order: Order) -> Worked:
    """Work a stream day by day: ``told`` is what the order is given, ``true`` what comes of it.

    What does not fit into a day's minutes is gone on with on the next, if it still stands first.
    """
    left, done = true.minutes.copy(), np.zeros(len(true.day), dtype=bool)
    waiting = np.zeros(0, dtype=np.intp)
    for today in range(int(true.deadline.max()) + 1):
        waiting = np.concatenate([waiting, np.flatnonzero(true.day == today)])
        waiting = waiting[true.deadline[waiting] >= today]
        if waiting.size:
            ranked = waiting[np.argsort(-order(told, waiting, today), kind="stable")]
            _spend(ranked, left, minutes_a_day)
            done[waiting] = left[waiting] <= 0
            waiting = waiting[left[waiting] > 0]
    return Worked(float(true.value[done].sum()), _lapsed(true, done))


def at_once(told: Stream, true: Stream, budget: float, order: Order) -> Worked:
    """Work what all lies there from the beginning, until the minutes are used up."""
    left = true.minutes.copy()
    every = np.arange(len(true.day))
    _spend(every[np.argsort(-order(told, every, 0), kind="stable")], left, budget)
    return Worked(float(true.value[left <= 0].sum()), _lapsed(true, left <= 0))


def _spend(ranked: Places, left: Floats, minutes: float) -> None:
    """Spend the minutes on the denials in their order; ``left`` is what each still takes."""
    before = np.concatenate([[0.0], np.cumsum(left[ranked])[:-1]])
    used = np.clip(minutes - before, 0.0, left[ranked])
    left[ranked] = np.where(used >= left[ranked], 0.0, left[ranked] - used)


def _lapsed(stream: Stream, done: NDArray[np.bool_]) -> float:
    """Of the cheaper half that brings more than the cost of its work, the share that was never worked."""
    cheap = (stream.value <= np.median(stream.value)) & (stream.value > COST_A_MINUTE * stream.minutes)
    return float((~done[cheap]).mean()) if cheap.any() else 0.0

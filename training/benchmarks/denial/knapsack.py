"""The most money that any order of work can recover: fractional bounds, with and without arrivals and deadlines."""

from __future__ import annotations

import numpy as np

from training.benchmarks.denial.stream import Stream
from training.metrics import Floats


def knapsack(value: Floats, minutes: Floats, budget: float) -> float:
    """The fractional knapsack: what a budget of minutes brings at most where all lies there at once.

    >>> knapsack(np.array([60.0, 100.0, 120.0]), np.array([10.0, 20.0, 30.0]), 50.0)
    240.0
    """
    order = np.argsort(-value / minutes, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(minutes[order])[:-1]])
    used = np.clip(budget - before, 0.0, minutes[order])
    return float((value[order] * used / minutes[order]).sum())


def horizon(stream: Stream, minutes_a_day: float) -> float:
    """The same over a whole horizon for somebody who knows everything that will come.

    A minute of work on a denial can be done on any day from its arrival to its deadline. Sets of minutes that can be
    done are a transversal matroid, so to add the minutes that are worth most first, as many as still fit, is optimal.
    By Hall's theorem what fits is the least slack of any span of days around the denial's own: the capacity of the span
    less the minutes taken whose days lie within it.
    """
    days = int(stream.deadline.max()) + 1
    span = np.arange(days)[None, :] - np.arange(days)[:, None] + 1
    slack = np.where(span > 0, minutes_a_day * span, np.inf)
    total = 0.0
    for place in np.argsort(-stream.value / stream.minutes, kind="stable"):
        around = slack[: stream.day[place] + 1, stream.deadline[place] :]
        fits = min(float(stream.minutes[place]), float(around.min()))
        if fits > 0:
            around -= fits
            total += float(stream.value[place]) * fits / float(stream.minutes[place])
    return total

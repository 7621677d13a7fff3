"""Ways to watch a stream of checks, over many simulated streams at once; each says on which day it alarms first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from features.progress import track
from models.monitoring import detector_of_answers, standard_threshold
from models.monitoring.mixture import Mixture

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
ROLLING_DAYS, EXACT_DAYS, EXACT_LEVEL = 20, 30, 0.05
CUSUM_MULTIPLE = 4.0
FALSE_ALARM = 0.05

Watch = Callable[[Ints], Bools]
"""Wrong ones (streams,) of the day's next lot of checks, to where there is an alarm; it remembers the lots before."""


@dataclass(frozen=True)
class Stream:
    """Days of checks at an error rate that may change; every day has as many."""

    alpha: float
    checks: int  # a day
    rates: Sequence[float]  # the error rate of each day
    correlation: float = 0.0  # between the checks of a lot: its own rate is drawn about that of its day

    def alarms(self, start: Callable[[int, int], Watch], streams: int, seed: int, *, lot: int) -> Floats:
        """The day (streams,) of the first alarm, from 1; infinite where there is none. Checks come in lots."""
        random, watch = np.random.default_rng(seed), start(streams, lot)
        found = np.full(streams, np.inf)
        for day, rate in enumerate(
            track(self.rates, f"Streams of {streams:,}", total=len(self.rates)), start=1
        ):
            for _ in range(self.checks // lot):
                alarm = watch(random.binomial(lot, self._rates(random, rate, streams), streams))
                found = np.where(alarm & np.isinf(found), day, found)
            if np.isfinite(found).all():
                break
        return found

    def _rates(self, random: np.random.Generator, rate: float, streams: int) -> Floats:
        """Of the next lot of each stream, beta about the day's, so that two of a lot correlate as said."""
        if not self.correlation:
            return np.full(streams, rate)
        size = 1 / self.correlation - 1
        return random.beta(rate * size, (1 - rate) * size, streams)


def e_detector(alpha: float) -> Callable[[int, int], Watch]:
    """Ours, as ``models.monitoring.EDetector`` has it."""
    mixture, limit = Mixture.of(alpha), math.log(standard_threshold(alpha))

    def start(streams: int, lot: int) -> Watch:
        levels, count = mixture.start(streams), np.full(streams, lot, dtype=np.int64)

        def watch(wrong: Ints) -> Bools:
            nonlocal levels
            levels = mixture.advance(levels, count, wrong)
            return np.asarray(mixture.together(levels) >= limit)

        return watch

    return start


def answers(alpha: float) -> Callable[[int, int], Watch]:
    """Ours for payers' answers: a lot is a day, and one bet on its share."""
    mixture = Mixture.of(alpha, shares=True)
    limit = math.log(detector_of_answers(alpha).state.threshold)

    def start(streams: int, lot: int) -> Watch:
        levels = mixture.start(streams)

        def watch(wrong: Ints) -> Bools:
            nonlocal levels
            levels = np.logaddexp(levels, 0.0) + mixture.bets_on(np.asarray(wrong / lot))
            return np.asarray(mixture.together(levels) >= limit)

        return watch

    return start


def cusum(alpha: float, limit: float) -> Callable[[int, int], Watch]:
    """Page's cumulative sum for four times alpha, with the limit that calibration found."""
    return lambda streams, lot: _cusum(alpha, streams, lot, lambda sums: np.asarray(sums >= limit))


def cusum_limit(stream: Stream, streams: int, seed: int) -> float:
    """The limit that is passed by one stream in twenty within the horizon."""
    highest = np.zeros(streams)

    def remember(sums: Floats) -> Bools:
        np.maximum(highest, sums, out=highest)
        return np.zeros(streams, dtype=bool)

    stream.alarms(
        lambda count, lot: _cusum(stream.alpha, count, lot, remember), streams, seed, lot=stream.checks
    )
    return float(np.quantile(highest, 1 - FALSE_ALARM, method="higher")) + 1e-9


def rolling_rate(alpha: float) -> Callable[[int, int], Watch]:
    """What dashboards do: an alarm where the share of the last 20 days, once there are as many, is above alpha."""
    return lambda streams, lot: _last_days(
        streams, lot, ROLLING_DAYS, lambda wrong, of: wrong / of > alpha, full=True
    )


def exact_test(alpha: float) -> Callable[[int, int], Watch]:
    """Every day an exact binomial test at 5 % of the last 30 days, as if it were the only one."""
    return lambda streams, lot: _last_days(
        streams, lot, EXACT_DAYS, lambda wrong, of: binom.sf(wrong - 1, of, alpha) < EXACT_LEVEL
    )


def _cusum(alpha: float, streams: int, lot: int, judged: Callable[[Floats], Bools]) -> Watch:
    rate = CUSUM_MULTIPLE * alpha
    up, down = math.log(CUSUM_MULTIPLE), math.log((1 - rate) / (1 - alpha))
    sums = np.zeros(streams)

    def watch(wrong: Ints) -> Bools:
        nonlocal sums
        sums = np.maximum(sums + wrong * up + (lot - wrong) * down, 0.0)
        return judged(sums)

    return watch


def _last_days(
    streams: int, lot: int, days: int, alarms: Callable[[Ints, int], Bools], *, full: bool = False
) -> Watch:
    last = np.zeros((days, streams), dtype=np.int64)
    seen = 0

    def watch(wrong: Ints) -> Bools:
        nonlocal seen
        last[seen % days] = wrong
        seen += 1
        if full and seen < days:
            return np.zeros(streams, dtype=bool)
        return np.asarray(alarms(last.sum(axis=0), lot * min(seen, days)))

    return watch

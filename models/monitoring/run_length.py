"""The threshold of an e-detector: what is guaranteed of false alarms, by a proof or by the law of the statistic itself.

Proof. While the error rate, given all that came before, is at most alpha, the statistic less the number of checks falls
on average, from ``head_start``. Stopped at its first passage of ``c``, this gives a mean run length of at least
``c - head_start`` checks, and by Doob's inequality for submartingales a chance of at most ``(checks + head_start) / c``
to pass ``c`` within so many checks.

Simulation. Errors at exactly alpha, independent, are the worst that the null allows: each wrong check multiplies every
bet by more than a right one, so the statistic rises with each error; draw one uniform number a check, let the check be
wrong where it lies below the error rate given the past: raising every rate to alpha only adds errors, so it never
delays an alarm. A threshold that holds for independent errors at alpha thus holds for every sequence of the null,
and is half to two thirds of the proven one. It is found for checks one by one; lots alarm less often.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from features.errors import BadInputError
from models.monitoring.mixture import Mixture

CHECKS = 12_000
"""The horizon in checks: 240 days at 50 a day."""

FALSE_ALARM = 0.05
"""The chance of a false alarm within the horizon."""

STREAMS, SURE, SEED = 20_000, 0.999, 20221

THRESHOLDS = {
    0.0005: 232_000.0,
    0.001: 168_000.0,
    0.002: 138_000.0,
    0.005: 133_000.0,
    0.01: 140_000.0,
    0.02: 152_000.0,
    0.05: 159_000.0,
    0.1: 164_000.0,
    0.2: 178_000.0,
}
"""Of ``calibrated_threshold`` at the horizon and chance above, rounded up: a simulation takes seconds."""


def proven_threshold(alpha: float, *, checks: int = CHECKS, false_alarm: float = FALSE_ALARM) -> float:
    """The level that is passed within ``checks`` with chance at most ``false_alarm``, by Doob's inequality.

    >>> round(proven_threshold(0.005))
    280000
    """
    _checked(checks, false_alarm)
    return (checks + Mixture.of(alpha).head_start) / false_alarm


def standard_threshold(alpha: float) -> float:
    """The calibrated threshold at 12,000 checks and 5 %: between two that are known the higher, else the proven one.

    >>> standard_threshold(0.005), standard_threshold(0.003)
    (133000.0, 138000.0)
    """
    known = sorted(THRESHOLDS)
    if not known[0] <= alpha <= known[-1]:
        return proven_threshold(alpha)
    below = max(one for one in known if one <= alpha)
    above = min(one for one in known if one >= alpha)
    return max(THRESHOLDS[below], THRESHOLDS[above])


@lru_cache(maxsize=256)
def calibrated_threshold(alpha: float, *, checks: int = CHECKS, false_alarm: float = FALSE_ALARM) -> float:
    """The same from 20,000 simulated streams at alpha: exceeded by that share of them, 99.9 % sure.

    Never above the proven one, and never so low that checks without an error could pass it.
    """
    _checked(checks, false_alarm)
    highest = np.sort(highest_levels(alpha, checks, STREAMS, SEED))
    place = int(
        binom.ppf(SURE, STREAMS, 1 - false_alarm)
    )  # an upper bound of the quantile, by order statistics
    found = float(np.exp(highest[min(place, STREAMS - 1)]))
    proven = proven_threshold(alpha, checks=checks, false_alarm=false_alarm)
    return min(max(found, 1.01 * Mixture.of(alpha).quiet), proven)


def highest_levels(alpha: float, checks: int, streams: int, seed: int) -> NDArray[np.float64]:
    """The logarithm of the highest mixture (streams,) within so many checks, one by one, at an error rate of alpha.

    Between errors the statistic moves by a formula, and it is highest just after one, so that only errors are drawn.
    """
    mixture, random = Mixture.of(alpha), np.random.default_rng(seed)
    levels = mixture.start(streams)
    highest = np.full(streams, -np.inf)
    done = np.zeros(streams, dtype=np.int64)
    one = np.ones(streams, dtype=np.int64)
    while (done < checks).any():
        gap = random.geometric(alpha, streams) - 1
        within = done + gap < checks
        levels = mixture.run_without_error(levels, np.minimum(gap, np.maximum(checks - done, 0)))
        levels = np.where(within[:, None], mixture.advance(levels, one, one), levels)
        highest = np.maximum(highest, np.where(done < checks, mixture.together(levels), -np.inf))
        done += gap + 1
    return highest


def _checked(checks: int, false_alarm: float) -> None:
    if checks < 1 or not 0 < false_alarm < 1:
        raise BadInputError(
            "a horizon has at least one check, and a chance of a false alarm lies between 0 and 1"
        )

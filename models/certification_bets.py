"""A test of a bounded mean by betting, for what a count of errors cannot bound: dollars, and batches.

Waudby-Smith and Ramdas (2023): a bettor with a capital of 1 stakes on every unit that errors cost less than alpha
allows. A unit's excess is what its errors cost less alpha times what is at stake in it; where the mean excess is not
below zero the game is unfair to the bettor, and the capital ever reaches 1 / delta with probability at most delta
(Ville). Units must be independent of each other and alike in law; inside a unit anything may depend on anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.certification_labels import Floats, check_level

STEPS = 60  # candidates, from one coverage to the next
BOLDEST = 0.95  # of the capital that one unit, all wrong and as large as can be, may take
Excess = Callable[[float], Floats]  # of every unit above a threshold; 0 where nothing of it is above


def passes(excess: Floats, largest: float, alpha: float, delta: float) -> bool:
    """Whether the capital reaches 1 / delta: the mean excess is below zero, wrongly so with probability delta.

    ``excess`` (n,) in the order in which units came, each at most ``(1 - alpha) * largest``; all units of the window
    are in it, with 0 where a unit has nothing above the threshold, so that their number is no news.

    >>> [passes(np.full(n, -0.005), 1.0, 0.005, 0.05) for n in (600, 650)]  # no error
    [False, True]
    """
    if not excess.size:
        return False
    bets = _bets(excess, largest, alpha, delta)
    capital = np.cumsum(np.log1p(-bets * excess))
    return bool(capital.max() >= math.log(1 / delta))


def last_passed(
    thresholds: Sequence[float] | NDArray[np.float64],
    excess: Excess,
    largest: float,
    alpha: float,
    delta: float,
) -> int | None:
    """Walk thresholds strict to loose: the number of the last that passes before the first that does not, or None."""
    check_level(alpha, delta)
    passed = None
    for number, threshold in enumerate(thresholds):
        if not passes(excess(float(threshold)), largest, alpha, delta):
            break
        passed = number
    return passed


def plan_bets(
    candidates: Floats,
    excess: Excess,
    largest: float,
    units: int,
    alpha: float,
    delta: float,
) -> tuple[float, ...]:
    """Those of the candidates, strict to loose, that are walked: from the one likeliest to pass, to the loosest.

    ``excess`` is that of an earlier window, ``units`` how many the fresh one will have. The log of the capital at its
    end is taken for normal, with the mean and spread that the earlier units give, and half an error of full size that
    was not seen yet.
    """
    check_level(alpha, delta)
    if not candidates.size or units <= 0:
        return ()
    hopes = [_hope(excess(float(threshold)), largest, units, alpha, delta) for threshold in candidates]
    return tuple(float(threshold) for threshold in candidates[int(np.argmax(hopes)) :])


def _hope(excess: Floats, largest: float, units: int, alpha: float, delta: float) -> float:
    """By how many standard deviations the capital is expected to reach 1 / delta."""
    variance = np.mean(excess**2) + 0.5 * ((1 - alpha) * largest) ** 2 / excess.size
    bet = min(math.sqrt(2 * math.log(1 / delta) / (units * variance)), BOLDEST / ((1 - alpha) * largest))
    gains = np.log1p(-bet * excess)
    unseen = 0.5 * math.log1p(-bet * (1 - alpha) * largest) / excess.size
    spread = math.sqrt(units * (gains.var() + 1e-12))
    return float((units * (gains.mean() + unseen) - math.log(1 / delta)) / spread)


def _bets(excess: Floats, largest: float, alpha: float, delta: float) -> Floats:
    """The stake on each unit, (n,), set by the units before it: bold while errors are few and small.

    ``sqrt(2 log(1 / delta) / (n variance))`` is the stake that serves a sample of n best; the variance begins as if
    half of alpha were wrong, and that belief weighs as many units as bring one error at alpha, halved.
    """
    units = np.arange(excess.size)
    seen = np.concatenate(([0.0], np.cumsum(excess[:-1] ** 2)))
    weight = 0.5 / alpha
    variance = (weight * 0.5 * alpha * largest**2 + seen) / (weight + units)
    best = np.sqrt(2 * math.log(1 / delta) / (excess.size * variance))
    return np.asarray(np.minimum(best, BOLDEST / ((1 - alpha) * largest)))

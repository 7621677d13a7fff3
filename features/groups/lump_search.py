"""Which sets of claims come to the amount of a check: all of them, each with its probability, within a bound.

Every claim is paid nothing, or one of a few amounts that are likely to the cent, or something around a usual amount. A
set's states are put together claim by claim; states that can no longer come to the amount are dropped, and so are those
far less likely than others. Where more states than the bound are left, the search says so, and nobody may trust it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.groups.expected import Expected

Floats = NDArray[np.float64]

MOST_PARTS = 62  # claims: a set is the bits of a 64-bit number
MOST_MEMBERS = 8  # claims that one check pays
MOST_STATES = 200_000
UNLIKELY = 25.0  # natural logarithms below what is likely, at which a state is dropped
FAR = 5.0  # deviations above the amount, at which a state is dropped


class Part(Struct, frozen=True):
    """A claim that may be in the check: the logarithm of the odds of each of its states against not being paid in it.

    ``amounts`` and ``deviations`` are in cents; a deviation of 0 is an amount to the cent.
    """

    amounts: tuple[float, ...]
    deviations: tuple[float, ...]
    log_odds: tuple[float, ...]
    log_absent: float  # the logarithm of the probability that the check pays it nothing

    @staticmethod
    def of(expected: Expected, due: float) -> Part:
        """A claim with what it is expected to be paid and the probability that the check answers it."""
        exact = [(each.cents, 0.0, each.share) for each in expected.paid if each.cents]
        around = [(one.mean, one.deviation, expected.unnamed * one.share) for one in expected.spread]
        nothing = sum(each.share for each in expected.paid if not each.cents)
        absent = 1 - due * (1 - nothing)
        states = [(amount, deviation, share) for amount, deviation, share in exact + around if share > 0]
        return Part(
            amounts=tuple(amount for amount, _, _ in states),
            deviations=tuple(deviation for _, deviation, _ in states),
            log_odds=tuple(float(np.log(due * share / absent)) for *_, share in states),
            log_absent=float(np.log(absent)),
        )


@dataclass(frozen=True)
class Sets:
    """Sets of claims (m,) as bits, with the logarithm of the probability that they are paid and come to the amount.

    ``rest`` is the same where something unknown makes up the amount. ``bounded`` says that states were dropped for
    their number alone.
    """

    bits: NDArray[np.uint64]
    log_weight: Floats
    rest: Floats
    bounded: bool


@dataclass(frozen=True)
class Rest:
    """What else a check may pay, claims of another system above all: how often, and the logarithms of its cents."""

    share: float
    mean: float
    deviation: float

    def log_density(self, cents: Floats) -> Floats:
        """Of an amount to the cent; minus infinity where nothing is left."""
        log = np.log(np.maximum(cents, 1.0))
        z = (log - self.mean) / self.deviation
        density = -log - z * z / 2 - np.log(self.deviation * np.sqrt(2 * np.pi))
        return np.where(cents >= 1, density, -np.inf)


def search(amount: int, parts: list[Part], rest: Rest) -> Sets:
    """All sets of at most ``MOST_PARTS`` parts that come to the amount in cents, alone or with something unknown."""
    states, bounded = _states(amount, parts)
    bits, mean, variance, log_odds = states
    absent = sum(part.log_absent for part in parts)
    alone = absent + log_odds + _log_at(amount, mean, variance) + np.log1p(-rest.share)
    alone[bits == 0] = -np.inf
    filled = absent + log_odds + rest.log_density(amount - mean) + np.log(rest.share)
    sets, inverse = np.unique(bits, return_inverse=True)
    return Sets(sets, _summed(alone, inverse, sets.size), _summed(filled, inverse, sets.size), bounded)


def _states(amount: int, parts: list[Part]) -> tuple[tuple[NDArray[np.uint64], Floats, Floats, Floats], bool]:
    """Bits, mean, variance and log odds of every state that can still come to the amount."""
    bits, members = np.zeros(1, dtype=np.uint64), np.zeros(1, dtype=np.int64)
    mean, variance, log_odds = np.zeros(1), np.zeros(1), np.zeros(1)
    bounded = False
    for place, part in enumerate(parts):
        more_mean = (mean[:, None] + np.array(part.amounts)).ravel()
        more_variance = (variance[:, None] + np.array(part.deviations) ** 2).ravel()
        more_odds = (log_odds[:, None] + np.array(part.log_odds)).ravel()
        states = len(part.amounts)
        more_bits = np.repeat(bits | np.uint64(1 << place), states)
        more_members = np.repeat(members + 1, states)
        kept = (more_mean - FAR * np.sqrt(more_variance) <= amount) & (more_members <= MOST_MEMBERS)
        kept &= more_odds > log_odds.max() - UNLIKELY
        bits, members = np.append(bits, more_bits[kept]), np.append(members, more_members[kept])
        mean, variance = np.append(mean, more_mean[kept]), np.append(variance, more_variance[kept])
        log_odds = np.append(log_odds, more_odds[kept])
        if bits.size > MOST_STATES:
            bounded = True
            likely = np.argsort(-log_odds, kind="stable")[: MOST_STATES // 4]
            bits, members, mean = bits[likely], members[likely], mean[likely]
            variance, log_odds = variance[likely], log_odds[likely]
    return (bits, mean, variance, log_odds), bounded


def _log_at(amount: int, mean: Floats, variance: Floats) -> Floats:
    """The logarithm of the probability of just this amount: certain amounts hit it or do not, others have a density."""
    spread = np.maximum(variance, 1.0)
    density = -((amount - mean) ** 2) / (2 * spread) - np.log(2 * np.pi * spread) / 2
    return np.where(variance > 0, density, np.where(np.abs(mean - amount) < 0.5, 0.0, -np.inf))


def _summed(logs: Floats, inverse: NDArray[np.intp], size: int) -> Floats:
    """Logarithms of sums by set."""
    total = np.full(size, -np.inf)
    np.logaddexp.at(total, inverse, logs)
    return total

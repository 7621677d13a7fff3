"""Simulated deployments with the true risk curve known: certify on drawn labels, and ask the curve if it was true.

A score is uniform in 0..1, so a threshold t lets the share 1 - t go. A deployment draws an earlier window, which plans,
and a fresh one, which certifies; a threshold breaks its promise where the true error rate above it exceeds alpha.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from features.progress import track
from training.benchmarks.repeats import named_mean
from training.metrics import Floats, rate

ALPHA, DELTA = 0.005, 0.05


@dataclass(frozen=True)
class Labels:
    """Of one window, (n,) each."""

    scores: Floats
    errors: NDArray[np.int64]


class Curve(Protocol):
    """The error rate by score."""

    def at(self, scores: Floats) -> Floats:
        """The true error rate at each score."""

    def above(self, threshold: float) -> float:
        """The true error rate of all that scores at or above a threshold."""


@dataclass(frozen=True)
class Falling:
    """Risk that falls with the score, ``height * exp(-slope * score) + floor``: an oracle automates 76.9 %."""

    height: float = 0.108978
    slope: float = 7.0
    floor: float = 0.001

    def at(self, scores: Floats) -> Floats:
        """The true error rate at each score."""
        return np.asarray(self.height * np.exp(-self.slope * scores) + self.floor)

    def above(self, threshold: float) -> float:
        """The true error rate of all that scores at or above a threshold."""
        if threshold >= 1:
            return float(self.at(np.ones(1))[0])
        fallen = math.exp(-self.slope * threshold) - math.exp(-self.slope)
        return self.floor + self.height / self.slope * fallen / (1 - threshold)


@dataclass(frozen=True)
class Flat:
    """A score that says nothing."""

    risk: float

    def at(self, scores: Floats) -> Floats:
        """The same error rate at each score."""
        return np.full_like(scores, self.risk)

    def above(self, threshold: float) -> float:
        """The same error rate above each threshold."""
        return self.risk if threshold <= 1 else 0.0


Choose = Callable[[Labels, Labels], float | None]  # an earlier and a fresh window -> act where score >= this


@dataclass
class Tally:
    """What a method did over deployments."""

    tried: int = 0
    broken: int = 0
    shares: list[float] = field(default_factory=list)

    def add(self, threshold: float | None, curve: Curve, alpha: float) -> None:
        """Judge one deployment; without a threshold nothing goes, and nothing is broken."""
        self.tried += 1
        self.broken += threshold is not None and curve.above(threshold) > alpha
        self.shares.append(0.0 if threshold is None else 1.0 - max(0.0, min(1.0, threshold)))


def oracle(curve: Curve, alpha: float) -> float:
    """The largest share whose true error rate is at most alpha.

    >>> round(oracle(Falling(), 0.005), 3), oracle(Flat(0.0051), 0.005), oracle(Flat(0.004), 0.005)
    (0.769, 0.0, 1.0)
    """
    if curve.above(0.0) <= alpha:
        return 1.0
    if curve.above(1.0) > alpha:
        return 0.0
    return 1.0 - float(brentq(lambda threshold: curve.above(threshold) - alpha, 0.0, 1.0 - 1e-12))


def drawn(random: np.random.Generator, curve: Curve, n: int) -> Labels:
    """One window of ``n`` labels."""
    scores = random.random(n)
    return Labels(scores, (random.random(n) < curve.at(scores)).astype(np.int64))


def deploy(
    curve: Curve,
    methods: Mapping[str, tuple[Choose, int]],
    *,
    n: int,
    deployments: int,
    seed: int,
    alpha: float = ALPHA,
) -> dict[str, Tally]:
    """Every method on the same windows of ``n`` labels; each with how many of the deployments it takes part in."""
    tallies = {name: Tally() for name in methods}
    for number in track(range(deployments), f"deployments of {n:,} labels"):
        random = np.random.default_rng([seed, n, number])
        earlier, fresh = drawn(random, curve, n), drawn(random, curve, n)
        for name, (choose, times) in methods.items():
            if number < times:
                tallies[name].add(choose(earlier, fresh), curve, alpha)
    return tallies


def figures(tally: Tally, most: float) -> dict[str, float]:
    """How often the promise was broken, what went, and that over the oracle's share, each with a 95 % interval."""
    found = rate("violated", tally.broken, tally.tried) | named_mean("automated", tally.shares)
    if most > 0:
        found |= named_mean("of_oracle", [share / most for share in tally.shares])
    return found | {"deployments": float(tally.tried)}

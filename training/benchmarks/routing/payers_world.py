"""Fifteen payers of unlike size and risk: deployments whose true error rates are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.allocation import Labels

Floats = NDArray[np.float64]
PAYERS = 15
CONCENTRATION = 1.15  # the k-th largest payer sends 1 / k ** 1.15 as much as the largest
STEEPNESS = 15.0  # risk falls e-fold with every 1/15 of the score
RISK = 0.8  # of the least sure item, at the middle payer
SPREAD = 0.8  # standard deviation of the logarithm of a payer's risk


@dataclass(frozen=True)
class Deployment:
    """Payers with scores even on 0..1 and a risk of ``level * exp(-steepness * score)``."""

    shares: Floats  # (m,) of all items, adding up to 1
    levels: Floats  # (m,) risk at score 0, at most 1
    steepness: float

    def draw(self, n: int, random: np.random.Generator) -> list[Labels]:
        """Labels of ``n`` items in all, those of each payer."""
        labels = []
        for count, level in zip(random.multinomial(n, self.shares), self.levels, strict=True):
            scores = random.random(count)
            wrong = random.random(count) < level * np.exp(-self.steepness * scores)
            labels.append(Labels(scores, wrong.astype(np.int64)))
        return labels

    def true_rates(self, thresholds: Floats) -> Floats:
        """The true error rate of each payer at or above its threshold, (m,); 0 at infinity: nothing goes."""
        acted = np.isfinite(thresholds)
        low = np.where(acted, np.clip(thresholds, 0, 1 - 1e-9), 0.0)
        mean = np.exp(-self.steepness * low) - np.exp(-self.steepness)
        return np.where(acted, self.levels * mean / (self.steepness * (1 - low)), 0.0)

    def automatic(self, thresholds: Floats) -> float:
        """The share of all items that go; infinity: none of the payer's."""
        return float(self.shares @ np.clip(1 - thresholds, 0, 1))

    def oracle(self, alpha: float) -> Floats:
        """The lowest threshold of each payer with a true rate of at most alpha, (m,)."""
        grid = np.linspace(0, 0.999, 1000)
        rates = np.stack([self.true_rates(np.full(self.levels.size, at)) for at in grid])
        good = rates <= alpha
        return np.where(good.any(axis=0), grid[good.argmax(axis=0)], np.inf)


def deployment(random: np.random.Generator) -> Deployment:
    """Fifteen payers, the risk of each drawn anew."""
    shares = np.arange(1, PAYERS + 1) ** -CONCENTRATION
    levels = np.minimum(RISK * np.exp(SPREAD * random.standard_normal(PAYERS)), 1.0)
    return Deployment(shares / shares.sum(), levels, STEEPNESS)

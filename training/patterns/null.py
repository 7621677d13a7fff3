"""What the whole search finds where there is nothing to find: a parametric bootstrap of the baseline.

Denials are drawn anew for the same claims from what was expected of each, and the strongest evidence among all
candidates and outcomes is kept. A Gumbel law is fitted to these maxima: it tells how many candidates as strong as one
that was found are to be expected of chance alone, however many were tried and however much they overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
from scipy.sparse import csr_matrix
from scipy.stats import gumbel_r

from training.patterns.baseline import Floats
from training.patterns.scene import Scene, scored, with_all

DRAWS = 24


@dataclass(frozen=True)
class Null:
    """The law of the strongest evidence by chance."""

    place: float
    scale: float

    def by_chance(self, score: float) -> float:
        """How many candidates at least this strong chance alone gives."""
        return exp(-(score - self.place) / self.scale)

    @staticmethod
    def of(maxima: Floats) -> Null:
        """Fit the law to maxima (b,)."""
        place, scale = gumbel_r.fit(maxima)
        return Null(float(place), max(float(scale), 1e-6))


def null(scene: Scene, *, seed: int, draws: int = DRAWS) -> Null:
    """Draw denials by chance, and look how strong the strongest candidate is; before anything is chosen."""
    generator = np.random.default_rng(seed)
    return Null.of(np.array([_strongest(scene, generator) for _ in range(draws)]))


def _strongest(scene: Scene, generator: np.random.Generator) -> float:
    drawn = redrawn(scene.claim_expected, generator)
    denied = np.flatnonzero(drawn >= 0)
    ones = np.ones(denied.size, dtype=np.float32)
    shape = (drawn.size, scene.categories)
    counts = scene.itemsets.members @ csr_matrix((ones, (denied, drawn[denied])), shape=shape)
    found = scored(with_all(counts.toarray()), scene.expected, scene.spread)
    return float(found.max(initial=0.0))


def redrawn(expected: Floats, generator: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A category for each claim, -1 for no denial, by the expected denials of each category (n, c)."""
    running = expected.cumsum(axis=1)
    running /= np.maximum(1.0, running[:, -1:] / 0.98)
    place = (generator.random((len(expected), 1)) >= running).sum(axis=1)
    return np.where(place == expected.shape[1], -1, place)

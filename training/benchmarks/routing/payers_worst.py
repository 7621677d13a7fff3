"""The closed test where it is hardest to keep its promise: error rates just above what is allowed.

Thresholds are given, not planned, and every cell takes part: whatever a plan does, the test has to hold.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.allocation import allocate
from training.benchmarks.routing.payers_methods import ALPHA, DELTA
from training.metrics import rate

Floats = NDArray[np.float64]
CELLS, STEPS = 15, 20
JUST_BAD = 1.02 * ALPHA


def settings() -> dict[str, tuple[Floats, Floats]]:
    """By name: the labels of each cell in thousandths of all, and the error rates (cells, steps) between thresholds."""
    even = np.full(CELLS, 1 / CELLS)
    huge = np.array([0.86, *([0.01] * (CELLS - 1))])
    flat = np.full((CELLS, STEPS), JUST_BAD)
    half = np.where(np.arange(CELLS)[:, None] % 2 == 0, ALPHA / 20, flat)
    rising = np.tile(
        np.concatenate([np.full(STEPS // 2, ALPHA / 20), np.full(STEPS // 2, 2.1 * ALPHA)]), (CELLS, 1)
    )
    one_bad = np.where(np.arange(CELLS)[:, None] == 0, flat, ALPHA / 20)
    return {
        "all at 1.02 alpha": (even, flat),
        "half good, half at 1.02 alpha": (even, half),
        "all but one good": (even, one_bad),
        "one huge, many tiny, at 1.02 alpha": (huge, flat),
        "one huge at 1.02 alpha, tiny ones good": (huge, one_bad),
        "good above, over alpha below": (even, rising),
    }


def violations(
    shares: Floats, risk: Floats, n: int, *, runs: int, seed: int, pooled: bool = True
) -> dict[str, float]:
    """In how many of the runs any cell ended on a threshold with a true rate above alpha."""
    random = np.random.default_rng(seed)
    above = np.cumsum(risk, axis=1) / np.arange(1, STEPS + 1) > ALPHA
    broken = 0
    for _ in range(runs):
        labels = random.poisson(n * shares[:, None] / STEPS, size=risk.shape)
        wrong = np.cumsum(random.binomial(labels, risk), axis=1)
        passed = allocate(
            list(np.cumsum(labels, axis=1)), list(wrong), alpha=ALPHA, delta=DELTA, pooled=pooled
        )
        broken += any(place >= 0 and above[cell, place] for cell, (place, _) in enumerate(passed))
    return rate("violated", broken, runs)

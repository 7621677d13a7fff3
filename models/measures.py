"""How good probabilities are, in training and on live traffic: measures with a bootstrap over rows, at 95 %.

Resamples are seeded, and drawn all at once, as counts of each row.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Measure = Callable[
    [Floats, Floats, Floats], Floats
]  # probabilities (n,), outcomes (n,), counts (b, n) -> (b,)

RESAMPLES = 400
BINS = 15
LOW, HIGH = 0.025, 0.975


def with_intervals(
    measures: dict[str, Measure],
    probability: Floats,
    outcome: Floats,
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> dict[str, float]:
    """Each measure on the rows, and its bootstrap interval; resamples without both outcomes count for none."""
    whole = np.ones((1, outcome.size))
    counts = resampled(outcome.size, resamples, seed=seed)
    figures: dict[str, float] = {}
    for name, measure in measures.items():
        spread = measure(probability, outcome, counts)
        spread = spread[np.isfinite(spread)]
        figures[name] = float(measure(probability, outcome, whole)[0])
        if spread.size:
            low, high = np.quantile(spread, (LOW, HIGH))
            figures |= {f"{name}_low": float(low), f"{name}_high": float(high)}
    return figures


def resampled(rows: int, resamples: int, *, seed: int) -> Floats:
    """How often each row occurs in each bootstrap resample, (resamples, rows)."""
    drawn = np.random.default_rng(seed).integers(0, rows, size=(resamples, rows))
    drawn += np.arange(resamples)[:, None] * rows
    counts = np.bincount(drawn.ravel(), minlength=resamples * rows)
    return counts.reshape(resamples, rows).astype(np.float64)


def paired_difference(
    measure: Measure, challenger: Floats, champion: Floats, outcome: Floats, *, seed: int
) -> tuple[float, float, float]:
    """Challenger less champion on the same rows, with the 95 % interval of a paired bootstrap: (value, low, high).

    >>> from models.measures import log_loss
    >>> same = np.array([0.2, 0.8, 0.4])
    >>> paired_difference(log_loss, same, same, np.array([0.0, 1.0, 0.0]), seed=0)
    (0.0, 0.0, 0.0)
    """
    whole = np.ones((1, outcome.size))
    counts = resampled(outcome.size, RESAMPLES, seed=seed)
    spread = measure(challenger, outcome, counts) - measure(champion, outcome, counts)
    low, high = np.nanquantile(spread, (LOW, HIGH))
    value = measure(challenger, outcome, whole)[0] - measure(champion, outcome, whole)[0]
    return float(value), float(low), float(high)


def log_loss(probability: Floats, outcome: Floats, counts: Floats) -> Floats:
    """Mean negative log-likelihood, nats."""
    clipped = np.clip(probability, 1e-15, 1 - 1e-15)
    loss = -(outcome * np.log(clipped) + (1 - outcome) * np.log1p(-clipped))
    return np.asarray(counts @ loss / counts.sum(axis=1))


def ece(probability: Floats, outcome: Floats, *, bins: int = BINS) -> float:
    """Expected calibration error: mean gap between probability and rate, over bins that hold equally many rows.

    >>> ece(np.array([0.2] * 5), np.array([1.0, 0, 0, 0, 0]), bins=1)
    0.0
    """
    parts = np.array_split(np.argsort(probability, kind="stable"), min(bins, probability.size))
    gaps = [abs(float((probability[part] - outcome[part]).mean())) * part.size for part in parts]
    return round(sum(gaps) / probability.size, 12)


def ece_floor(probability: Floats, *, seed: int = 0, draws: int = 100) -> float:
    """The mean error of labels drawn from the probabilities themselves: what chance alone gives."""
    generator = np.random.default_rng(seed)
    drawn = generator.random((draws, probability.size)) < probability
    return float(np.mean([ece(probability, outcome.astype(np.float64)) for outcome in drawn]))

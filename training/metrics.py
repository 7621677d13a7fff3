"""How good probabilities are, every figure with an interval.

Ranking and error measures get a percentile bootstrap over rows (seeded; all resamples at once, as counts of each
row); rates get the exact binomial interval of Clopper and Pearson. Intervals are at 95 %.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.exact_test import exact_interval as exact_interval  # which belongs with the measures

Floats = NDArray[np.float64]
Measure = Callable[
    [Floats, Floats, Floats], Floats
]  # probabilities (n,), outcomes (n,), counts (b, n) -> (b,)

RESAMPLES = 400
BINS = 15
LOW, HIGH = 0.025, 0.975


def evaluate(
    probabilities: ArrayLike,
    outcomes: ArrayLike,
    *,
    prefix: str = "",
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> dict[str, float]:
    """AUC, average precision, log-loss, Brier score and calibration error, each with ``_low`` and ``_high``.

    ``probabilities`` (n,) in 0..1, ``outcomes`` (n,) 0 or 1. ``ece_floor`` is the calibration error that perfect
    probabilities would show in a sample like this one; ``ece_excess`` is what lies above it.
    """
    probability = np.asarray(probabilities, dtype=np.float64)
    outcome = np.asarray(outcomes, dtype=np.float64)
    measured = with_intervals(
        {"auc": auc, "average_precision": average_precision, "log_loss": log_loss, "brier": brier},
        probability,
        outcome,
        seed=seed,
        resamples=resamples,
    )
    floor = ece_floor(probability, seed=seed)
    error = ece(probability, outcome)
    measured |= {"ece": error, "ece_floor": floor, "ece_excess": max(0.0, error - floor)}
    return {f"{prefix}{name}": value for name, value in measured.items()}


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


def auc(probability: Floats, outcome: Floats, counts: Floats) -> Floats:
    """The chance that a positive row ranks above a negative one, ties for half; NaN without both."""
    positives, negatives = _by_score(probability, outcome, counts, descending=False)
    below = np.cumsum(negatives, axis=1) - negatives
    wins = (positives * (below + negatives / 2)).sum(axis=1)
    return _divided(wins, positives.sum(axis=1) * negatives.sum(axis=1))


def average_precision(probability: Floats, outcome: Floats, counts: Floats) -> Floats:
    """The mean precision over the positive rows, best first; NaN without any."""
    positives, negatives = _by_score(probability, outcome, counts, descending=True)
    true = np.cumsum(positives, axis=1)
    precision = _divided(true, true + np.cumsum(negatives, axis=1))
    return _divided((np.nan_to_num(precision) * positives).sum(axis=1), positives.sum(axis=1))


def log_loss(probability: Floats, outcome: Floats, counts: Floats) -> Floats:
    """Mean negative log-likelihood, nats."""
    clipped = np.clip(probability, 1e-15, 1 - 1e-15)
    loss = -(outcome * np.log(clipped) + (1 - outcome) * np.log1p(-clipped))
    return np.asarray(counts @ loss / counts.sum(axis=1))


def brier(probability: Floats, outcome: Floats, counts: Floats) -> Floats:
    """Mean squared error of the probabilities."""
    return np.asarray(counts @ (probability - outcome) ** 2 / counts.sum(axis=1))


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


def at_threshold(
    probabilities: ArrayLike, outcomes: ArrayLike, threshold: float, *, prefix: str = ""
) -> dict[str, float]:
    """Precision and recall of calling a row positive at or above a threshold, with exact intervals."""
    called = np.asarray(probabilities, dtype=np.float64) >= threshold
    positive = np.asarray(outcomes, dtype=np.float64) > 0
    hits = int((called & positive).sum())
    figures: dict[str, float] = {}
    for name, of in (("precision", int(called.sum())), ("recall", int(positive.sum()))):
        low, high = exact_interval(hits, of)
        if of:
            figures |= {
                f"{prefix}{name}": hits / of,
                f"{prefix}{name}_low": low,
                f"{prefix}{name}_high": high,
            }
    return figures


def _by_score(
    probability: Floats, outcome: Floats, counts: Floats, *, descending: bool
) -> tuple[Floats, Floats]:
    """Counts of positives and negatives at each distinct score, both (b, distinct), in order of score."""
    key = -probability if descending else probability
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(key[order]) != 0))
    positives = np.add.reduceat(counts[:, order] * outcome[order], starts, axis=1)
    negatives = np.add.reduceat(counts[:, order] * (1 - outcome[order]), starts, axis=1)
    return positives, negatives


def _divided(above: Floats, below: Floats) -> Floats:
    quotient = np.full(np.shape(below), np.nan)
    np.divide(above, below, out=quotient, where=below > 0)
    return quotient


def rate(name: str, hits: int, of: int) -> dict[str, float]:
    """A rate with its exact interval; nothing where there is nothing to divide by."""
    if not of:
        return {}
    low, high = exact_interval(hits, of)
    return {name: hits / of, f"{name}_low": low, f"{name}_high": high}

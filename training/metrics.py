"""How good probabilities are, every figure with an interval.

Ranking and error measures get a percentile bootstrap over rows (seeded; all resamples at once, as counts of each
row); rates get the exact binomial interval of Clopper and Pearson. Intervals are at 95 %.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

# What serving measures by too stands in ``models``, and belongs with the measures all the same.
from models.exact_test import exact_interval as exact_interval
from models.measures import HIGH as HIGH
from models.measures import LOW as LOW
from models.measures import RESAMPLES as RESAMPLES
from models.measures import Floats as Floats
from models.measures import Measure as Measure
from models.measures import ece as ece
from models.measures import ece_floor as ece_floor
from models.measures import log_loss as log_loss
from models.measures import resampled as resampled
from models.measures import with_intervals as with_intervals


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


def brier(probability: Floats, outcome: Floats, counts: Floats) -> Floats:
    """Mean squared error of the probabilities."""
    return np.asarray(counts @ (probability - outcome) ** 2 / counts.sum(axis=1))


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

"""How well probabilities pick out the few claims that a person has time for, and how near they come to the oracle.

Measures are over resamples, as those of ``training.metrics``: probabilities (n,), outcomes (n,), counts (b, n) -> (b,).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from training.comparison import Measure
from training.metrics import HIGH, LOW, RESAMPLES, Floats, auc, average_precision, resampled

PRECISION = 0.9
DISTANCES: Mapping[str, Measure] = {"auc": auc, "average_precision": average_precision}


def recall_at_precision(wanted: float) -> Measure:
    """The highest recall over all thresholds at which precision is at least ``wanted``; 0 where it never is."""

    def measure(probability: Floats, outcome: Floats, counts: Floats) -> Floats:
        true, called = _cumulated(probability, outcome, counts)
        kept = np.where((called > 0) & (true >= wanted * called), true, 0.0)
        positives = true[:, -1]
        found = np.full(positives.shape, np.nan)
        np.divide(kept.max(axis=1), positives, out=found, where=positives > 0)
        return found

    return measure


def precision_in_top(share: float) -> Measure:
    """The precision among the ``share`` of rows with the highest probability; ties are cut at random."""

    def measure(probability: Floats, outcome: Floats, counts: Floats) -> Floats:
        true, called = _cumulated(probability, outcome, counts)
        wanted = share * called[:, -1]
        start = np.zeros((called.shape[0], 1))
        hits = [
            np.interp(many, ranks, found)
            for many, ranks, found in zip(
                wanted, np.hstack([start, called]), np.hstack([start, true]), strict=True
            )
        ]
        return np.asarray(hits) / wanted

    return measure


def share_of_distance(
    measure: Measure, said: Floats, lookup: Floats, oracle: Floats, outcome: Floats, *, seed: int
) -> dict[str, float]:
    """How far a method has come on the way from the lookup table to the oracle: 0 is the table, 1 the oracle.

    All three are measured on the same resamples, and the interval is that of their quotient.
    """
    counts = np.vstack([np.ones((1, outcome.size)), resampled(outcome.size, RESAMPLES, seed=seed)])
    mine, start, end = (measure(one, outcome, counts) for one in (said, lookup, oracle))
    shares = (mine - start) / (end - start)
    low, high = np.nanquantile(shares[1:], (LOW, HIGH))
    return {"share": float(shares[0]), "share_low": float(low), "share_high": float(high)}


PICKS: Mapping[str, Measure] = {
    "recall_at_90_precision": recall_at_precision(PRECISION),
    "precision_in_top_1": precision_in_top(0.01),
    "precision_in_top_5": precision_in_top(0.05),
}


def _cumulated(probability: Floats, outcome: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Positives and rows at or above each distinct score, best first, both (b, distinct)."""
    order = np.argsort(-probability, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(probability[order]) != 0))
    positives = np.add.reduceat(counts[:, order] * outcome[order], starts, axis=1)
    rows = np.add.reduceat(counts[:, order], starts, axis=1)
    return np.cumsum(positives, axis=1), np.cumsum(rows, axis=1)

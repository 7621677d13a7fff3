"""F1 of called pairs against true ones, with its bootstrap interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.records.pair_files import PairRows
from training.metrics import Floats, with_intervals
from training.records.thresholds import best_f1

Flags = NDArray[np.bool_]


def f1_figures(called: Flags, labels: Floats, *, seed: int) -> dict[str, float]:
    """F1 in hundredths as ``f1``, ``f1_low`` and ``f1_high``, over resampled pairs; precision and recall beside."""
    figures = with_intervals({"f1": _f1}, called.astype(np.float64), labels, seed=seed)
    hits = float(labels[called].sum())
    found = {
        "precision": hits / max(float(called.sum()), 1.0),
        "recall": hits / max(float(labels.sum()), 1.0),
        **figures,
    }
    return {name: 100 * value for name, value in found.items()}


def against_truth(pairs: PairRows, confidence: Floats, truth: PairRows) -> tuple[Floats, Floats]:
    """Confidences and labels of the found pairs and of the true ones that were not found, which get 0."""
    width = int(max(pairs.right.max(initial=0), truth.right.max(initial=0))) + 1
    found, true = pairs.left * width + pairs.right, truth.left * width + truth.right
    labels = np.isin(found, true).astype(np.float64)
    missed = int((~np.isin(true, found)).sum())
    return np.append(confidence, np.zeros(missed)), np.append(labels, np.ones(missed))


def with_oracle(confidence: Floats, labels: Floats) -> Flags:
    """What is called at the threshold that these very labels choose: a favour that only peers are done."""
    return np.asarray(confidence >= max(best_f1(confidence, labels)[0], 1e-12))


def _f1(called: Floats, labels: Floats, counts: Floats) -> Floats:
    hits = counts @ (called * labels)
    whole = counts @ called + counts @ labels
    return np.asarray(np.where(whole > 0, 2 * hits / np.fmax(whole, 1.0), np.nan))

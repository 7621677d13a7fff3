"""The confidence at and above which calling a pair a match gives the best F1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def best_f1(confidence: Floats, labels: Floats) -> tuple[float, float]:
    """The threshold halfway between two confidences that gives the best F1 on labelled pairs, and that F1.

    >>> best_f1(np.array([0.9, 0.8, 0.3, 0.1]), np.array([1.0, 1, 0, 0]))
    (0.55, 1.0)
    """
    order = np.argsort(-confidence, kind="stable")
    ordered = confidence[order]
    hits = np.cumsum(labels[order])
    scores = 2 * hits / (np.arange(1, hits.size + 1) + labels.sum())
    ends = np.append(np.diff(ordered) != 0, True)
    best = int(np.argmax(np.where(ends, scores, -1.0)))
    below = ordered[best + 1] if best + 1 < ordered.size else 0.0
    return round(float((ordered[best] + below) / 2), 6), float(scores[best])


def f1_at(confidence: Floats, labels: Floats, threshold: float) -> float:
    """F1 of calling a match at and above the threshold; 0 where nothing was found and nothing called."""
    called = confidence >= threshold
    whole = float(called.sum() + labels.sum())
    return 2 * float(labels[called].sum()) / whole if whole else 0.0

"""Several members' log-odds into one probability: a logistic regression without negative weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.float64]
PULL = 1.0  # towards equal weights, in rows' worth of evidence: with few rows no member is trusted alone
EXTREME = 12.0  # log-odds; a member that is surer than this says so by luck


@dataclass(frozen=True)
class Blend:
    """``expit(intercept + members @ weights)``, for members' log-odds (n, m) held within plus and minus 12.

    >>> Blend(np.array([0.5, 0.5]), 0.0)(np.array([[2.0, -2.0]])).tolist()
    [0.5]
    """

    weights: Floats  # (m,), none negative
    intercept: float

    @staticmethod
    def fit(members: Floats, labels: Floats, *, equal: float = 1.0) -> Blend:
        """Fit on log-odds of models that did not see the rows' labels (0 or 1).

        Targets are smoothed as in Platt (1999), so that a perfect separation gives no infinite weights.
        """
        held = np.clip(members, -EXTREME, EXTREME)
        positives = float(labels.sum())
        high, low = (positives + 1) / (positives + 2), 1 / (labels.size - positives + 2)
        target = np.where(labels > 0, high, low)
        start = np.append(np.full(held.shape[1], equal / held.shape[1]), 0.0)
        bounds = [(0.0, None)] * held.shape[1] + [(None, None)]
        found = minimize(_loss, start, args=(held, target, start), jac=True, method="L-BFGS-B", bounds=bounds)
        return Blend(np.asarray(found.x[:-1], dtype=np.float64), float(found.x[-1]))

    def __call__(self, members: Floats) -> Floats:
        """Probabilities (n,) in 0..1."""
        held = np.clip(members, -EXTREME, EXTREME)
        return np.asarray(expit(held @ self.weights + self.intercept), dtype=np.float64)


def _loss(values: Floats, held: Floats, target: Floats, start: Floats) -> tuple[float, Floats]:
    """Summed cross-entropy with a pull towards the start, and its gradient."""
    odds = held @ values[:-1] + values[-1]
    away = np.append(values[:-1] - start[:-1], 0.0)
    loss = float(np.sum(np.logaddexp(0.0, odds) - target * odds)) + PULL * float(away @ away)
    residual = expit(odds) - target
    return loss, np.append(held.T @ residual, residual.sum()) + 2 * PULL * away

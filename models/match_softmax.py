"""From the raw log-odds of pairs to one distribution a payment: over its candidates and "none of these".

A conditional softmax (McFadden 1974) with a free scale and a "none" whose weight depends on how good the best two
candidates are. Candidates with equal log-odds share equally, so a sibling that is as good as the best halves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize
from scipy.special import logsumexp

from features.errors import MissingDataError

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

LIMIT = 30.0  # log-odds beyond it say no more
RIDGE = 1e-3  # keeps the fit finite where the calibration window has no mistake
BOUNDS = Bounds(np.array([0.05, -20.0, -5.0, -5.0]), np.array([10.0, 20.0, 5.0, 5.0]))


@dataclass(frozen=True)
class MatchSoftmax:
    """Utilities: ``slope * raw`` of a candidate; ``none + by_best * best + by_second * second`` of none."""

    slope: float
    none: float
    by_best: float
    by_second: float

    @staticmethod
    def fit(raw: Floats, starts: Indices, right: NDArray[np.bool_]) -> MatchSoftmax:
        """Fit on payments that the booster was not fitted on.

        ``raw`` (m,) log-odds of pairs, ``starts`` (n + 1,) bounds of each payment's pairs, ``right`` (m,) whether a
        pair is the right one; a payment without a right pair is a "none". Raises MissingDataError for no payments.
        """
        if starts.size < 2:
            raise MissingDataError(
                "there are no labelled payments", remedy="give the model more posted history"
            )
        table, correct = padded(raw, starts), padded(right.astype(np.float64), starts) > 0
        start = np.array([1.0, 0.0, 0.0, 0.0])

        def objective(weights: Floats) -> float:
            return _loss(weights, table, correct) + RIDGE * float(((weights - start) ** 2).sum())

        found = minimize(objective, x0=start, method="L-BFGS-B", bounds=BOUNDS)
        return MatchSoftmax(*(float(weight) for weight in found.x))

    def __call__(self, raw: Floats, starts: Indices) -> tuple[Floats, Floats]:
        """Probabilities of the pairs (m,) and of none (n,); those of one payment sum to 1."""
        table = padded(raw, starts)
        everything = _log_shares(np.array([self.slope, self.none, self.by_best, self.by_second]), table)
        shares = np.exp(everything)
        filled = np.arange(table.shape[1]) < np.diff(starts)[:, None]
        return shares[:, 1:][filled], shares[:, 0]

    def to_dict(self) -> dict[str, float]:
        """Plain values for a manifest."""
        return {"slope": self.slope, "none": self.none, "by_best": self.by_best, "by_second": self.by_second}

    @staticmethod
    def from_dict(values: Mapping[str, float]) -> MatchSoftmax:
        """The inverse of ``to_dict``."""
        return MatchSoftmax(**{name: float(value) for name, value in values.items()})


def padded(values: Floats, starts: Indices) -> Floats:
    """A row (n, width) for each payment, filled up with minus infinity; width is at least 2."""
    sizes = np.diff(starts)
    filled = np.arange(max(2, int(sizes.max(initial=0)))) < sizes[:, None]
    table = np.full(filled.shape, -np.inf)
    table[filled] = values
    return table


def _log_shares(weights: Floats, table: Floats) -> Floats:
    """Log-probabilities (n, 1 + width): none first, then the candidates."""
    slope, none, by_best, by_second = weights
    known = np.isfinite(table)
    clipped = np.clip(table, -LIMIT, LIMIT)
    best_two = np.sort(clipped, axis=1)[:, :-3:-1]
    of_none = none + by_best * best_two[:, 0] + by_second * best_two[:, 1]
    utilities = np.column_stack([of_none, np.where(known, slope * clipped, -np.inf)])
    shares: Floats = utilities - logsumexp(utilities, axis=1, keepdims=True)
    return shares


def _loss(weights: Floats, table: Floats, correct: NDArray[np.bool_]) -> float:
    """Mean negative log-likelihood; where a claim number stands twice, either is right."""
    shares = _log_shares(weights, table)
    with np.errstate(divide="ignore"):
        of_right = logsumexp(np.where(correct, shares[:, 1:], -np.inf), axis=1)
    likelihood = np.where(correct.any(axis=1), of_right, shares[:, 0])
    return float(-np.clip(likelihood, -50.0, 0.0).mean())

"""From raw log-odds to probabilities that hold: Platt's sigmoid, kept only where it beats the raw score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit

from features.errors import BadInputError, MissingDataError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SigmoidCalibration:
    """``probability = 1 / (1 + exp(-(slope * raw + intercept)))``; the slope is never negative, so order is kept.

    >>> SigmoidCalibration.identity()([-2.0, 0.0, 2.0]).round(3).tolist()
    [0.119, 0.5, 0.881]
    """

    slope: float
    intercept: float

    @staticmethod
    def identity() -> SigmoidCalibration:
        """The raw score as it is."""
        return SigmoidCalibration(slope=1.0, intercept=0.0)

    @staticmethod
    def fit(raw_log_odds: ArrayLike, outcomes: ArrayLike) -> SigmoidCalibration:
        """Fit on rows that the booster was not fitted on.

        ``raw_log_odds`` (n,) any real; ``outcomes`` (n,) 0 or 1. Targets are smoothed as in Platt (1999), which
        keeps the fit finite where one class is absent. Raises MissingDataError for no rows, BadInputError for
        values that are not finite.
        """
        raw, outcome = checked(raw_log_odds, outcomes)
        centre, scale = float(raw.mean()), float(raw.std()) or 1.0
        standard = (raw - centre) / scale
        target = _smoothed(outcome)
        found = minimize(
            _loss_and_gradient,
            x0=np.array([scale, centre]),
            args=(standard, target),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0.0, None), (None, None)],
            options={"ftol": 1e-14, "gtol": 1e-10, "maxiter": 1000},
        )
        slope = float(found.x[0]) / scale
        return SigmoidCalibration(slope=slope, intercept=float(found.x[1]) - slope * centre)

    @staticmethod
    def fit_if_better(
        raw_log_odds: ArrayLike, outcomes: ArrayLike, later_raw: ArrayLike, later_outcomes: ArrayLike
    ) -> SigmoidCalibration:
        """The fitted sigmoid, or the identity where its log-loss on the later rows is no worse."""
        fitted = SigmoidCalibration.fit(raw_log_odds, outcomes)
        raw, outcome = checked(later_raw, later_outcomes)
        candidates = (SigmoidCalibration.identity(), fitted)
        return min(candidates, key=lambda calibration: log_loss(calibration(raw), outcome))

    def __call__(self, raw_log_odds: ArrayLike) -> Floats:
        """Probabilities in 0..1, one for each raw log-odds; NaN stays NaN."""
        raw = np.asarray(raw_log_odds, dtype=np.float64)
        return np.asarray(expit(self.slope * raw + self.intercept), dtype=np.float64)

    def to_dict(self) -> dict[str, float]:
        """Plain values for a manifest."""
        return {"slope": self.slope, "intercept": self.intercept}

    @staticmethod
    def from_dict(values: Mapping[str, float]) -> SigmoidCalibration:
        """The inverse of ``to_dict``."""
        return SigmoidCalibration(slope=float(values["slope"]), intercept=float(values["intercept"]))


def log_loss(probabilities: ArrayLike, outcomes: ArrayLike) -> float:
    """Mean negative log-likelihood in nats; probabilities are kept off 0 and 1 by 1e-15.

    >>> round(log_loss([0.5, 0.5], [0, 1]), 4)
    0.6931
    """
    probability = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-15, 1 - 1e-15)
    outcome = np.asarray(outcomes, dtype=np.float64)
    return float(-np.mean(outcome * np.log(probability) + (1 - outcome) * np.log1p(-probability)))


def checked(scores: ArrayLike, outcomes: ArrayLike) -> tuple[Floats, Floats]:
    """Scores and 0/1 outcomes as float arrays (n,), n at least 1; raises BadInputError or MissingDataError."""
    score = np.asarray(scores, dtype=np.float64)
    outcome = np.asarray(outcomes, dtype=np.float64)
    if score.ndim != 1 or score.shape != outcome.shape:
        raise BadInputError("scores and outcomes must be two columns of the same length")
    if not score.size:
        raise MissingDataError("there are no labelled rows", remedy="give the model more matured history")
    if not np.isfinite(score).all() or not np.isin(outcome, (0.0, 1.0)).all():
        raise BadInputError("scores must be finite, and outcomes 0 or 1")
    return score, outcome


def _smoothed(outcome: Floats) -> Floats:
    positives = float(outcome.sum())
    negatives = outcome.size - positives
    return np.where(outcome > 0, (positives + 1) / (positives + 2), 1 / (negatives + 2))


def _loss_and_gradient(weights: Floats, standard: Floats, target: Floats) -> tuple[float, Floats]:
    """Mean cross-entropy and its gradient by slope and intercept, on standardised scores."""
    odds = weights[0] * standard + weights[1]
    loss = float(np.mean(np.logaddexp(0.0, odds) - target * odds))
    residual = expit(odds) - target
    return loss, np.array([np.mean(residual * standard), np.mean(residual)])

"""Learning how far groups of payments can be trusted, from what the ledger said of earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from models.calibration import Floats, SigmoidCalibration
from models.groups.trust import Trust, log_odds, size_of
from training.groups.lumps import AnsweredCheck
from training.groups.ties import TiedPayments, judged

WRONG = 0.025  # of the checks whose claims are stated; the bar is 0.03
FEWEST_CHECKS = 50  # answered and posted in full, below which their probabilities are left as they are


def fit(tied: TiedPayments, checks: Sequence[AnsweredCheck], *, before: date) -> Trust:
    """What was known before a day teaches; the rest of the history is left alone."""
    calibrations, least = dict[str, SigmoidCalibration](), dict[str, float]()
    for size, (odds, right) in _outcomes(checks, before).items():
        if len(odds) >= FEWEST_CHECKS:
            calibrations[size] = SigmoidCalibration.fit(odds, right)
            least[size] = least_confidence(calibrations[size](odds))
    return Trust.of(judged(tied, before), calibrations, least)


def least_confidence(confidences: Floats) -> float:
    """The lowest confidence (n,) such that of all answers at or above it no more than ``WRONG`` are expected wrong.

    1 where there is none: then nothing is stated but what is certain.

    >>> least_confidence(np.array([0.5, 0.96, 0.99, 0.999]))
    0.96
    """
    falling = np.sort(confidences)[::-1]
    good = np.flatnonzero(np.cumsum(1 - falling) <= WRONG * np.arange(1, falling.size + 1))
    return float(falling[good[-1]]) if good.size else 1.0


def _outcomes(checks: Sequence[AnsweredCheck], before: date) -> dict[str, tuple[list[float], list[float]]]:
    """Log-odds and whether right, of answers of one claim and of several that were posted before a day."""
    rows: dict[str, tuple[list[float], list[float]]] = {}
    for check in checks:
        if check.right is not None and check.known_on and check.known_on < before and check.answer.claims:
            odds, right = rows.setdefault(size_of(check.answer), ([], []))
            odds.append(log_odds(check.answer.probability))
            right.append(float(check.right))
    return rows

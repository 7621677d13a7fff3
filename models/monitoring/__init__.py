"""Keeping a certificate true: is the automatic lane of a cell still no more often wrong than was certified?"""

from __future__ import annotations

from models.monitoring.answers import (
    ANSWERED_KINDS,
    ANSWERS_DUE,
    detector_of_answers,
    detector_of_checks,
)
from models.monitoring.detector import DetectorState, EDetector
from models.monitoring.estimate import WeightedRate, weighted_error_rate
from models.monitoring.run_length import calibrated_threshold, proven_threshold, standard_threshold

__all__ = [
    "ANSWERED_KINDS",
    "ANSWERS_DUE",
    "DetectorState",
    "EDetector",
    "WeightedRate",
    "calibrated_threshold",
    "detector_of_answers",
    "detector_of_checks",
    "proven_threshold",
    "standard_threshold",
    "weighted_error_rate",
]

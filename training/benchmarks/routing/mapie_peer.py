"""MAPIE 1.6 (BSD), the public package with the same idea: Learn Then Test with its own tests and corrections.

A threshold that accepts nothing has no precision: it becomes NaN there, and nothing is certified. Its answer None must
never be read as 0.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from training.benchmarks.routing.simulated import ALPHA, DELTA, Choose, Labels
from training.metrics import Floats

GRID = tuple(np.linspace(0.0, 0.99, 100).tolist())  # its default


def controller(
    method: str, thresholds: Sequence[float] = GRID, *, alpha: float = ALPHA, delta: float = DELTA
) -> Any:
    """Its controller of precision, which is one less the error rate."""
    return importlib.import_module("mapie.risk_control").BinaryClassificationController(
        _probabilities,
        "precision",
        1 - alpha,
        confidence_level=1 - delta,
        best_predict_param_choice="predicted_positive_fraction",
        list_predict_params=np.asarray(thresholds),
        fwer_method=method,
    )


def calibrated(control: Any, fresh: Labels) -> float | None:
    """The loosest threshold that it finds valid on fresh labels, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it divides by zero, and warns where nothing is valid
        control.calibrate(fresh.scores[:, None], 1 - fresh.errors)
    valid = np.atleast_1d(np.asarray(control.valid_predict_params, dtype=np.float64))
    return float(valid.min()) if valid.size else None


def split_fixed_sequence(earlier: Labels, fresh: Labels) -> float | None:
    """The order of the thresholds learnt on the earlier window."""
    control = controller("split_fixed_sequence")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        control.learn_fixed_sequence_order(earlier.scores[:, None], 1 - earlier.errors)
    return calibrated(control, fresh)


def as_it_comes(_earlier: Labels, fresh: Labels) -> float | None:
    """Its default correction, Bonferroni-Holm."""
    return calibrated(controller("bonferroni_holm"), fresh)


def _probabilities(scores: Floats) -> Floats:
    return np.column_stack((1 - scores[:, 0], scores[:, 0]))


PEERS: dict[str, tuple[Choose, int]] = {
    "MAPIE, split fixed sequence": (split_fixed_sequence, 20),  # deployments: one takes a second
    "MAPIE, as it comes": (as_it_comes, 100),  # a sixteenth of one
}

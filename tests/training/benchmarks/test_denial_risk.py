"""The benchmark on the small simulated folder: what it prints, and what its bar is."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from features.errors import MissingDataError
from training.benchmarks.denial_risk import Measured, read_truth, run, verdict


def test_the_model_stands_beside_its_baselines_the_control_and_the_ceiling(
    simulated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(argparse.Namespace(data=simulated, claims=3000, seed=7))
    shown = capsys.readouterr().out
    for method in ("model", "lookup table", "rule", "shuffled labels", "oracle"):
        assert method in shown
    assert "certified at" in shown
    assert "later claims" in shown


def measured(*, model: float, control_auc_low: float) -> Measured:
    """A result with a log-loss of the model, beside baselines of 0.40 and 0.41."""
    figures = {
        "model": {"log_loss": model},
        "lookup table": {"log_loss": 0.40},
        "rule": {"log_loss": 0.41},
        "shuffled labels": {"auc_low": control_auc_low},
    }
    return Measured(denied=np.zeros(1), said={}, figures=figures)


@pytest.mark.parametrize(("model", "control", "status"), [(0.38, 0.48, 0), (0.405, 0.48, 1), (0.38, 0.52, 1)])
def test_the_bar_is_to_beat_both_baselines_and_to_learn_nothing_from_shuffled_labels(
    model: float, control: float, status: int
) -> None:
    assert verdict(Console(quiet=True), measured(model=model, control_auc_low=control)) == status


def test_data_without_its_truth_cannot_be_measured(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="no truth beside the data"):
        read_truth(tmp_path / "claims.csv")

"""The benchmark on the small simulated folder: what it prints, and what its bar is."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest

from features.errors import MissingDataError
from training import datasets
from training.benchmarks.denial_risk import Measured, misses, read_truth, run, shuffled
from training.benchmarks.repeats import Mean
from training.denial_labels import label
from training.windows import Windows


def test_the_model_stands_beside_its_baselines_the_control_and_the_ceiling(
    simulated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(argparse.Namespace(data=simulated, claims=3000, seed=7))
    shown = capsys.readouterr().out
    for method in ("model", "lookup table", "rule", "shuffled labels", "oracle"):
        assert method in shown
    assert "The model less the other" in shown
    assert "certified at" in shown
    assert "later claims" in shown


def measured(*, known: float, control: Mean) -> Measured:
    """A model that knows a share of the outcomes and guesses at the rest, beside baselines that know half."""
    denied = np.tile([0.0, 0.0, 0.0, 1.0], 200)
    said = {
        "model": denied * known + 0.25 * (1 - known),
        "lookup table": denied * 0.5 + 0.125,
        "rule": denied * 0.5 + 0.125,
    }
    return Measured(denied, said, figures={}, control=control)


@pytest.mark.parametrize(
    ("known", "control_low", "expected"), [(0.6, 0.48, 0), (0.4, 0.48, 2), (0.5, 0.48, 2), (0.6, 0.52, 1)]
)
def test_the_bar_is_to_beat_both_baselines_and_to_learn_nothing_from_shuffled_labels(
    known: float, control_low: float, expected: int
) -> None:
    control = Mean(0.53, control_low, 0.6)
    assert len(misses(measured(known=known, control=control), seed=1)) == expected


def test_the_control_is_no_constant_so_that_a_leak_would_show(simulated: Path) -> None:
    labels = label(datasets.load(simulated))
    windows = Windows.from_dates(labels.sent)
    assert np.unique(shuffled(labels, windows, seed=1, rounds=20)).size > 10


def test_data_without_its_truth_cannot_be_measured(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="no truth beside the data"):
        read_truth(tmp_path / "claims.csv")

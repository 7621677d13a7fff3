"""The denial benchmark on the small simulated folder: what it prints and writes, and what its bar is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from features.errors import BadInputError, MissingDataError
from tests.training.benchmarks.conftest import Asked
from training.benchmarks.denial.benchmark import Measured, misses, run
from training.benchmarks.denial.control import shuffled
from training.benchmarks.denial.methods import Oracle
from training.benchmarks.denial.task import Split, checked, split
from training.benchmarks.denial.truth import read_truth, true_of
from training.benchmarks.repeats import Mean
from training.datasets import Dataset
from training.denial_labels import MATURES_AFTER


@pytest.fixture(scope="module")
def given(dataset: Dataset) -> Split:
    return split(dataset, seed=1)


def test_every_method_stands_in_one_table_and_in_a_file(
    asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked("denial")) == 0
    shown = capsys.readouterr().out
    written = json.loads((tmp_path / "out/denial-seed-7.json").read_text())
    methods = [row["method"] for row in written["rows"]]
    assert methods == ["model", "plain LightGBM", "lookup table", "rule", "oracle"]
    for wanted in (*methods, "shuffled labels", "The model less the other", "certified at", "later claims"):
        assert wanted in shown
    for row in written["rows"]:
        auc = row["figures"]["auc"]
        assert auc["low"] <= auc["value"] <= auc["high"]
        assert row["fit_seconds"] >= 0
    assert written["rows"][-1]["figures"]["auc"]["value"] == max(
        row["figures"]["auc"]["value"] for row in written["rows"]
    )
    assert {"python", "lightgbm"} <= written["versions"].keys()
    assert len(written["data_sha256"]) == 64
    assert "no bar missed" in shown or written["missed"]
    assert (tmp_path / "out/denial-seed-7.txt").read_text().startswith("Denial risk on")


def test_the_history_ends_before_the_test_window_and_knows_no_late_answer(given: Split) -> None:
    first = min(claim.submitted for claim in given.claims if claim.submitted)
    assert max(given.history.sent) <= first - MATURES_AFTER
    assert max(given.history.answered) < first
    assert not {id(claim) for claim in given.history.claims} & {id(claim) for claim in given.claims}


def test_answers_that_are_no_probabilities_are_refused(given: Split) -> None:
    with pytest.raises(BadInputError, match="probabilities were given for"):
        checked([0.1], given)
    with pytest.raises(BadInputError, match="outside 0 to 1"):
        checked([1.2] * len(given.claims), given)
    with pytest.raises(BadInputError, match="outside 0 to 1"):
        checked([float("nan")] * len(given.claims), given)


def measured(*, known: float, control: Mean) -> Measured:
    """A model that knows a share of the outcomes and guesses at the rest, beside baselines that know half."""
    denied = np.tile([0.0, 0.0, 0.0, 1.0], 200)
    said = {
        "model": denied * known + 0.25 * (1 - known),
        "lookup table": denied * 0.5 + 0.125,
        "rule": denied * 0.5 + 0.125,
    }
    return Measured(denied, said, control)


@pytest.mark.parametrize(
    ("known", "control_low", "expected"), [(0.6, 0.48, 0), (0.4, 0.48, 2), (0.5, 0.48, 2), (0.6, 0.52, 1)]
)
def test_the_bar_is_to_beat_both_baselines_and_to_learn_nothing_from_shuffled_labels(
    known: float, control_low: float, expected: int
) -> None:
    control = Mean(0.53, control_low, 0.6)
    assert len(misses(measured(known=known, control=control), seed=1)) == expected


def test_the_control_is_no_constant_so_that_a_leak_would_show(given: Split) -> None:
    assert np.unique(shuffled(given, seed=1, rounds=20)).size > 10


def test_data_without_its_truth_cannot_be_measured(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="no truth beside the data"):
        read_truth(tmp_path)
    with pytest.raises(MissingDataError, match="no truth beside the data"):
        Oracle(tmp_path)


def test_a_claim_that_the_truth_does_not_tell_of_is_a_users_error(given: Split) -> None:
    with pytest.raises(MissingDataError, match="does not tell of every claim"):
        true_of({}, given.claims)

"""Part risk of the denial benchmark on the small simulated folder: what it prints and writes, and what its bars are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from features.errors import BadInputError, MissingDataError
from features.x12.records import Claim
from tests.training.benchmarks.conftest import Asked
from training.benchmarks.denial.asked import Asked as Judged
from training.benchmarks.denial.benchmark import run
from training.benchmarks.denial.control import shuffled
from training.benchmarks.denial.lived import Known
from training.benchmarks.denial.methods import Oracle
from training.benchmarks.denial.risk import misses
from training.benchmarks.denial.task import Split, checked, split
from training.benchmarks.denial.truth import read_truth, true_of
from training.benchmarks.protocols import DenialHistory
from training.benchmarks.repeats import Mean
from training.benchmarks.runner import Answered
from training.datasets import Dataset
from training.denial_labels import MATURES_AFTER


@pytest.fixture(scope="module")
def given(dataset: Dataset) -> Split:
    return split(dataset, seed=1)


def test_every_method_stands_in_one_table_and_in_a_file(
    asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked("denial", "--only", "risk", "--without-peers")) == 0
    shown = capsys.readouterr().out
    written = json.loads((tmp_path / "out/denial-seed-7.json").read_text())
    methods = written["parts"]["risk"]["methods"]
    assert list(methods) == [
        *("model", "raw score", "plain LightGBM", "lookup table", "rule", "oracle"),
        *("taught the truth", "nothing hidden", "no luck"),
    ]
    for wanted in (*methods, "shuffled labels", "The model less the other", "certified at", "later claims"):
        assert wanted in shown
    for figures in methods.values():
        assert figures["auc_low"] <= figures["auc"] <= figures["auc_high"]
    assert max(methods, key=lambda name: methods[name]["auc"]) == "oracle"
    assert methods["lookup table"]["auc_share"] == 0
    assert methods["oracle"]["auc_share"] == 1
    assert written["parts"]["risk"]["claims_changed_by_later_files"] == 0
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


def judged(*, known: float) -> Judged:
    """A model that knows a share of the outcomes and guesses at the rest, beside baselines that know half."""
    denied = np.tile([0.0, 0.0, 0.0, 1.0], 200)
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, denied.size)
    said = {
        "model": denied * known + 0.25 * (1 - known),
        "raw score": denied * known + 0.25 * (1 - known),
        "lookup table": denied * 0.5 + 0.125,
        "rule": denied * 0.5 + 0.125,
        "oracle": np.clip(denied + noise, 0.01, 0.99),
    }
    answered = {name: Answered(one.tolist(), 0.0, 0.0, None) for name, one in said.items()}
    history = DenialHistory((), (), (), (), (), seed=1)
    return Judged(Split(history, cast("tuple[Claim, ...]", (None,) * denied.size), ""), denied, answered, 1)


@pytest.mark.parametrize(
    ("known", "control_low", "expected"), [(0.6, 0.48, 0), (0.4, 0.48, 2), (0.5, 0.48, 2), (0.6, 0.52, 1)]
)
def test_a_model_must_beat_both_baselines_and_learn_nothing_from_shuffled_labels(
    known: float, control_low: float, expected: int
) -> None:
    near = {"auc_share": 0.9, "average_precision_share": 0.9, "log_loss": 0.1, "ece_excess": 0.0}
    control = Mean(0.53, control_low, 0.6)
    assert len(misses(judged(known=known), {"model": near, "raw score": near}, control)) == expected


@pytest.mark.parametrize(
    ("figure", "value", "said"),
    [
        ("auc_share", 0.84, "84% of the way"),
        ("average_precision_share", float("nan"), "average precision"),
        ("log_loss", 0.11, "calibration raises the log-loss"),
        ("ece_excess", 0.0051, "calibration error is 0.0051"),
    ],
)
def test_a_model_short_of_a_bar_is_told(figure: str, value: float, said: str) -> None:
    near = {"auc_share": 0.9, "average_precision_share": 0.9, "log_loss": 0.1, "ece_excess": 0.0}
    found = misses(
        judged(known=0.6), {"model": near | {figure: value}, "raw score": near}, Mean(0.5, 0.48, 0.52)
    )
    assert len(found) == 1
    assert said in found[0]


def test_the_control_is_no_constant_so_that_a_leak_would_show(given: Split) -> None:
    assert np.unique(shuffled(given, Known.of(given), seed=1, rounds=20)).size > 10


def test_data_without_its_truth_cannot_be_measured(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="no truth beside the data"):
        read_truth(tmp_path)
    with pytest.raises(MissingDataError, match="no truth beside the data"):
        Oracle(tmp_path)


def test_a_claim_that_the_truth_does_not_tell_of_is_a_users_error(given: Split) -> None:
    with pytest.raises(MissingDataError, match="does not tell of every claim"):
        true_of({}, given.claims)

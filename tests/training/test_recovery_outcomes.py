"""What became of worked denials in the simulated network's files, and a model that learns from it."""

from __future__ import annotations

import csv
import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest

from features.denial_work import read_denial_work
from features.errors import BadInputError, MissingDataError
from models.recovery import RecoveryModel
from training.datasets import Dataset
from training.recovery import learn, train
from training.recovery_outcomes import Outcomes, outcomes, read_outcomes, work_file


@pytest.fixture(scope="module")
def found(dataset: Dataset) -> Outcomes:
    return read_outcomes(dataset, work_file(dataset))


def test_the_outcomes_of_appeals_are_those_of_the_truth(found: Outcomes, simulated: Path) -> None:
    with (simulated / "truth/denials.csv").open(encoding="utf-8", newline="") as stream:
        truth = {(row["claim_id"], row["payer_claim_number"]): row for row in csv.DictReader(stream)}
    appeals = [one for one in found.finished if one.action == "appeal"]
    right = [
        one.recovered
        == (
            truth[one.denial.claim.claim_id or "", one.denial.payment.payer_claim_number or ""]["overturned"]
            == "1"
        )
        for one in appeals
    ]
    assert len(appeals) > 20
    assert sum(right) >= 0.97 * len(right)


def test_young_work_is_left_out(found: Outcomes, dataset: Dataset) -> None:
    assert max(one.day for one in found.finished) <= dataset.end - timedelta(days=90)
    assert found.left_out["too young"] > 0


def test_only_what_recovered_gained_dollars(found: Outcomes) -> None:
    assert all(one.gained >= 0 for one in found.finished)
    assert not any(one.gained for one in found.finished if not one.recovered)


def test_a_denial_was_known_before_it_was_worked(found: Outcomes) -> None:
    assert all(one.denial.known <= one.day < one.settled for one in found.finished)


def test_an_outcome_does_not_change_what_a_denial_looks_like(found: Outcomes, dataset: Dataset) -> None:
    work = read_denial_work(work_file(dataset))
    last = sorted(one.day for one in found.finished)[len(found.finished) // 2]
    paid = [
        payment for payment in dataset.claim_payments if payment.payment_date and payment.payment_date <= last
    ]
    cut = dataclasses.replace(dataset, claim_payments=tuple(paid))
    before = {one.denial for one in outcomes(cut, work).finished if one.day <= last}
    assert {one.denial for one in found.finished if one.settled <= last} <= before


def test_a_folder_without_a_list_of_work_is_told_so(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="denials"):
        work_file(dataclasses.replace(dataset, folder=tmp_path))


def test_work_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "denial_work.csv"
    header = "action_date,claim_id,payer_claim_number,action,new_claim_id,minutes\n"
    path.write_text(header + "2024-01-05,A-1,,appeal,,-3\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="line 2"):
        read_denial_work(path)


def test_too_few_outcomes_are_told(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="too few"):
        train(dataset, folder=tmp_path)


def test_a_model_of_little_work_is_saved_loaded_and_assesses(
    dataset: Dataset, found: Outcomes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.recovery.FEWEST", 100)
    trained = train(dataset, folder=tmp_path, seed=1, rounds=20)
    model = RecoveryModel.load(tmp_path)
    denial = found.finished[-1].denial
    (assessed,) = model.assess([denial], at=denial.known)
    assert model.version == trained.version
    assert {"auc", "auc_low", "baseline_lookup_auc", "auc_above_lookup_low"} <= set(trained.metrics)
    assert assessed.options[-1].action == "write-off-proposal" or assessed.options[-1].net <= 0
    learnt = [option for option in assessed.options if option.source == "history"]
    assert learnt
    assert all(0 <= option.low <= option.probability <= option.high <= 1 for option in learnt)
    assert all(option.amount <= denial.amount for option in learnt)
    assert denial.claim.patient_last
    assert denial.claim.patient_last not in (tmp_path / "model_card.md").read_text(encoding="utf-8")


def test_a_model_that_was_saved_and_loaded_gives_the_same_assessments(
    dataset: Dataset, found: Outcomes, tmp_path: Path
) -> None:
    learnt = learn(dataset, found, seed=1, rounds=20)
    asked = [one.denial for one in found.finished]
    at = max(denial.known for denial in asked)
    assert learnt.save(tmp_path, {}).assess(asked, at=at) == learnt.model().assess(asked, at=at)

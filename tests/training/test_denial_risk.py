"""The training of the denial-risk model, on a small simulated network."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from features.code_pairs import CodePairs
from features.denial_risk import COLUMNS
from features.errors import MissingDataError
from features.x12.records import Claim
from models.certification import load_certificates
from models.denial_risk import DenialRiskModel
from models.policy import load_policy
from training.datasets import Dataset
from training.denial_labels import label
from training.denial_risk import train
from training.trained import Trained


@pytest.fixture(scope="module")
def run(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(dataset, folder=tmp_path_factory.mktemp("denial-risk"), seed=3, issued=date(2026, 1, 1))


def test_a_training_leaves_all_that_serving_and_people_need(run: Trained) -> None:
    names = {path.name for path in run.folder.rglob("*") if path.is_file()}
    assert {
        "manifest.json",
        "certificates.json",
        "model_card.md",
        "reliability.png",
        "precision_coverage.png",
    } <= names
    assert DenialRiskModel.load(run.folder).version == run.version


def test_the_model_ranks_better_than_chance_and_states_how_well(run: Trained) -> None:
    metrics = run.metrics
    assert 0.5 < metrics["auc_low"] < metrics["auc"] < metrics["auc_high"]
    for baseline in ("baseline_lookup_", "baseline_rule_"):
        assert metrics[f"{baseline}log_loss_low"] < metrics[f"{baseline}log_loss"]
    assert metrics["auc"] > metrics["baseline_lookup_auc"]  # of 3,000 claims; the benchmark compares on more


def test_the_same_seed_gives_the_same_model(run: Trained, dataset: Dataset, tmp_path: Path) -> None:
    again = train(dataset, folder=tmp_path, seed=3, issued=date(2026, 1, 1))
    assert again.version == run.version
    assert dict(again.metrics) == dict(run.metrics)


def test_a_loaded_model_scores_one_claim_as_it_scores_many(run: Trained, dataset: Dataset) -> None:
    model = DenialRiskModel.load(run.folder)
    claims = dataset.claims[:40]
    together = model.score(claims)
    assert [model.score([claim])[0] for claim in claims] == together
    assert all(0 <= score.low <= score.probability <= score.high <= 1 for score in together)


def test_a_lines_risk_is_never_above_its_claims(run: Trained, dataset: Dataset) -> None:
    model = DenialRiskModel.load(run.folder)
    for claim in dataset.claims[:40]:
        lines = model.outlook(claim).lines
        assert [one.place for one in lines] == list(range(len(claim.lines)))
        assert all(0 <= one.probability <= model.score([claim])[0].probability for one in lines)


def test_the_users_tables_reach_the_columns_that_are_learnt_from(dataset: Dataset, tmp_path: Path) -> None:
    table = tmp_path / "coverage.csv"
    table.write_text("procedure,diagnosis,payer,from,to\n99213,Z99,,,\n", encoding="utf-8")
    pairs = CodePairs.load(coverage=[table])
    model = replace(
        DenialRiskModel.load(train(dataset, folder=tmp_path / "m", pairs=pairs).folder), pairs=pairs
    )
    rows = model.encode(dataset.claims[:200]).rows[:, COLUMNS.index("diagnoses_not_covered")]
    assert set(rows.tolist()) == {0.0, 1.0}


def test_certificates_are_of_this_model_and_of_the_certification_window(run: Trained) -> None:
    certificates, policy = load_certificates(run.folder), load_policy()
    assert [certificate.cell for certificate in certificates] == list(policy.cells("denial-risk"))
    for certificate in certificates:
        assert certificate.model_version == run.version
        assert (
            f"{certificate.window_from} to {certificate.window_to}" in run.parameters["window_certification"]
        )
        assert certificate.alpha == policy.alpha("denial-risk")
        assert certificate.delta == policy.delta("denial-risk")


def test_nothing_that_is_logged_tells_of_a_patient(run: Trained, dataset: Dataset) -> None:
    told = json.dumps([dict(run.metrics), dict(run.parameters), list(run.notes)], default=str)
    told += (run.folder / "model_card.md").read_text(encoding="utf-8")
    told += (run.folder / "manifest.json").read_text(encoding="utf-8")
    told += json.dumps([*run.signature.inputs, *run.signature.outputs], default=str)
    for value in personal(dataset.claims):
        assert f'"{value}"' not in told


def personal(claims: tuple[Claim, ...]) -> set[str]:
    """Names and identifiers of patients and their claims."""
    fields = ("subscriber_id", "claim_id", "patient_last", "prior_authorization", "original_reference")
    return {value for claim in claims for name in fields if (value := getattr(claim, name))}


def test_too_little_data_is_said_with_its_counts(dataset: Dataset, tmp_path: Path) -> None:
    few = with_claims(dataset, claims=dataset.claims[:120])
    with pytest.raises(MissingDataError, match="claims with a matured answer") as caught:
        train(few, folder=tmp_path, seed=3)
    assert "at least 400 answered claims, 40 of them denied, are needed" in str(caught.value)
    assert not list(tmp_path.iterdir())


def with_claims(dataset: Dataset, *, claims: tuple[Claim, ...]) -> Dataset:
    return Dataset(
        claims=claims,
        claim_payments=dataset.claim_payments,
        remittances=dataset.remittances,
        acknowledgments=dataset.acknowledgments,
        postings=dataset.postings,
        problems=dataset.problems,
        digest=dataset.digest,
    )


def test_labels_are_matured_and_in_order(dataset: Dataset) -> None:
    labels = label(dataset)
    assert list(labels.sent) == sorted(labels.sent)
    assert max(labels.sent) <= dataset.end - np.timedelta64(90, "D").astype(object)
    assert all(answered >= sent for sent, answered in zip(labels.sent, labels.answered, strict=True))
    left_out = labels.immature + labels.unanswered + labels.undated + labels.voids + labels.rejected
    assert len(labels.claims) + left_out == len(dataset.claims)


def test_without_certificates_card_metrics_and_notes_say_that_there_are_none(
    dataset: Dataset, tmp_path: Path
) -> None:
    bare = train(dataset, folder=tmp_path, seed=3, rounds=40, certify=False)
    assert list(load_certificates(tmp_path)) == []
    assert bare.metrics["automatic_share"] == 0
    assert not {"automatic_share_high", "automatic_error_rate"} & set(bare.metrics)
    assert "issued without certificates: a person sees every item" in bare.notes
    card = (tmp_path / "model_card.md").read_text(encoding="utf-8")
    assert "issued without certificates: a person sees every item" in card
    assert "The certificates hold" not in card
    assert bare.parameters["certify"] is False

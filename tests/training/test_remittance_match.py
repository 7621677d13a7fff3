"""The training of the remittance match: labels from the ledger alone, candidates of the day, honest windows."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import numpy as np
import pytest

from features.errors import MissingDataError
from models.certification import load_certificates
from models.policy import load_policy
from models.remittance_match import RemittanceMatchModel
from tests.support.builders import make_claim, make_claim_payment
from tests.support.matches import a_dataset, a_world, audit_of, payment_of, posting_of, some_claims
from training.datasets import Dataset
from training.match_candidates import candidates_in_time
from training.match_fit import with_decoys
from training.match_labels import NOWHERE, label
from training.remittance_match import answer, fit_and_save, judged, prepare, score, train
from training.trained import Trained


@pytest.fixture(scope="module")
def run(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(dataset, folder=tmp_path_factory.mktemp("match"), seed=3, issued=date(2026, 1, 1))


def test_a_training_leaves_all_that_serving_and_people_need(run: Trained) -> None:
    names = {path.name for path in run.folder.rglob("*") if path.is_file()}
    assert {"manifest.json", "certificates.json", "model_card.md"} <= names
    assert {"reliability.png", "precision_coverage.png"} <= names
    assert RemittanceMatchModel.load(run.folder).version == run.version
    assert {c.cell.value_band for c in load_certificates(run.folder)} == {
        b.name for b in load_policy().value_bands
    }
    assert set(run.signature.outputs[0]) == {
        "order", "probabilities", "none_probability", "low", "high", "margin"
    }  # fmt: skip


def test_the_model_is_better_than_what_a_provider_does_without_one(run: Trained) -> None:
    for baseline in ("baseline_lookup_", "baseline_rule_"):
        assert run.metrics["f1_low"] > run.metrics[f"{baseline}f1_high"]
    assert run.metrics["candidates_recall"] > 0.98


def test_every_rate_stands_inside_its_interval(run: Trained) -> None:
    for name in run.metrics:
        if f"{name}_low" in run.metrics:
            assert run.metrics[f"{name}_low"] <= run.metrics[name] <= run.metrics[f"{name}_high"]


def test_the_same_seed_gives_the_same_model(run: Trained, dataset: Dataset, tmp_path: Path) -> None:
    again = train(dataset, folder=tmp_path, seed=3, issued=date(2026, 1, 1))
    assert again.version == run.version
    assert dict(again.metrics) == dict(run.metrics)


def test_labels_come_from_the_ledger_and_not_from_the_control_number() -> None:
    claims = some_claims(8, seed=1)
    payments = [payment_of(claim, number) for number, claim in enumerate(claims)]
    postings = [posting_of(payment, claims[0].claim_id) for payment in payments[:6]]
    labels = label(a_dataset(claims, payments, postings))
    assert set(labels.posted) == {claims[0].claim_id}
    assert (len(labels.payments), labels.unposted) == (6, 2)


def test_an_audit_overrules_the_ledger_and_one_that_contradicts_another_says_nothing() -> None:
    claims = some_claims(3, seed=1)
    payments = [payment_of(claim, number) for number, claim in enumerate(claims)]
    postings = [posting_of(payment, "WRONG") for payment in payments]
    audits = [
        audit_of(payments[0], claims[0].claim_id),
        audit_of(payments[1], None),
        audit_of(payments[1], "X"),
    ]
    labels = label(dataclasses.replace(a_dataset(claims, payments, postings), audits=tuple(audits)))
    assert labels.posted == (claims[0].claim_id, "WRONG", "WRONG")
    assert labels.audited == (claims[0].claim_id, None, None)
    assert labels.has_audits()


def test_certificates_are_tested_on_audited_rows_alone(dataset: Dataset, tmp_path: Path) -> None:
    """A clerk's errors in the last windows change no certificate, so long as no audit repeats them."""
    checked = {(audit.trace_number, audit.payer_claim_number) for audit in dataset.audits}
    prepared = prepare(dataset)
    first = min(prepared.windows.span("calibration"))
    falsified = tuple(
        msgspec.structs.replace(posting, posted_claim_id="FALSE")
        if (posting.trace_number, posting.payer_claim_number) not in checked
        and posting.posting_date > first + timedelta(60)
        else posting
        for posting in dataset.postings
    )
    assert 0.2 < len(checked) / len(dataset.postings) < 0.8
    rows = prepared.windows.certification
    model, _ = fit_and_save(dataset, prepared, folder=tmp_path, seed=1, rounds=40)
    other = prepare(dataclasses.replace(dataset, postings=falsified))
    honest, lied = (judged(one, rows, score(model, one, rows)) for one in (prepared, other))
    assert len(honest.errors) < rows.size
    assert abs(len(lied.errors) - len(honest.errors)) < 10
    assert lied.errors.mean() < 0.2


def test_a_payment_sent_twice_counts_once_and_a_contradicted_one_not_at_all() -> None:
    claims = some_claims(4, seed=2)
    payments = [payment_of(claim, number) for number, claim in enumerate(claims)]
    postings = [posting_of(payment, claim.claim_id) for payment, claim in zip(payments, claims, strict=True)]
    again = [*postings, postings[1], posting_of(payments[3], None)]
    labels = label(a_dataset(claims, [*payments, *payments[:2]], again))
    assert len(labels.payments) == 3
    assert labels.ambiguous == 1


def test_an_amount_ties_by_its_value_and_not_by_how_it_is_written() -> None:
    payment = make_claim_payment(paid=Decimal("168"))
    posting = msgspec.structs.replace(posting_of(payment, "A-1001"), amount=Decimal("168.00"))
    assert label(a_dataset([make_claim()], [payment], [posting])).posted == ("A-1001",)


def test_without_a_ledger_it_is_said_that_matching_cannot_be_learnt(tmp_path: Path) -> None:
    world = dataclasses.replace(a_world(40, seed=1), postings=())
    with pytest.raises(MissingDataError, match="no posting ledger"):
        train(world, folder=tmp_path)


def test_too_few_labels_are_counted_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="40 claim payments with a posting"):
        train(a_world(40, seed=1), folder=tmp_path)


def test_a_claim_is_no_candidate_before_it_is_submitted() -> None:
    early, late = make_claim(), make_claim(claim_id="A-1002", submitted=date(2024, 5, 1))
    undated = make_claim(claim_id="A-1003", submitted=None)
    before = make_claim_payment(payment_date=date(2024, 4, 30))
    after = make_claim_payment(payment_date=date(2024, 5, 1))
    found = candidates_in_time([late, early, undated], [after, before])
    assert {claim.claim_id for claim in found[0]} == {"A-1001", "A-1002", "A-1003"}
    assert {claim.claim_id for claim in found[1]} == {"A-1001", "A-1003"}


def test_no_remittance_stands_in_two_windows(dataset: Dataset) -> None:
    prepared = prepare(dataset)
    windows = prepared.windows
    seen = [
        {prepared.labels.batch[row] for row in rows}
        for rows in (windows.fit, windows.calibration, windows.certification, windows.test)
    ]
    for place, batches in enumerate(seen):
        assert not batches & set().union(*seen[place + 1 :])


def test_what_a_test_payment_was_posted_to_changes_no_score(dataset: Dataset, tmp_path: Path) -> None:
    """The ledger of the last two windows may not reach the model: with it falsified the version is the same."""
    prepared = prepare(dataset)
    falsified = list(prepared.labels.posted)
    for row in (*prepared.windows.certification, *prepared.windows.test):
        falsified[row] = "FALSE"
    labels = dataclasses.replace(prepared.labels, posted=tuple(falsified))
    honest, _ = fit_and_save(dataset, prepared, folder=tmp_path / "a", seed=1, rounds=40)
    other, _ = fit_and_save(
        dataset, dataclasses.replace(prepared, labels=labels), folder=tmp_path / "b", seed=1, rounds=40
    )
    assert other.version == honest.version


def test_a_foreign_payment_is_answered_with_none(dataset: Dataset, run: Trained) -> None:
    prepared = prepare(dataset)
    answers = answer(RemittanceMatchModel.load(run.folder), prepared, prepared.windows.test)
    foreign = ~answers.has_claim
    assert foreign.sum() > 5
    assert (foreign & answers.posted).sum() <= 0.3 * foreign.sum()


def test_decoys_stand_behind_the_candidates_and_are_no_copies() -> None:
    claims = some_claims(12, seed=3)
    candidates = [(claim,) for claim in claims]
    mixed = with_decoys(candidates, seed=1)
    assert [group[0] for group in mixed] == claims
    assert any(len(group) > 1 for group in mixed)
    assert all(claim not in group[1:] for claim, group in zip(claims, mixed, strict=True))
    assert with_decoys([(), ()], seed=1) == [(), ()]


def test_a_payment_posted_nowhere_is_a_label_of_its_own() -> None:
    payment = make_claim_payment(payment_date=date(2024, 4, 2) + timedelta(1))
    labels = label(a_dataset([make_claim()], [payment], [posting_of(payment, None)]))
    assert labels.posted == (NOWHERE,)
    assert np.array(labels.paid_on).tolist() == [date(2024, 4, 3)]


def test_without_certificates_card_metrics_and_notes_say_that_there_are_none(
    dataset: Dataset, tmp_path: Path
) -> None:
    bare = train(dataset, folder=tmp_path, seed=3, rounds=40, certify=False)
    assert list(load_certificates(tmp_path)) == []
    assert bare.metrics["automatic_share"] == 0
    assert not {"automatic_share_high", "automatic_precision"} & set(bare.metrics)
    assert "issued without certificates: a person sees every item" in bare.notes
    card = (tmp_path / "model_card.md").read_text(encoding="utf-8")
    assert "issued without certificates: a person sees every item" in card
    assert "The certificates hold" not in card
    assert bare.parameters["certify"] is False

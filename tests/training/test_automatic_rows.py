"""What training counts as automatic is what serving lets go: the same rows of the test window, and no other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pytest

from features.x12.records import Claim, ClaimPayment
from models.certification import Certificate, load_certificates
from models.denial_risk import DenialRiskModel
from models.policy import load_policy
from models.remittance_match import RemittanceMatchModel
from models.routing import awaits_certificate
from serving.champions import Champions
from serving.scoring import Scored, score_claims, score_payments
from training.certificates import automatic
from training.datasets import Dataset
from training.denial_evaluation import Evaluation
from training.denial_labels import label
from training.remittance_match import items_of, prepare, score
from training.windows import Windows

DAY = date(2026, 1, 2)
POLICY = load_policy()


@pytest.fixture(scope="module")
def denial(trained: Path) -> tuple[DenialRiskModel, list[Certificate]]:
    return DenialRiskModel.load(trained / "denial-risk"), lenient(trained / "denial-risk", 0.9)


@pytest.fixture(scope="module")
def match(trained: Path) -> tuple[RemittanceMatchModel, list[Certificate]]:
    return RemittanceMatchModel.load(trained / "remittance-match"), lenient(trained / "remittance-match", 0.5)


def lenient(folder: Path, threshold: float) -> list[Certificate]:
    """Certificates of the model that let enough go for the few test rows to show something."""
    return [
        msgspec.structs.replace(held, threshold=threshold, expires=date(2027, 1, 1))
        for held in load_certificates(folder)
    ]


def went(answers: list[Scored]) -> list[bool]:
    return [answer.lane == "auto" for answer in answers]


def test_claims_counted_as_automatic_are_those_that_serving_releases(
    dataset: Dataset, denial: tuple[DenialRiskModel, list[Certificate]]
) -> None:
    model, certificates = denial
    labels = label(dataset)
    windows = Windows.from_dates(labels.sent)
    known = np.array([model.history.columns(claim) for claim in labels.claims])  # as serving without a store
    evaluation = Evaluation(model, labels, known, windows, POLICY)
    judged = evaluation.judged("test")
    counted = evaluation.released(judged, tuple(certificates), at=DAY)
    champions = Champions(policy=POLICY, denial_risk=model, certificates={"denial-risk": certificates})
    claims: list[Claim] = [labels.claims[row] for row in windows.test]
    assert counted.tolist() == went(score_claims(claims, champions, at=DAY))
    waiting = [awaits_certificate(item, POLICY) for item in judged.items]
    assert counted.tolist() == [
        waits and item.confidence is not None and item.confidence >= 0.9
        for waits, item in zip(waiting, judged.items, strict=True)
    ]
    assert 0 < counted.sum() < counted.size


def test_payments_counted_as_automatic_are_those_that_serving_posts(
    dataset: Dataset, match: tuple[RemittanceMatchModel, list[Certificate]]
) -> None:
    model, certificates = match
    prepared = prepare(dataset)
    rows = prepared.windows.test
    items = items_of(score(model, prepared, rows), prepared, rows)
    counted = automatic(items, policy=POLICY, certificates=certificates, model_version=model.version, at=DAY)
    champions = Champions(
        policy=POLICY, remittance_match=model, certificates={"remittance-match": certificates}
    )
    payments: list[ClaimPayment] = [prepared.labels.payments[row] for row in rows]
    found = [[(str(n), claim) for n, claim in enumerate(prepared.candidates[row])] for row in rows]
    flags = [prepared.flags[row] for row in rows]
    earlier = [prepared.earlier[row] for row in rows]
    scored = score_payments(payments, found, champions, flags=flags, earlier=earlier, at=DAY)
    assert counted.tolist() == went(scored)
    waiting = [awaits_certificate(item, POLICY) for item in items]
    assert counted.tolist() == [
        waits and item.confidence is not None and item.confidence >= 0.5
        for waits, item in zip(waiting, items, strict=True)
    ]
    assert 0 < counted.sum() < counted.size
    sure = np.array([(item.confidence or 0.0) >= 0.5 for item in items])
    assert (sure & ~counted).any(), "the policy keeps nothing back here: the test shows nothing"
    for went_alone, payment in zip(counted, payments, strict=True):
        assert not went_alone or (payment.balanced and payment.paid is not None and payment.paid >= 0)


def test_nothing_is_automatic_without_a_certificate(
    dataset: Dataset, match: tuple[RemittanceMatchModel, list[Certificate]]
) -> None:
    model, _ = match
    prepared = prepare(dataset)
    rows = prepared.windows.test
    items = items_of(score(model, prepared, rows), prepared, rows)
    through = automatic(items, policy=POLICY, certificates=(), model_version=model.version, at=DAY)
    assert not through.any()

"""The remittance-match model: what it answers, what it never does, and that it survives being saved."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from features.errors import ModelFileError
from features.x12.records import Claim, ClaimPayment
from models.files import save_parts
from models.match_reasons import SENTENCES
from models.remittance_match import KIND, MatchScore, RemittanceMatchModel
from tests.support.builders import make_claim, make_claim_payment
from tests.support.matches import a_world, payment_of, some_claims
from training.remittance_match import fit_and_save, prepare


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("match")
    world = a_world(900, seed=4)
    fit_and_save(world, prepare(world), folder=folder, seed=1, rounds=60)
    return folder


@pytest.fixture(scope="module")
def model(saved: Path) -> RemittanceMatchModel:
    return RemittanceMatchModel.load(saved)


def best_of(
    model: RemittanceMatchModel, payment: ClaimPayment, candidates: list[Claim]
) -> tuple[str | None, MatchScore]:
    (score,) = model.score([payment], [candidates])
    return candidates[score.order[0]].claim_id, score


def test_the_claim_with_the_same_data_is_proposed_and_surely(model: RemittanceMatchModel) -> None:
    claims = some_claims(40, seed=9)
    for number, claim in enumerate(claims[:7]):
        candidates = [claims[number + 8], claim, claims[number + 16]]
        found, score = best_of(model, payment_of(claim, number), candidates)
        assert found == claim.claim_id
        assert score.proposes_action
        assert score.confidence > 0.8
        assert score.margin == pytest.approx(
            score.confidence - max(score.probabilities[1], score.none_probability)
        )


def test_probabilities_stand_best_first_and_sum_to_one(model: RemittanceMatchModel) -> None:
    claims = some_claims(60, seed=11)
    payments = [payment_of(claim, number) for number, claim in enumerate(claims)]
    for score in model.score(payments, [claims[: number % 9] for number in range(60)]):
        assert sorted(score.order) == list(range(len(score.order)))
        assert list(score.probabilities) == sorted(score.probabilities, reverse=True)
        assert sum(score.probabilities) + score.none_probability == pytest.approx(1)
        known = (score.low, score.confidence, score.high, score.margin)
        if not score.order:
            assert known == (None, None, None, None)
            continue
        low, confidence, high, margin = known
        assert 0 <= low <= confidence <= high <= 1
        likeliest, runner_up = sorted((score.none_probability, *score.probabilities))[:-3:-1]
        assert 0 <= margin == pytest.approx(likeliest - runner_up)


def test_without_candidates_the_answer_is_none(model: RemittanceMatchModel) -> None:
    (score,) = model.score([make_claim_payment()], [[]])
    assert score == MatchScore((), (), 1.0, None, None, None)
    assert not score.proposes_action
    assert [reason.code for reason in model.explain(make_claim_payment(), [], score)] == ["no-candidates"]


def test_siblings_that_nothing_tells_apart_share_the_probability(model: RemittanceMatchModel) -> None:
    claims = some_claims(16, seed=3)
    claim, sibling = claims[6], claims[7]
    payment = payment_of(claim, 1, claim_id="0")
    (score,) = model.score([payment], [[claim, claims[0], sibling]])
    assert set(score.order[:2]) == {0, 2}
    assert score.probabilities[0] == score.probabilities[1] <= 0.5
    assert score.margin == 0
    reasons = model.explain(payment, [claim, claims[0], sibling], score)
    assert "runner-up-as-good" in {reason.code for reason in reasons}


def test_a_claim_of_another_patient_is_not_proposed(model: RemittanceMatchModel) -> None:
    stranger = make_claim(
        claim_id="Q777", subscriber_id="Z1", patient_last="ZUZU", patient_first="BO", charge=Decimal(9)
    )
    payment = payment_of(some_claims(8, seed=5)[0], 1)
    (score,) = model.score([payment], [[stranger]])
    assert not score.proposes_action
    assert "none-likelier" in {reason.code for reason in model.explain(payment, [stranger], score)}


def test_a_reversal_and_its_correction_find_the_claim_of_the_first_payment(
    model: RemittanceMatchModel,
) -> None:
    claims = some_claims(24, seed=21)
    first = payment_of(claims[2], 1)
    reversal = payment_of(claims[2], 2, status="22", charge=-(claims[2].charge or 0), paid=-(first.paid or 0))
    correction = payment_of(claims[2], 3, payer_claim_number="ICN-NEW")
    scores = model.score([first, reversal, correction, first], [claims[:6]] * 4)
    assert {score.order[0] for score in scores} == {2}
    assert scores[0] == scores[3]


def test_many_payments_are_scored_as_one_alone(model: RemittanceMatchModel) -> None:
    claims = some_claims(50, seed=30)
    payments = [payment_of(claim, number) for number, claim in enumerate(claims)]
    candidates = [claims[number : number + number % 5] for number in range(50)]
    together = model.score(payments, candidates)
    alone = [model.score([one], [claims_of])[0] for one, claims_of in zip(payments, candidates, strict=True)]
    for one, other in zip(together, alone, strict=True):
        assert one.order == other.order
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-12)
    assert model.score([], []) == []


def test_a_saved_model_gives_identical_scores(model: RemittanceMatchModel, saved: Path) -> None:
    claims = some_claims(30, seed=8)
    payments = [payment_of(claim, number) for number, claim in enumerate(claims)]
    again = RemittanceMatchModel.load(saved)
    assert again.version == model.version
    assert again.score(payments, [claims] * 30) == model.score(payments, [claims] * 30)


def test_training_twice_with_a_seed_gives_the_same_version(
    model: RemittanceMatchModel, tmp_path: Path
) -> None:
    world = a_world(900, seed=4)
    again, _ = fit_and_save(world, prepare(world), folder=tmp_path, seed=1, rounds=60)
    assert again.version == model.version


def test_reasons_are_few_known_and_without_patient_data(model: RemittanceMatchModel) -> None:
    claims = some_claims(30, seed=13)
    known = {*SENTENCES, "runner-up-as-good", "none-likelier", "no-candidates"}
    for number, claim in enumerate(claims):
        payment = payment_of(claim, number)
        (score,) = model.score([payment], [claims])
        reasons = model.explain(payment, claims, score)
        assert 1 <= len(reasons) <= 4
        assert {reason.code for reason in reasons} <= known
        said = " ".join(reason.text for reason in reasons)
        for private in (claim.patient_last, claim.subscriber_id, claim.claim_id, str(claim.charge)):
            assert private
            assert private not in said


def test_the_saved_files_hold_no_patient_data(saved: Path) -> None:
    held = b"".join(path.read_bytes() for path in saved.iterdir())
    world = a_world(900, seed=4)
    for claim in world.claims:
        assert (claim.subscriber_id or "").encode() not in held
    assert b"GARCIA" not in held


def test_a_model_for_other_features_is_refused(
    model: RemittanceMatchModel, saved: Path, tmp_path: Path
) -> None:
    manifest = json.loads((saved / "manifest.json").read_bytes())["manifest"]
    save_parts(
        tmp_path,
        kind=KIND,
        manifest=manifest | {"features": ["control_same"]},
        boosters={"pairs": model.booster},
        arrays={**model.background.to_arrays(), **model.intervals.to_arrays()},
    )
    with pytest.raises(ModelFileError, match="other features"):
        RemittanceMatchModel.load(tmp_path)


def test_a_model_without_one_of_its_parts_is_refused(
    model: RemittanceMatchModel, saved: Path, tmp_path: Path
) -> None:
    manifest = json.loads((saved / "manifest.json").read_bytes())["manifest"]
    save_parts(tmp_path, kind=KIND, manifest=manifest, boosters={"pairs": model.booster}, arrays={})
    with pytest.raises(ModelFileError, match="missing"):
        RemittanceMatchModel.load(tmp_path)

"""Records to routed answers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from features.x12.records import Problem, Source
from models.policy import load_policy
from serving.champions import Champions
from serving.scoring import explain_claim, score_claims, score_payments, score_refusal
from tests.support.builders import make_claim, make_claim_payment
from tests.support.fake_champions import TODAY, certificate, fake_champions

SMALL = make_claim(charge=Decimal("80"))


def test_a_claim_with_low_risk_under_a_certificate_goes_without_a_look() -> None:
    (answer,) = score_claims([SMALL], fake_champions(), at=TODAY)
    assert (answer.lane, answer.confidence, answer.probability) == ("auto", pytest.approx(0.99), 0.01)
    assert (answer.low, answer.high) == (pytest.approx(0.98), pytest.approx(1.0))
    assert answer.versions.model == "denial-risk-fake"
    assert answer.versions.certificate == certificate("denial-risk", "denial-risk-fake").id


def test_a_claim_with_high_risk_goes_to_a_person() -> None:
    (answer,) = score_claims([make_claim()], fake_champions(), at=TODAY)
    assert answer.lane == "review"
    assert answer.confidence == pytest.approx(0.1)


def test_an_amount_that_no_certificate_covers_goes_to_a_person() -> None:
    payment = make_claim_payment(paid=Decimal("1500"))
    (answer,) = score_payments([payment], [[("r1", make_claim())]], fake_champions(), at=TODAY)
    assert answer.lane == "review"


def test_a_payment_is_posted_to_the_claim_that_it_names() -> None:
    found = [("r1", make_claim(claim_id="B-2")), ("r2", make_claim())]
    (answer,) = score_payments([make_claim_payment()], [found], fake_champions(), at=TODAY)
    assert (answer.lane, answer.proposed) == ("auto", "r2")
    assert [reference for reference, _ in answer.candidates] == ["r2", "r1"]
    shares = [probability for _, probability in answer.candidates]
    assert sum(shares) + (answer.none_probability or 0) == pytest.approx(1.0)


@pytest.mark.parametrize("found", [[], [("r1", make_claim(claim_id="B-2"))]])
def test_a_payment_without_its_claim_proposes_nothing(found: list[tuple[str, object]]) -> None:
    (answer,) = score_payments([make_claim_payment()], [found], fake_champions(), at=TODAY)  # type: ignore[list-item]
    assert answer.proposed is None
    assert answer.lane != "auto"


def test_a_flag_keeps_a_payment_out_of_the_automatic_lane() -> None:
    answers = score_payments(
        [make_claim_payment(), make_claim_payment(balanced=False)],
        [[("r1", make_claim())]] * 2,
        fake_champions(),
        flags=[("duplicate-payment",), ()],
        at=TODAY,
    )
    assert [answer.lane for answer in answers] == ["escalate", "review"]


def test_without_models_nothing_is_scored_and_everything_goes_to_a_person() -> None:
    bare = Champions(policy=load_policy())
    answers = [
        *score_claims([SMALL], bare, at=TODAY),
        *score_payments([make_claim_payment()], [[("r1", make_claim())]], bare, at=TODAY),
    ]
    for answer in answers:
        assert (answer.lane, answer.confidence, answer.probability) == ("review", None, None)
        assert answer.versions.model is None
        assert answer.reasons[0].code == "no-model"


def test_what_cannot_be_read_says_what_the_reader_found() -> None:
    problem = Problem("claim-unbalanced", "error", "the claim does not balance", Source("a.835"))
    answer = score_refusal(problem, fake_champions(), at=TODAY)
    assert (answer.kind, answer.lane) == ("unreadable", "review")
    assert [reason.code for reason in answer.reasons] == ["claim-unbalanced"]


def test_a_score_of_a_replaced_model_is_not_explained_by_its_successor() -> None:
    champions = fake_champions()
    assert explain_claim(SMALL, champions, version="denial-risk-fake")[0].code == "charge-high"
    assert [reason.code for reason in explain_claim(SMALL, champions, version="older")] == ["model-replaced"]
    assert explain_claim(SMALL, champions, version=None) == ()

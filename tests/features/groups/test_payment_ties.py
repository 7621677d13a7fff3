"""Ties of claim payments: reversals, corrections, second payers, and what is paid or sent again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from features.groups.payment_ties import ties_of
from features.groups.ties import Tie
from features.x12.records import ClaimPayment
from tests.support.builders import make_claim_payment

LATER = date(2024, 6, 1)
PAID = make_claim_payment()


def taken_back(**changes: Any) -> ClaimPayment:
    """The reversal of the first payment."""
    assert PAID.charge is not None
    assert PAID.paid is not None
    terms = {"status": "22", "charge": -PAID.charge, "paid": -PAID.paid, "trace_number": "LATER"}
    return make_claim_payment(**{**terms, "payment_date": LATER, **changes})


def kinds(*payments: ClaimPayment) -> list[tuple[str, int, tuple[int, ...]]]:
    """The ties without their reasons."""
    return [(tie.kind, tie.place, tie.to) for tie in ties_of(payments)]


def test_a_reversal_is_tied_to_the_payment_with_its_number_and_opposite_amounts() -> None:
    other = make_claim_payment(
        payer_claim_number="OTHER", claim_id="B-2", subscriber_id="X1", patient_last="ROE"
    )
    assert kinds(PAID, other, taken_back()) == [("reversal", 2, (0,))]


def test_a_reversal_without_a_number_is_tied_by_claim_patient_and_charge() -> None:
    assert kinds(PAID, taken_back(payer_claim_number=None)) == [("reversal", 1, (0,))]


def test_a_reversal_of_an_unknown_payment_is_tied_to_nothing() -> None:
    assert kinds(PAID, taken_back(payer_id="PAY99")) == []


def test_a_payment_that_comes_later_is_never_what_was_reversed() -> None:
    assert kinds(taken_back(), PAID) == []


def test_the_payment_beside_a_reversal_is_its_correction() -> None:
    again = make_claim_payment(
        payer_claim_number="NEW-1", trace_number="LATER", payment_date=LATER, paid=Decimal("99.00")
    )
    assert kinds(PAID, taken_back(), again) == [("reversal", 1, (0,)), ("correction", 2, (1,))]


def test_what_is_reversed_twice_is_tied_twice_to_the_same_payment() -> None:
    assert [tie[2] for tie in kinds(PAID, taken_back(), taken_back(trace_number="L2"))] == [(0,), (0,)]


def test_a_second_payer_is_tied_to_the_first_one_that_left_the_patient_a_part() -> None:
    rest = PAID.patient_responsibility
    second = make_claim_payment(
        payer_id="SUPP",
        status="2",
        paid=rest,
        trace_number="S1",
        subscriber_id="S-9",
        payer_claim_number="77",
    )
    (tie,) = ties_of([PAID, second])
    assert (tie.kind, tie.to) == ("secondary", (0,))
    assert "patient's part" in tie.facts


def test_the_same_terms_under_another_number_are_a_second_payment() -> None:
    again = make_claim_payment(payer_claim_number="NEW-1", trace_number="LATER")
    assert kinds(PAID, again) == [("paid-again", 1, (0,))]


def test_two_claims_alike_in_one_remittance_are_no_second_payment() -> None:
    assert kinds(PAID, make_claim_payment(payer_claim_number="NEW-1", claim_id="A-1002")) == []


def test_a_payment_after_a_reversal_is_no_second_one() -> None:
    again = make_claim_payment(payer_claim_number="NEW-1", trace_number="MUCH LATER")
    assert [tie[0] for tie in kinds(PAID, taken_back(), again)] == ["reversal"]


def test_what_cannot_be_told_apart_has_rivals() -> None:
    twin = make_claim_payment(claim_id="A-1002", payer_claim_number=None, trace_number="T2")
    first = make_claim_payment(payer_claim_number=None)
    (tie,) = [
        t for t in ties_of([first, twin, taken_back(payer_claim_number=None, claim_id="0")]) if _reversal(t)
    ]
    assert (tie.to, tie.rivals) == ((1,), (0,))


def test_evidence_is_said_in_words() -> None:
    (tie,) = ties_of([PAID, taken_back()])
    assert any("same charge 275.00" in words for words in tie.evidence)


def _reversal(tie: Tie) -> bool:
    return tie.kind == "reversal"

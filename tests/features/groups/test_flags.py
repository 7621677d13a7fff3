"""Flags of payments that have to do with earlier ones."""

from __future__ import annotations

from decimal import Decimal

from features.groups.flags import repetition_flags, reversal_flag
from features.match_history import Earlier
from tests.support.builders import make_claim_payment

PAID = make_claim_payment(paid=Decimal("80.00"))
TAKEN = make_claim_payment(paid=Decimal("-80.00"), status="22")


def test_a_reversal_of_what_was_posted_to_a_candidate_is_flagged() -> None:
    assert reversal_flag(TAKEN, [None, [Earlier.of(PAID)]]) == ("reversal-of",)


def test_a_reversal_of_another_amount_or_number_is_not() -> None:
    other = make_claim_payment(paid=Decimal("81.00"))
    elsewhere = make_claim_payment(paid=Decimal("80.00"), payer_claim_number="OTHER")
    assert reversal_flag(TAKEN, [[Earlier.of(other), Earlier.of(elsewhere)]]) == ()


def test_a_payment_is_no_reversal() -> None:
    assert reversal_flag(PAID, [[Earlier.of(TAKEN)]]) == ()


def test_a_whole_remittance_seen_before_is_a_file_sent_twice() -> None:
    assert repetition_flags([PAID, PAID], [True, True]) == [("duplicate-payment", "file-sent-twice")] * 2


def test_one_repeated_payment_does_not_make_the_file_one() -> None:
    assert repetition_flags([PAID, PAID], [True, False]) == [("duplicate-payment",), ()]

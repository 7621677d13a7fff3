"""Payments that a payer sends again."""

from __future__ import annotations

from decimal import Decimal

from features.duplicates import identity, repeated
from tests.support.builders import make_claim_payment


def test_a_payment_in_another_remittance_is_the_same_and_one_of_another_amount_is_not() -> None:
    first = make_claim_payment()
    again = make_claim_payment(trace_number="ANOTHER")
    other = make_claim_payment(paid=Decimal("1.23"))
    assert identity(first) == identity(again)
    assert repeated([first, other, again, other]) == [False, False, True, True]


def test_payments_without_a_number_are_never_called_the_same() -> None:
    nameless = make_claim_payment(payer_claim_number=None, claim_id=None)
    assert identity(nameless) is None
    assert repeated([nameless, nameless]) == [False, False]

"""Payments that a payer sends again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from features.duplicates import grouped, identity, remittance_identity, repeated, sent_before
from features.x12.records import ClaimPayment, ProviderAdjustment, Remittance, Source
from tests.support.builders import make_claim_payment, make_payment_line, make_remittance


def test_a_payment_in_another_remittance_is_the_same_and_one_of_another_amount_is_not() -> None:
    first = make_claim_payment()
    again = make_claim_payment(trace_number="ANOTHER")
    other = make_claim_payment(paid=Decimal("1.23"))
    assert identity(first) == identity(again)
    assert repeated([first, other, again, other]) == [False, False, True, True]


@pytest.mark.parametrize(
    ("table", "x12"), [("275.00", "275"), ("168.50", "168.5"), ("-0.00", "0"), ("100", "1E+2")]
)
def test_an_amount_is_the_same_with_and_without_trailing_zeros(table: str, x12: str) -> None:
    one, again = (make_claim_payment(charge=Decimal(text), paid=Decimal(text)) for text in (table, x12))
    assert identity(one) == identity(again)
    assert repeated([one, again]) == [False, True]


def test_amounts_as_x12_demands_them_stand_in_the_key_as_they_are() -> None:
    known = identity(make_claim_payment(charge=Decimal("1200"), paid=Decimal("-168.05")))
    assert known is not None
    assert known[4:6] == ("1200", "-168.05")


def test_a_remittance_whose_amounts_are_written_with_other_zeros_is_the_same() -> None:
    def sent(zeros: str) -> tuple[Remittance, list[ClaimPayment]]:
        amount = Decimal(f"168{zeros}")
        line = make_payment_line(charge=amount, paid=amount)
        taken = ProviderAdjustment("WO", "REF", amount)
        remittance = make_remittance(payment_amount=amount, provider_adjustments=(taken,))
        return remittance, [make_claim_payment(charge=amount, paid=amount, lines=(line,))]

    assert sent_before([sent(".00"), sent("")]) == [False, True]


def test_payments_without_a_number_are_never_called_the_same() -> None:
    nameless = make_claim_payment(payer_claim_number=None, claim_id=None)
    assert identity(nameless) is None
    assert repeated([nameless, nameless]) == [False, False]


def test_a_remittance_under_other_control_numbers_is_the_same() -> None:
    first, again = make_remittance(), make_remittance(source=Source("again.835", "000000099", "9", "0009"))
    assert sent_before([(first, [make_claim_payment()]), (again, [make_claim_payment()])]) == [False, True]


def test_a_remittance_with_another_payment_in_it_is_another() -> None:
    remittance = make_remittance()
    one, other = make_claim_payment(), make_claim_payment(paid=Decimal("1.23"))
    assert sent_before([(remittance, [one]), (remittance, [other])]) == [False, False]


def test_a_claim_that_stands_twice_in_a_remittance_counts_twice() -> None:
    remittance, one = make_remittance(), make_claim_payment()
    assert remittance_identity(remittance, [one]) != remittance_identity(remittance, [one, one])


def test_payments_are_grouped_by_the_transaction_that_they_stand_in() -> None:
    remittance, payment = make_remittance(), make_claim_payment()
    elsewhere = make_claim_payment(source=Source("other.835", "000000002", "1", "0001"))
    assert grouped([remittance], [payment, elsewhere]) == [(remittance, [payment])]

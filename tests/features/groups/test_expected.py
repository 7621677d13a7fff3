"""Expected payments: what repeats is named to the cent, what does not is spread, and nothing is known too early."""

from __future__ import annotations

from decimal import Decimal

import pytest

from features.groups.expected import ExpectedPayments
from features.x12.records import Claim, ClaimPayment
from tests.support.builders import make_claim, make_claim_line, make_claim_payment, make_payment_line

FEE = Decimal("81.37")


def visit(*, paid: Decimal, copay: Decimal = Decimal(20), charge: Decimal = Decimal(150)) -> ClaimPayment:
    """A payment for one line that is allowed at the fee."""
    line = make_payment_line(procedure="99213", modifiers=(), charge=charge, paid=paid, allowed=FEE)
    return make_claim_payment(charge=charge, paid=paid, patient_responsibility=copay, lines=(line,))


def bill() -> Claim:
    """A claim for one such line."""
    return make_claim(charge=Decimal(150), lines=(make_claim_line(procedure="99213", modifiers=()),))


def test_a_fee_less_a_copay_that_came_back_is_named_to_the_cent() -> None:
    learnt = ExpectedPayments.of([visit(paid=FEE - 20)] * 30)
    expected = learnt.expected(bill())
    assert expected.allowed == 8137
    assert expected.paid[0].cents == 6137
    assert expected.paid[0].way == "allowed less 20.00"
    assert expected.paid[0].share > 0.5


def test_shares_never_exceed_one() -> None:
    learnt = ExpectedPayments.of([visit(paid=FEE - 20)] * 5 + [visit(paid=Decimal(0))] * 5)
    assert sum(each.share for each in learnt.expected(bill()).paid) <= 1


def test_denials_raise_the_share_of_nothing() -> None:
    paid, denied = visit(paid=FEE - 20), visit(paid=Decimal(0), copay=Decimal(0))
    often = ExpectedPayments.of([paid] * 5 + [denied] * 15).columns([bill()])
    seldom = ExpectedPayments.of([paid] * 15 + [denied] * 5).columns([bill()])
    assert often["nothing"][0] > seldom["nothing"][0]


def test_what_never_repeats_is_spread_around_the_usual_part_of_a_charge() -> None:
    learnt = ExpectedPayments()
    for cents in range(6000, 9000, 100):
        learnt.add_amount("PAY01", 15000, cents)
    expected = learnt.expect("PAY01", charge=30000)
    assert expected.mean == pytest.approx(15000, rel=0.05)
    assert expected.likelihood(15000) > 20 * expected.likelihood(28000)


def test_a_reversal_and_a_second_payer_teach_nothing() -> None:
    reversal = make_claim_payment(status="22", charge=Decimal(-275), paid=Decimal(-100))
    second = make_claim_payment(status="2", paid=Decimal(30))
    learnt = ExpectedPayments.of([reversal, second])
    assert learnt.expected(bill()) == ExpectedPayments().expected(bill())


def test_a_new_payer_is_expected_to_pay_as_all_do() -> None:
    learnt = ExpectedPayments.of([visit(paid=FEE - 20)] * 30)
    assert learnt.expected(bill(), "ANOTHER").allowed == pytest.approx(8137, rel=0.1)


def test_the_allowed_amount_is_never_above_the_charge() -> None:
    learnt = ExpectedPayments.of([visit(paid=FEE - 20)] * 30)
    small = make_claim(
        charge=Decimal(50), lines=(make_claim_line(procedure="99213", modifiers=(), charge=Decimal(50)),)
    )
    assert learnt.expected(small).allowed == 5000


def test_nothing_is_divided_where_a_claim_has_no_charge() -> None:
    learnt = ExpectedPayments.of([visit(paid=FEE - 20)] * 3)
    expected = learnt.expected(make_claim(charge=None, lines=()))
    assert expected.allowed == 0
    assert expected.mean == 0

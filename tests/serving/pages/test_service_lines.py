"""Which billed line a paid line answers."""

from __future__ import annotations

from decimal import Decimal

from serving.pages.service_lines import pair_lines
from tests.support.builders import make_claim_line, make_payment_line

PAID, BILLED = make_payment_line(), make_claim_line()


def test_lines_with_the_same_control_number_are_a_pair_whatever_else_differs() -> None:
    other = make_claim_line(procedure="99214", charge=Decimal(190))
    (pair,) = pair_lines([PAID], [other])
    assert pair.claim == other
    assert pair.mark.word == "differs: procedure, amount"


def test_a_control_number_wins_over_a_better_fit_that_stands_first() -> None:
    fit = make_claim_line(control_number="A-1001-9")
    pairs = pair_lines([PAID], [fit, BILLED])
    assert [(pair.payment, pair.claim) for pair in pairs] == [(PAID, BILLED), (None, fit)]


def test_without_control_numbers_procedure_date_and_amount_decide_then_procedure_alone() -> None:
    paid = [make_payment_line(control_number=None, charge=Decimal(charge)) for charge in (90, 150)]
    billed = [make_claim_line(control_number=None, charge=Decimal(charge)) for charge in (150, 80)]
    pairs = pair_lines(paid, billed)
    assert [pair.claim for pair in pairs] == [billed[1], billed[0]]
    assert [pair.mark.word for pair in pairs] == ["differs: amount", "same"]


def test_a_line_paid_under_another_code_is_compared_by_the_code_that_was_billed() -> None:
    paid = make_payment_line(procedure="99212", original_procedure="99213")
    assert pair_lines([paid], [BILLED])[0].mark.word == "same"


def test_institutional_lines_without_a_procedure_pair_by_revenue_code() -> None:
    paid = make_payment_line(procedure=None, revenue_code="0450", control_number=None)
    billed = make_claim_line(procedure=None, revenue_code="0450", control_number=None)
    assert pair_lines([paid], [billed])[0].claim == billed


def test_lines_that_say_nothing_are_no_pair() -> None:
    nothing = {"procedure": None, "charge": None, "service_from": None, "control_number": None}
    pairs = pair_lines([make_payment_line(**nothing)], [make_claim_line(**nothing)])
    assert [pair.mark.word for pair in pairs] == ["payment only", "claim only"]


def test_every_line_stands_in_one_pair() -> None:
    paid = [PAID, make_payment_line(control_number="A-1001-2"), make_payment_line(procedure="J1885")]
    billed = [BILLED, make_claim_line(procedure="73562", control_number=None)]
    pairs = pair_lines(paid, billed)
    assert [pair.payment for pair in pairs if pair.payment] == paid
    assert sorted(id(pair.claim) for pair in pairs if pair.claim) == sorted(map(id, billed))

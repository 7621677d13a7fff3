"""Which billed line a paid line answers, as the page tells it."""

from __future__ import annotations

from decimal import Decimal

from serving.pages.service_lines import line_groups
from tests.support.builders import make_claim_line, make_payment_line

PAID, BILLED = make_payment_line(), make_claim_line()


def test_lines_with_the_same_control_number_are_a_pair_whatever_else_differs() -> None:
    other = make_claim_line(procedure="99214", charge=Decimal(190))
    (group,) = line_groups([PAID], [other])
    assert group.claim == (other,)
    assert group.mark.word == "differs: procedure, amount"


def test_lines_of_one_side_alone_come_with_their_word() -> None:
    fit = make_claim_line(control_number="A-1001-9", procedure="J1885", charge=Decimal(12))
    groups = line_groups([PAID], [fit, BILLED])
    assert [(len(group.payment), group.claim) for group in groups] == [(1, (BILLED,)), (0, (fit,))]
    assert [group.mark.word for group in groups] == ["same", "claim only"]


def test_a_line_paid_under_another_code_is_compared_by_the_code_that_was_billed() -> None:
    paid = make_payment_line(procedure="99212", original_procedure="99213")
    assert line_groups([paid], [BILLED])[0].mark.word == "same"


def test_a_bundle_and_a_split_say_what_they_are() -> None:
    bundle = [
        make_claim_line(procedure=code, charge=Decimal(charge), control_number=None)
        for code, charge in (("45380", 600), ("88305", 300))
    ]
    whole = make_payment_line(procedure="45380", charge=Decimal(900), control_number=None)
    (group,) = line_groups([whole], bundle)
    assert (group.note, len(group.claim)) == ("2 billed lines paid as one", 2)
    parts = [make_payment_line(charge=Decimal(charge), control_number=None) for charge in (100, 50)]
    (group,) = line_groups(parts, [make_claim_line(control_number=None)])
    assert (group.note, [number for number, _ in group.payment]) == ("paid in 2 parts", [1, 2])


def test_where_several_lines_fit_alike_the_page_says_so() -> None:
    days = [
        make_claim_line(control_number=None, service_from=PAID.service_from, modifiers=(code,))
        for code in ("GN", "GP")
    ]
    (first, *_) = line_groups([make_payment_line(control_number=None, modifiers=())], days)
    assert (first.mark.word, first.note) == ("payment only", "several lines fit alike")


def test_twins_are_said_to_be_interchangeable() -> None:
    twins = [make_claim_line(control_number=None), make_claim_line(control_number=None, number=2)]
    first, second = line_groups([make_payment_line(control_number=None)], twins)
    assert (first.note, second.mark.word) == ("a line alike could stand here", "claim only")


def test_every_line_stands_once() -> None:
    paid = [PAID, make_payment_line(control_number="A-1001-2"), make_payment_line(procedure="J1885")]
    billed = [BILLED, make_claim_line(procedure="73562", control_number=None)]
    groups = line_groups(paid, billed)
    assert [number for group in groups for number, _ in group.payment] == [1, 2, 3]
    assert sorted(id(line) for group in groups for line in group.claim) == sorted(map(id, billed))

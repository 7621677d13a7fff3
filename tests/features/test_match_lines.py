"""Which billed line a paid line answers: sure pairs, groups that add up, and lines that are named as unpaired."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.match_line_scores import line_evidence, score, scores
from features.match_lines import LinePairing, pair_lines
from features.x12.records import Adjustment, ClaimLine, PaymentLine
from tests.support.builders import make_claim_line, make_payment_line

DAY = date(2024, 3, 5)


def paid(procedure: str | None = "99213", charge: int = 150, **changes: Any) -> PaymentLine:
    given = {"control_number": None, "modifiers": (), "adjustments": (), **changes}
    return make_payment_line(procedure=procedure, charge=Decimal(charge), **given)


def billed(procedure: str | None = "99213", charge: int = 150, **changes: Any) -> ClaimLine:
    given = {"control_number": None, "modifiers": (), **changes}
    return make_claim_line(procedure=procedure, charge=Decimal(charge), **given)


def places(found: LinePairing) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(pair.payment, pair.claim) for pair in found.pairs]


def test_the_line_control_number_decides_over_a_better_fit() -> None:
    lines = [
        billed(control_number="A-9"),
        billed("99214", 190, control_number="A-1"),
    ]
    found = pair_lines([paid(control_number="A-1")], lines)
    assert places(found) == [((0,), (1,))]
    agreed = {one.field: one.agreement for one in found.pairs[0].evidence}
    assert (agreed["control_number"], agreed["procedure"], agreed["charge"]) == (
        "exact",
        "similar",
        "conflict",
    )


def test_without_control_numbers_code_day_and_charge_decide_in_any_order() -> None:
    ours = [paid("73562", 125), paid("99213", 150), paid("80053", 40)]
    theirs = [billed("99213", 150), billed("80053", 40), billed("73562", 125)]
    found = pair_lines(ours, theirs)
    assert places(found) == [((0,), (2,)), ((1,), (0,)), ((2,), (1,))]
    assert {pair.sureness for pair in found.pairs} == {"certain"}


def test_a_series_is_paired_by_its_days() -> None:
    days = [DAY + timedelta(n) for n in range(4)]
    ours = [paid("97110", 60, service_from=day, service_to=day) for day in reversed(days)]
    theirs = [billed("97110", 60, service_from=day) for day in days]
    assert places(pair_lines(ours, theirs)) == [((0,), (3,)), ((1,), (2,)), ((2,), (1,)), ((3,), (0,))]


def test_a_long_series_is_paired_too() -> None:
    days = [DAY + timedelta(n) for n in range(120)]
    ours = [paid("97110", 60, service_from=day, service_to=day) for day in days]
    theirs = [billed("97110", 60, service_from=day) for day in days]
    assert len(pair_lines(ours, theirs).pairs) == 120


def test_of_a_series_whose_days_the_payer_leaves_out_nothing_is_guessed() -> None:
    theirs = [billed("97110", 60, service_from=DAY + timedelta(n)) for n in range(3)]
    ours = [paid("97110", 60, service_from=None, paid=Decimal(n)) for n in range(2)]
    found = pair_lines(ours, theirs)
    assert found.pairs == ()
    assert {one.why for one in (*found.payment_only, *found.claim_only)} == {"several-alike"}


def test_twins_pair_in_their_order_and_are_called_interchangeable() -> None:
    found = pair_lines([paid(paid=Decimal(0)), paid(paid=Decimal(90))], [billed(), billed()])
    assert places(found) == [((0,), (0,)), ((1,), (1,))]
    assert all(pair.interchangeable for pair in found.pairs)
    one = pair_lines([paid()], [billed(), billed()])
    assert (places(one), one.pairs[0].interchangeable) == ([((0,), (0,))], True)
    assert [left.place for left in one.claim_only] == [1]


def test_control_numbers_tell_twins_apart() -> None:
    ours = [paid(control_number="2"), paid(control_number="1")]
    found = pair_lines(ours, [billed(control_number="1"), billed(control_number="2")])
    assert places(found) == [((0,), (1,)), ((1,), (0,))]
    assert not any(pair.interchangeable for pair in found.pairs)


def test_a_line_judged_as_another_code_is_compared_by_the_billed_one() -> None:
    ours = [paid("99212", original_procedure="99213"), paid("99213", 90)]
    found = pair_lines(ours, [billed("99213", 90), billed("99213", 150)])
    assert places(found) == [((0,), (1,)), ((1,), (0,))]
    assert found.pairs[0].evidence[1].agreement == "normalised"


def test_institutional_lines_pair_by_revenue_code() -> None:
    found = pair_lines(
        [paid(None, 70, revenue_code="0450")],
        [billed(None, 20, revenue_code="0250"), billed(None, 70, revenue_code="0450")],
    )
    assert places(found) == [((0,), (1,))]


def test_two_billed_lines_paid_as_one_are_a_bundle() -> None:
    ours = [paid("45380", 900), paid("99213", 150)]
    theirs = [billed("45380", 600), billed("88305", 300), billed("99213", 150)]
    found = pair_lines(ours, theirs)
    assert places(found) == [((0,), (0, 1)), ((1,), (2,))]
    assert {one.field: one.agreement for one in found.pairs[0].evidence}["charge"] == "exact"


def test_a_bundle_that_adds_up_in_two_ways_is_no_bundle() -> None:
    theirs = [billed("45380", 600), billed("88305", 300), billed("88307", 300)]
    assert all(len(pair.claim) == 1 for pair in pair_lines([paid("45380", 900)], theirs).pairs)


def test_two_sides_paid_as_one_are_a_bundle() -> None:
    theirs = [billed("45385", 370, modifiers=("LT",)), billed("45385", 370, modifiers=("RT",))]
    assert places(pair_lines([paid("45385", 740, modifiers=("RT",))], theirs)) == [((0,), (0, 1))]


def test_a_bundle_beside_a_line_of_the_same_code_takes_the_line_that_is_left() -> None:
    ours = [paid("97110", 190), paid("97140", 250)]
    theirs = [billed("97110", 190), billed("97140", 60), billed("97110", 190)]
    found = pair_lines(ours, theirs)
    assert {len(pair.claim) for pair in found.pairs} == {1, 2}
    assert (found.payment_only, found.claim_only) == ((), ())


def test_one_billed_line_paid_in_two_parts_is_a_split() -> None:
    ours = [paid("97110", 40), paid("99213", 150), paid("97110", 20)]
    found = pair_lines(ours, [billed("97110", 60), billed("99213", 150)])
    assert places(found) == [((0, 2), (0,)), ((1,), (1,))]


def test_an_unbundled_line_without_a_charge_stands_with_the_line_it_came_from() -> None:
    ours = [paid("80051", 60, original_procedure="80053"), paid("82565", 0, original_procedure="80053")]
    assert places(pair_lines(ours, [billed("80053", 60)])) == [((0, 1), (0,))]


def test_a_line_that_the_payer_added_and_one_that_it_left_out_are_named() -> None:
    found = pair_lines([paid("99213"), paid("J1885", 12)], [billed("99213"), billed("36415", 8)])
    assert places(found) == [((0,), (0,))]
    assert [(one.place, one.why) for one in found.payment_only] == [(1, "nothing-alike")]
    assert [(one.place, one.why) for one in found.claim_only] == [(1, "nothing-alike")]


def test_a_reversal_pairs_by_amounts_without_their_sign() -> None:
    ours = [paid("99213", -150), paid("73562", -125)]
    found = pair_lines(ours, [billed("73562", 125), billed("99213", 150)])
    assert places(found) == [((0,), (1,)), ((1,), (0,))]
    assert found.pairs[0].evidence[4].agreement == "normalised"


def test_a_day_inside_the_paid_period_agrees() -> None:
    (pair,) = pair_lines(
        [paid(service_to=DAY + timedelta(6))], [billed(service_from=DAY + timedelta(3))]
    ).pairs
    assert pair.evidence[3].agreement == "normalised"


def test_lines_that_say_nothing_are_no_pair() -> None:
    ours = paid(None, charge=0, service_from=None, units=None)
    found = pair_lines([ours], [billed(None, charge=0, service_from=None)])
    assert found.pairs == ()
    assert pair_lines([], []) == LinePairing((), (), ())


@pytest.mark.parametrize("side", ["payment", "claim"])
def test_without_lines_on_a_side_all_of_the_other_are_named(side: str) -> None:
    found = pair_lines([paid()] * 2, []) if side == "payment" else pair_lines([], [billed()] * 2)
    left = found.payment_only if side == "payment" else found.claim_only
    assert [one.place for one in left] == [0, 1]


CODES, CHARGES = st.sampled_from(["99213", "97110", "80053"]), st.sampled_from([40, 60, 100])
DAYS = st.sampled_from([DAY, DAY + timedelta(1), None])
WHAT = st.tuples(CODES, CHARGES, DAYS)
PAID_LINES = st.lists(WHAT.map(lambda one: paid(one[0], one[1], service_from=one[2])), max_size=6)
BILLED_LINES = st.lists(WHAT.map(lambda one: billed(one[0], one[1], service_from=one[2])), max_size=6)


@settings(max_examples=60, deadline=None)
@given(ours=PAID_LINES, theirs=BILLED_LINES)
def test_every_line_stands_exactly_once(ours: list[PaymentLine], theirs: list[ClaimLine]) -> None:
    found = pair_lines(ours, theirs)
    seen = [n for pair in found.pairs for n in pair.payment] + [one.place for one in found.payment_only]
    other = [n for pair in found.pairs for n in pair.claim] + [one.place for one in found.claim_only]
    assert sorted(seen) == list(range(len(ours)))
    assert sorted(other) == list(range(len(theirs)))


@settings(max_examples=60, deadline=None)
@given(theirs=BILLED_LINES, order=st.randoms(use_true_random=False))
def test_lines_that_come_back_as_they_were_billed_are_never_paired_wrongly(
    theirs: list[ClaimLine], order: Any
) -> None:
    turned = list(range(len(theirs)))
    order.shuffle(turned)
    ours = [
        paid(
            theirs[n].procedure,
            int(theirs[n].charge or 0),
            service_from=theirs[n].service_from,
            adjustments=(Adjustment("CO", "45", Decimal(n)),),
        )
        for n in turned
    ]
    for pair in pair_lines(ours, theirs).pairs:
        if len(pair.payment) == len(pair.claim) == 1:
            assert theirs[pair.claim[0]] == theirs[turned[pair.payment[0]]]


def test_the_table_holds_the_scores_of_the_evidence() -> None:
    ours, theirs = [paid(), paid("97110", 60)], [billed("97110", 60), billed()]
    table = scores(ours, theirs)
    assert table[0, 1] == score(line_evidence([ours[0]], [theirs[1]]))
    assert table[0, 0] == float("-inf")

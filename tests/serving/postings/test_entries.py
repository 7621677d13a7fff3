"""What a payment does to the books, line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.denial_codes import DENIALS
from features.x12.records import Adjustment
from serving.postings.entries import CONTRACTUAL, posting_of, taken_back
from serving.postings.records import Entry
from tests.support.builders import make_claim, make_claim_payment


def entries(**changes: Any) -> list[tuple[str, str, str, str | None]]:
    posting = posting_of("i", make_claim_payment(**changes), "r", make_claim())
    found = posting.entries if posting else ()
    return [(one.account, str(one.debit), str(one.credit), one.reason) for one in found]


def test_cash_and_what_the_contract_takes_off_lower_the_receivables() -> None:
    assert entries() == [
        ("cash", "168.00", "0", None),
        ("accounts-receivable", "0", "168.00", None),
        ("contractual-adjustments", "65.00", "0", "CO-45"),
        ("accounts-receivable", "0", "65.00", "CO-45"),
    ]


def test_a_reversal_by_the_payer_changes_sides() -> None:
    back = (Adjustment("CO", "45", Decimal("-65.00")),)
    assert entries(status="22", paid=Decimal("-168.00"), adjustments=back, lines=()) == [
        ("accounts-receivable", "168.00", "0", None),
        ("cash", "0", "168.00", None),
        ("accounts-receivable", "65.00", "0", "CO-45"),
        ("contractual-adjustments", "0", "65.00", "CO-45"),
    ]


@pytest.mark.parametrize(
    "adjustment",
    [
        Adjustment("CO", "197", Decimal(50)),  # a denial is worked, not written off
        Adjustment("PR", "1", Decimal(50)),  # the patient still owes it
        Adjustment("OA", "23", Decimal(50)),
        Adjustment("PI", "45", Decimal(50)),
        Adjustment("CR", "45", Decimal(50)),
        Adjustment("CO", "X99", Decimal(50)),
    ],
)
def test_nothing_else_is_taken_off(adjustment: Adjustment) -> None:
    assert entries(paid=Decimal(0), adjustments=(adjustment,), lines=()) == []


def test_no_reason_of_a_denial_is_one_of_the_contract() -> None:
    assert not CONTRACTUAL & DENIALS.keys()


def test_a_predetermination_posts_nothing() -> None:
    assert entries(status="25") == []


AMOUNTS = st.decimals(min_value=-(10**40), max_value=10**40, places=None, allow_nan=False)


@given(st.none() | AMOUNTS, st.lists(st.tuples(st.sampled_from(["45", "253", "197"]), AMOUNTS), max_size=6))
def test_debits_equal_credits_exactly_for_any_amounts(
    paid: Decimal | None, taken: list[tuple[str, Decimal]]
) -> None:
    adjustments = tuple(Adjustment("CO", reason, amount) for reason, amount in taken)
    payment = make_claim_payment(paid=paid, adjustments=adjustments, lines=())
    posting = posting_of("i", payment, "r", make_claim())
    found = posting.entries if posting else ()
    assert all(one.debit >= 0 <= one.credit and (one.debit == 0) != (one.credit == 0) for one in found)
    debits, credited = sides(found)
    assert debits == credited
    assert sides(taken_back(found)) == (credited, debits)
    assert [taken_back(taken_back(found))] == [found]
    if posting:
        assert msgspec.json.decode(msgspec.json.encode(posting), type=type(posting)) == posting


def sides(found: tuple[Entry, ...]) -> tuple[list[Decimal], list[Decimal]]:
    return sorted(one.debit for one in found if one.debit), sorted(one.credit for one in found if one.credit)

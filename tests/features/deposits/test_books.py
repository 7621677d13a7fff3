"""Sure ties, and who may be what: a table of deposits as banks show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from features.deposits.anchors import anchors
from features.deposits.books import Books, Query
from features.deposits.payments import Payment
from features.deposits.statement import Deposit
from tests.support.deposit_builders import DAY, deposit, payment

LATER = DAY + timedelta(3)


def books(deposits: Sequence[Deposit], payments: Sequence[Payment]) -> Books:
    return Books(deposits, payments, anchors(deposits, payments))


def candidates(found: Books, asked: Deposit, **more: frozenset[int]) -> set[tuple[int, ...]]:
    return {one.members for one in found.candidates(Query(asked, **more))}


def test_whole_number_and_amount_are_a_sure_tie() -> None:
    assert anchors([deposit()], [payment()]) == {0: (0,)}


@pytest.mark.parametrize(
    "asked",
    [
        deposit(trace_number="1234500000"),
        deposit(cents=10_001),
        deposit(trace_number=""),
        deposit(day=DAY + timedelta(60)),
    ],
)
def test_anything_less_is_none(asked: Deposit) -> None:
    assert anchors([asked], [payment()]) == {}


def test_a_number_that_two_deposits_share_ties_neither() -> None:
    assert anchors([deposit(), deposit(reference="D2")], [payment()]) == {}


@pytest.mark.parametrize(
    "asked",
    [
        deposit(trace_number="1234500000", cents=1),
        deposit(trace_number="450000001", cents=1),
        deposit(trace_number="000000123450000001", cents=1),
        deposit(trace_number=""),
        deposit(trace_number="", cents=9_999),
        deposit(trace_number="", type="wire", cents=8_500),
    ],
)
def test_what_is_left_of_number_or_amount_finds_the_payment(asked: Deposit) -> None:
    assert candidates(books([], [payment()]), asked) == {(0,)}


def test_a_fee_is_looked_for_in_wires_only() -> None:
    assert candidates(books([], [payment()]), deposit(trace_number="", cents=8_500)) == set()


def test_a_combined_transfer_shows_the_number_of_one_payment() -> None:
    second = payment("123450000002", cents=2_550, day=DAY + timedelta(2))
    found = books([], [payment(), second, payment("123450000003", cents=70)])
    assert (0, 1) in candidates(found, deposit(cents=12_550, day=LATER))


def test_money_that_came_with_another_deposit_is_in_no_sum() -> None:
    payments = [payment(), payment("123450000002", cents=2_550)]
    arrived = deposit(reference="D2", cents=2_550, trace_number="123450000002")
    asked = deposit(cents=12_550, day=LATER)
    assert (0, 1) not in candidates(books([arrived], payments), asked)
    assert (0, 1) in candidates(books([arrived], payments), asked, own=frozenset([0]))


def test_two_sums_that_fit_are_none() -> None:
    checks = [payment(f"90000000{n}", cents=n * 100, check=True) for n in (1, 2, 3, 4)]
    lockbox = deposit(type="lockbox", trace_number="", day=LATER)
    found = books([], checks)
    assert candidates(found, replace_cents(lockbox, 300)) == {(2,), (0, 1)}
    assert candidates(found, replace_cents(lockbox, 500)) == set()


def test_a_hidden_payment_is_no_candidate() -> None:
    assert candidates(books([], [payment()]), deposit(), hidden=frozenset([0])) == set()


def replace_cents(asked: Deposit, cents: int) -> Deposit:
    return deposit(type=asked.type, trace_number="", day=asked.day, cents=cents)

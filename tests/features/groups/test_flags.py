"""Flags of payments that have to do with earlier ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from features.groups.flags import flags_in_order, taken_back
from features.groups.originals import COMMON, Originals
from features.x12.records import ClaimPayment, Remittance, Source
from tests.support.builders import make_claim_payment, make_remittance

AGAIN, WHOLE, WITHOUT = "duplicate-payment", "file-sent-twice", "reversal-without-original"


def inside(file: str, **changes: Any) -> ClaimPayment:
    source = Source(file=file, interchange=file, group="1", transaction="1", segment=17)
    return make_claim_payment(**{"source": source, **changes})


def around(file: str, **changes: Any) -> Remittance:
    return make_remittance(
        source=Source(file, interchange=file, group="1", transaction="1", segment=3), **changes
    )


def back(file: str = "b", **changes: Any) -> ClaimPayment:
    amounts = {"status": "22", "charge": Decimal("-275.00"), "paid": Decimal("-168.00")}
    return inside(file, **{**amounts, "trace_number": "TRN9", **changes})


def test_a_reversal_of_an_earlier_payment_bears_no_flag() -> None:
    assert flags_in_order([inside("a"), back()]) == [(), ()]


def test_a_reversal_before_its_original_in_one_file_bears_none_either() -> None:
    assert flags_in_order([back("a"), inside("a")]) == [(), ()]


def test_a_reversal_before_the_file_of_its_original_is_without_one() -> None:
    assert flags_in_order([back("a"), inside("b")]) == [(WITHOUT,), ()]


@pytest.mark.parametrize(
    "changes",
    [
        {"payer_claim_number": "ICN7", "claim_id": "B-1"},
        {"payer_id": "PAY02"},
        {"charge": Decimal("-9"), "paid": Decimal("-8")},
        {"payer_claim_number": None, "paid": Decimal("-8")},  # a payer may pay one claim several times
        {"payer_claim_number": None, "claim_id": None, "patient_last": "ROE"},
    ],
)
def test_a_reversal_of_something_else_is_without_an_original(changes: dict[str, Any]) -> None:
    assert flags_in_order([inside("a"), back(**changes)]) == [(), (WITHOUT,)]


def test_a_reversal_under_a_cut_claim_id_is_known_by_the_payers_number() -> None:
    assert flags_in_order([inside("a"), back(claim_id="A-10")]) == [(), ()]


def test_a_reversal_with_a_wrong_number_or_none_is_known_by_the_patient_and_the_amounts() -> None:
    typed: dict[str, Any] = {"payer_id": None, "payer_claim_number": None}
    assert flags_in_order([inside("a"), back(**typed, claim_id="A-1007")]) == [(), ()]


def test_a_reversal_is_no_original_of_another() -> None:
    assert flags_in_order([back("a"), back("b", claim_id="A-10")])[1] == (WITHOUT,)


def test_the_latest_of_equal_payments_is_taken_back() -> None:
    originals, first, second = Originals(), inside("a"), inside("b", trace_number="TRN2")
    originals.add(first)
    originals.add(second)
    assert originals.of(back()) is second
    assert originals.of(first) is None


def test_a_number_that_many_share_says_nothing() -> None:
    originals = Originals()
    for _ in range(COMMON + 1):
        originals.add(inside("a"))
    assert originals.of(back()) is None


def test_a_payment_in_another_remittance_is_a_repetition_and_not_the_file() -> None:
    again = inside("b", trace_number="TRN2")
    remittances = [around("a"), around("b", trace_number="TRN2")]
    assert flags_in_order([inside("a"), again], remittances) == [(), (AGAIN,)]


def test_a_whole_remittance_in_another_file_is_a_file_sent_twice() -> None:
    remittances = [around("b"), around("a")]  # in the order of the payments, whatever order they are given in
    assert flags_in_order([inside("a"), inside("b")], remittances) == [(), (AGAIN, WHOLE)]


def test_one_more_payment_makes_it_another_remittance() -> None:
    more = inside("b", payer_claim_number="ICN7", claim_id="B-7")
    found = flags_in_order([inside("a"), inside("b"), more], [around("a"), around("b")])
    assert found == [(), (AGAIN,), ()]


def test_a_transaction_that_stands_twice_in_one_file_came_again_the_second_time() -> None:
    sources = [Source("a", interchange="a", group="1", transaction="1", segment=at) for at in (3, 17, 33, 47)]
    payments = [make_claim_payment(source=source) for source in sources[1::2]]
    remittances = [make_remittance(source=source) for source in sources[::2]]
    assert flags_in_order(payments, remittances) == [(), (AGAIN, WHOLE)]


def test_a_payment_without_any_number_repeats_with_its_remittance_alone() -> None:
    unnamed = [inside(file, payer_claim_number=None, claim_id=None) for file in "ab"]
    assert flags_in_order(unnamed) == [(), ()]
    assert flags_in_order(unnamed, [around("a"), around("b")]) == [(), (AGAIN, WHOLE)]


def test_the_note_on_a_reversal_names_the_day_and_the_amount() -> None:
    assert taken_back(inside("a")).text == (
        "This takes back the payment of 2024-04-02 over 168.00 in remittance TRN0000042."
    )

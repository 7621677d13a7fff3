"""Ties between what was typed from paper and the posting ledger: what makes one, what breaks it, who comes first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from features.postings import Posting
from features.stubs import Stub
from features.x12.records import ClaimPayment
from tests.support.builders import make_claim
from tests.support.paper import PAYER, PAYER_ID, make_paper, make_posting, make_stub
from training.typed_ties import Ledger, PayerNames, Tied, tie_paper, tie_stubs

NAMES = PayerNames.of(
    make_claim(payer_name=name, payer_id=payer) for name, payer in ((PAYER, PAYER_ID), ("OTHER", "PAY02"))
)
NOTHING = Decimal("0.00")


def paper_ties(payments: Sequence[ClaimPayment], postings: Sequence[Posting]) -> list[Tied]:
    return tie_paper(payments, Ledger(postings, NAMES))


def stub_tie(stub: Stub, *postings: Posting) -> Tied:
    (tied,) = tie_stubs([stub], Ledger(postings, NAMES))
    return tied


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({}, "all agree"),
        ({"claim_id": "ICN7000001"}, "the number is the payer's"),
        ({"claim_id": None}, "check and amount agree"),
        ({"claim_id": "AB-101000"}, "two digits of the number are swapped"),
        ({"trace_number": "835310000036"}, "two digits of the check are swapped"),
        ({"trace_number": None}, "number and amount agree"),
        ({"paid": Decimal("300.00")}, "a digit of the amount is wrong"),
        ({"payer_name": "NEVER SEEN"}, "the payer's name is new"),
    ],
)
def test_two_sure_signs_make_a_tie_whatever_the_third_says(typed: dict[str, Any], why: str) -> None:
    assert paper_ties([make_paper(**typed)], [make_posting()]) == [(make_posting(),)], why


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"claim_id": "ZZ-999999"}, "another claim's number"),
        ({"claim_id": None, "trace_number": None}, "the amount alone"),
        ({"trace_number": None, "claim_id": "AB-101000"}, "an uncertain number and an amount"),
        ({"claim_id": None, "trace_number": "835310000036"}, "an uncertain check and an amount"),
        ({"payer_name": "OTHER"}, "another payer"),
        ({"payment_date": date(2024, 5, 1)}, "posted before it was typed"),
        ({"payment_date": date(2024, 1, 5)}, "posted months later"),
        ({"status": "22", "charge": Decimal("-275.00")}, "a reversal is no payment"),
    ],
)
def test_less_makes_none(typed: dict[str, Any], why: str) -> None:
    assert paper_ties([make_paper(**typed)], [make_posting()]) == [()], why


def test_a_short_number_with_an_error_is_another_number() -> None:
    row = make_posting(remittance_claim_id="1203", payer_claim_number="")
    assert paper_ties([make_paper(claim_id="1208", trace_number=None)], [row]) == [()]


def test_a_row_of_the_ledger_goes_to_the_payment_that_fits_it_best() -> None:
    right, slip = make_paper(), make_paper(trace_number="835310000062")
    assert paper_ties([slip, right], [make_posting()]) == [(), (make_posting(),)]


def test_payments_of_one_check_are_told_apart_by_their_numbers() -> None:
    first = make_posting(remittance_claim_id="AB-100101", payer_claim_number="ICN7000001")
    second = make_posting(remittance_claim_id="AB-100102", payer_claim_number="ICN7000002")
    typed = [make_paper(claim_id="AB-100102"), make_paper(claim_id="ICN7000001")]
    assert paper_ties(typed, [first, second]) == [(second,), (first,)]


def test_where_nothing_was_paid_the_number_tells() -> None:
    row = make_posting(amount=Decimal(0), trace_number="835310000099")
    assert paper_ties([make_paper(trace_number=None, paid=NOTHING)], [row]) == [(row,)]
    assert paper_ties([make_paper(trace_number=None, paid=NOTHING, claim_id=None)], [row]) == [()]


def test_equal_rows_all_tie_and_whoever_labels_sees_whether_they_agree() -> None:
    rows = (make_posting(trace_number="1111111"), make_posting(trace_number="2222222"))
    assert set(paper_ties([make_paper(trace_number=None)], rows)[0]) == set(rows)


def test_a_check_takes_all_of_its_rows() -> None:
    rows = (
        make_posting(amount=Decimal("150.00")),
        make_posting(amount=Decimal("50.00"), posted_claim_id="B"),
    )
    assert set(stub_tie(make_stub(), *rows)) == set(rows)


def test_a_check_whose_number_has_an_error_needs_its_amount() -> None:
    slip = make_stub(check_number="835310000036")
    assert stub_tie(slip, make_posting()) == (make_posting(),)
    assert stub_tie(slip, make_posting(amount=Decimal("800.00"))) == ()


def test_a_check_of_which_rows_are_missing_is_not_tied() -> None:
    assert stub_tie(make_stub(amount=Decimal("287.40")), make_posting()) == ()


def test_a_check_that_fits_two_numbers_equally_is_not_tied() -> None:
    rows = (make_posting(trace_number="835310000064"), make_posting(trace_number="835310000065"))
    assert stub_tie(make_stub(), *rows) == ()


def test_a_check_without_a_number_is_not_tied() -> None:
    assert stub_tie(make_stub(check_number=None), make_posting()) == ()

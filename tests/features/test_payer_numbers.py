"""When a payer took a claim in, as the digits of its number tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from features.payer_numbers import FEWEST, PayerNumbers
from features.x12.records import ClaimPayment
from tests.support.builders import make_claim_payment

START = date(2024, 11, 1)
STYLES: dict[str, Callable[[date, int], str]] = {
    "julian": lambda day, number: f"{day:%y%j}{number:07d}",
    "calendar": lambda day, number: f"CLM{day:%y%m%d}{number:05d}",
    "serial": lambda day, number: f"E0{(day - date(2010, 1, 1)).days:05d}{number:04d}",
}


def answered(style: str, count: int, *, payer: str = "PAY01") -> list[tuple[ClaimPayment, date]]:
    """Payments over four months; the payer takes a claim in one to three days after it was sent."""
    rows = []
    for number in range(count):
        sent = START + timedelta(number * 120 // count)
        text = STYLES[style](sent + timedelta(1 + number % 3), number * 17 % 900)
        rows.append((make_claim_payment(payer_id=payer, payer_claim_number=text), sent))
    return rows


@pytest.mark.parametrize("style", STYLES)
def test_the_day_in_a_payers_number_is_found_across_the_turn_of_the_year(style: str) -> None:
    learnt = PayerNumbers.of(answered(style, 200))
    day = date(2025, 3, 9)
    number = STYLES[style](day + timedelta(2), 5)
    told = learnt.sent(make_claim_payment(payer_id="PAY01", payer_claim_number=number))
    assert told == pytest.approx(day.toordinal(), abs=1)


def test_running_numbers_without_a_day_and_too_few_payments_tell_nothing() -> None:
    running = [
        (make_claim_payment(payer_claim_number=f"{number * 7919 % 10**9:09d}"), START + timedelta(number))
        for number in range(300)
    ]
    assert PayerNumbers.of(running).to_dict() == {}
    assert PayerNumbers.of(answered("julian", FEWEST - 1)).to_dict() == {}


def test_a_number_of_another_form_or_of_another_payer_tells_nothing() -> None:
    learnt = PayerNumbers.of(answered("julian", 60))
    for changes in ({"payer_id": "PAY99"}, {"payer_claim_number": "24"}, {"payer_claim_number": None},
                    {"payer_claim_number": "249990000001"}):  # fmt: skip
        payment = make_claim_payment(**{"payer_id": "PAY01", "payer_claim_number": "243300000001", **changes})
        assert learnt.sent(payment) is None


def test_what_is_saved_holds_no_number_and_reads_back() -> None:
    learnt = PayerNumbers.of(answered("julian", 60))
    saved = learnt.to_dict()
    assert set(saved["PAY01"]) == {"length", "kind", "start", "lag"}
    payment = make_claim_payment(payer_id="PAY01", payer_claim_number="250100000001")
    assert PayerNumbers.from_dict(saved).sent(payment) == learnt.sent(payment)

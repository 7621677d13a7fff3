"""Checks for several claims: the amounts must add up, words count, and what cannot be told is doubted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from features.groups.expected import Expected, Likely
from features.groups.lump_search import Part, Rest, search
from features.groups.lumps import LumpFinder
from features.groups.paid_shares import Normal
from features.stubs import Stub
from features.x12.records import Claim, ClaimPayment, Source
from tests.support.builders import make_claim, make_claim_line, make_claim_payment, make_payment_line

SENT, PAID = date(2024, 3, 14), date(2024, 3, 28)
FEES = {"99213": "81.37", "99214": "119.05", "99203": "107.11", "73560": "33.90"}


def bill(claim_id: str, procedure: str, **changes: Any) -> Claim:
    """A claim of one line that waits."""
    line = make_claim_line(procedure=procedure, modifiers=(), charge=Decimal(250))
    return make_claim(claim_id=claim_id, charge=Decimal(250), lines=(line,), submitted=SENT, **changes)


def remitted(procedure: str) -> ClaimPayment:
    """An earlier payment at the fee."""
    fee = Decimal(FEES[procedure])
    line = make_payment_line(procedure=procedure, modifiers=(), charge=Decimal(250), paid=fee, allowed=fee)
    zero = Decimal(0)
    return make_claim_payment(charge=Decimal(250), paid=fee, patient_responsibility=zero, lines=(line,))


def check(amount: str, **changes: Any) -> Stub:
    """A check without a word."""
    cells: dict[str, Any] = {
        "stub_id": "S1", "received_date": date(2024, 4, 2), "stub_date": PAID, "check_number": "77",
        "payer_name": "LAKESIDE HEALTH PLAN", "amount": Decimal(amount), "patient_last": None, "patient_first": None,
        "several": False, "references": (), "service_from": None, "claims": None, "source": Source("stubs.csv"),
    }  # fmt: skip
    return Stub(**{**cells, **changes})


def knowing(*claims: Claim) -> LumpFinder:
    """A finder that has seen the fees, and answers after two weeks, and these claims that wait."""
    finder = LumpFinder()
    for number in range(20):
        procedure = list(FEES)[number % 4]
        finder.add_claim(bill(f"OLD-{number}", procedure))
        finder.add_payment(remitted(procedure))
        finder.add_posting(f"OLD-{number}", paid_on=PAID, status="1")
    for claim in claims:
        finder.add_claim(claim)
    return finder


WAITING = [bill("A", "99213"), bill("B", "99214"), bill("C", "99203"), bill("D", "73560")]


@pytest.mark.parametrize("members", [("A",), ("A", "B"), ("B", "D"), ("A", "C", "D")])
def test_claims_whose_fees_add_up_to_the_cent_are_found(members: tuple[str, ...]) -> None:
    fees = dict(zip("ABCD", FEES.values(), strict=True))
    answer = knowing(*WAITING).answer(check(str(sum(Decimal(fees[name]) for name in members))))
    assert answer.claims == members
    assert answer.probability > 0.9


def test_two_claims_alike_cannot_be_told_apart_by_the_amount() -> None:
    answer = knowing(bill("A", "99213"), bill("B", "99213")).answer(check("81.37"))
    assert answer.probability < 0.6
    assert {one.claims for one in answer.alternatives} & {("A",), ("B",)}


def test_a_patients_name_tells_them_apart() -> None:
    other = bill("B", "99213", patient_last="ROE", patient_first="RICHARD")
    answer = knowing(bill("A", "99213"), other).answer(check("81.37", patient_last="ROE", patient_first="R"))
    assert answer.claims == ("B",)
    assert answer.probability > 0.9
    assert any("same name" in words for words in answer.evidence)


def test_the_number_of_claims_on_the_stub_counts() -> None:
    twins = [bill("A", "99213"), bill("B", "99214")]
    assert knowing(*twins).answer(check("200.42", claims=2)).claims == ("A", "B")


def test_a_claim_that_was_posted_waits_no_longer() -> None:
    finder = knowing(bill("A", "99213"), bill("B", "99213"))
    finder.add_posting("A", paid_on=PAID, status="1", amount=8137)
    assert finder.answer(check("81.37")).claims == ("B",)


def test_what_an_earlier_check_paid_is_not_paid_again_by_the_next() -> None:
    finder = knowing(bill("A", "99213"), bill("B", "99213"))
    assert finder.answer(check("81.37", references=("A-number",), patient_last=None)).probability < 0.9
    named = knowing(bill("A1001", "99213"), bill("B2002", "99213"))
    assert named.answer(check("81.37", references=("A1001",))).claims == ("A1001",)
    assert named.answer(check("81.37")).claims == ("B2002",)


def test_a_payer_without_waiting_claims_gets_no_answer() -> None:
    answer = LumpFinder().answer(check("10.00", payer_name="NOBODY"))
    assert (answer.claims, answer.probability) == ((), 0.0)


def test_the_search_finds_each_set_that_a_slow_one_finds() -> None:
    amounts = [1100, 2300, 3100, 700, 1900, 4200]
    parts = [_exact(amount) for amount in amounts]
    target = 5400
    slow = {
        sum(1 << place for place in places)
        for count in range(1, 7)
        for places in combinations(range(6), count)
        if sum(amounts[place] for place in places) == target
    }
    found = search(target, parts, Rest(0.1, 8.0, 1.0))
    assert {int(bits) for bits in found.bits[np.isfinite(found.log_weight)]} == slow
    assert slow


def test_too_many_states_are_said_to_be_too_many() -> None:
    parts = [_exact(100 + number) for number in range(40)]
    assert search(100_000, parts, Rest(0.1, 8.0, 1.0)).bounded


def _exact(amount: int) -> Part:
    """A claim that is paid just this, or nothing."""
    spread = (Normal(0.5, float(amount), 100.0), Normal(0.5, float(amount), 100.0))
    return Part.of(Expected(amount, (Likely(amount, 0.8, "fee"), Likely(0, 0.2, "nothing")), spread), 0.5)

"""Splits: parts of one claim, tied when they complete it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from features.groups.splits import Splits
from features.x12.records import ClaimPayment
from tests.support.builders import make_claim, make_claim_payment

WHOLE = make_claim()


def part(line: int, **changes: Any) -> ClaimPayment:
    """A payment of one of the claim's two lines."""
    lines = (make_claim_payment().lines[line],)
    number = f"P{line}"
    return make_claim_payment(lines=lines, charge=lines[0].charge, payer_claim_number=number, **changes)


def test_two_parts_that_make_up_the_claim_are_tied_to_it() -> None:
    splits = Splits([WHOLE])
    assert splits.add(part(0)) == []
    (tie,) = splits.add(part(1, trace_number="LATER"))
    assert (tie.kind, tie.to, tie.claim) == ("split", (0,), 0)
    assert "275.00" in tie.evidence[0]


def test_a_payment_of_the_whole_claim_is_no_part() -> None:
    splits = Splits([WHOLE])
    assert splits.add(make_claim_payment()) == []


def test_the_same_part_twice_completes_nothing() -> None:
    splits = Splits([WHOLE])
    assert splits.add(part(0)) == []
    assert splits.add(part(0)) == []


def test_two_claims_alike_are_rivals() -> None:
    splits = Splits([WHOLE, make_claim(claim_id="A-1002")])
    splits.add(part(0, claim_id="0"))
    (tie,) = splits.add(part(1, claim_id="0"))
    assert tie.rivals == (1,)


def test_a_claim_that_was_sent_after_the_payment_has_no_part_in_it() -> None:
    splits = Splits([WHOLE])
    early = part(0, payment_date=WHOLE.service_from)
    splits.add(early)
    assert splits.add(part(1)) == []


def test_parts_must_come_to_the_charge_of_the_claim() -> None:
    splits = Splits([make_claim(charge=Decimal(500))])
    splits.add(part(0))
    assert splits.add(part(1)) == []

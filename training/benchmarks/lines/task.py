"""Payments beside the claim that they truly pay, without line control numbers, and what each paid line answers.

The truth is the line control number (REF*6R) that the payer sends back. A payment is taken where every line has one
that stands once in the claim. A line whose charge is that of its billed line and of another, which no paid line
answers, is both: the payer has merged them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from msgspec.structs import replace

from features.match_keys import cents, normalised
from features.x12.records import Claim, ClaimLine, ClaimPayment, PaymentLine

Answer = frozenset[int]


class Case(NamedTuple):
    """One payment: its lines, those of its claim, and for each paid line the places of the billed ones."""

    payment: tuple[PaymentLine, ...]
    claim: tuple[ClaimLine, ...]
    answers: tuple[Answer, ...]  # empty: a line that the payer has added


def cases(payments: Sequence[ClaimPayment], claims: Sequence[Claim], wanted: Sequence[str]) -> Iterator[Case]:
    """The payments whose lines are known, of claims with several; ``wanted`` are the numbers of their claims."""
    known: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        known[claim.claim_id or ""].append(claim)
    for payment, number in zip(payments, wanted, strict=True):
        found = known.get(number, [])
        if len(found) == 1 and len(found[0].lines) > 1 and payment.lines:
            answers = _answers(payment.lines, found[0].lines)
            if answers:
                yield Case(
                    tuple(map(_blank, payment.lines)), tuple(map(_blank_claim, found[0].lines)), answers
                )


def _answers(paid: Sequence[PaymentLine], billed: Sequence[ClaimLine]) -> tuple[Answer, ...] | None:
    places: dict[str, int] = {normalised(line.control_number): n for n, line in enumerate(billed)}
    numbers = [normalised(line.control_number) for line in paid]
    if len(places) < len(billed) or not all(number in places for number in numbers):
        return None
    if max(Counter(numbers).values()) > 1:
        return None
    left = [n for n in range(len(billed)) if n not in {places[number] for number in numbers}]
    found = [_merged(line, places[number], left, billed) for line, number in zip(paid, numbers, strict=True)]
    return tuple(found)


def _merged(paid: PaymentLine, place: int, left: Sequence[int], billed: Sequence[ClaimLine]) -> Answer:
    missing = (cents(paid.charge) or 0) - (cents(billed[place].charge) or 0)
    for size in (1, 2):
        for more in combinations(left, size) if missing > 0 else ():
            if sum(cents(billed[n].charge) or 0 for n in more) == missing:
                return frozenset((place, *more))
    return frozenset((place,))


def _blank(line: PaymentLine) -> PaymentLine:
    return replace(line, control_number=None)


def _blank_claim(line: ClaimLine) -> ClaimLine:
    return replace(line, control_number=None)

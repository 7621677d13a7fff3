"""What was posted to each candidate before the day of its payment, as the ledger told it then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from features.match_history import Earlier
from features.x12.records import Claim, ClaimPayment
from training.match_candidates import day_paid

Known = tuple[tuple[Earlier, ...], ...]
"""Of one payment: what was posted to each of its candidates."""


class Ledger:
    """Postings as they become known, and what they say of claims at that time."""

    def __init__(self) -> None:
        self._posted: dict[str, tuple[Earlier, ...]] = defaultdict(tuple)

    def post(self, payment: ClaimPayment, claim_id: str) -> None:
        """Take in that a payment was posted to a claim; an empty number is no claim of ours."""
        if claim_id:
            self._posted[claim_id] += (Earlier.of(payment),)

    def of(self, candidates: Sequence[Claim]) -> tuple[tuple[Earlier, ...], ...]:
        """What was posted to each candidate so far, oldest first."""
        return tuple(self._posted.get(claim.claim_id or "", ()) for claim in candidates)


def known_postings(
    payments: Sequence[ClaimPayment],
    candidates: Sequence[tuple[Claim, ...]],
    posted: Sequence[str],
    posted_on: Sequence[date],
) -> list[Known]:
    """For each payment what the ledger said of its candidates before its day; all run in parallel.

    A posting is known from the day after ``posted_on``, so that no payment ever sees its own.
    """
    ledger, waiting = Ledger(), sorted(range(len(payments)), key=lambda row: posted_on[row], reverse=True)
    known: list[Known] = [()] * len(payments)
    for row in sorted(range(len(payments)), key=lambda row: day_paid(payments[row])):
        day = day_paid(payments[row])
        while waiting and posted_on[waiting[-1]] < day:
            earlier = waiting.pop()
            ledger.post(payments[earlier], posted[earlier])
        known[row] = ledger.of(candidates[row])
    return known

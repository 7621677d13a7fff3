"""The candidates that each claim payment had on the day on which it came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from features.progress import track
from features.remittance_match import CandidateIndex
from features.x12.records import Claim, ClaimPayment


def candidates_in_time(claims: Sequence[Claim], payments: Sequence[ClaimPayment]) -> list[tuple[Claim, ...]]:
    """For each payment the claims that were submitted on or before its day; a claim without a date is always there.

    The index grows as the days pass, so that how common a key is is judged as it was then.
    """
    waiting = sorted(claims, key=_submitted)
    index, added = CandidateIndex(), 0
    found: list[tuple[Claim, ...]] = [()] * len(payments)
    rows = sorted(range(len(payments)), key=lambda row: _paid(payments[row]))
    for row in track(rows, "Looking for candidates", total=len(rows)):
        day = _paid(payments[row])
        while added < len(waiting) and _submitted(waiting[added]) <= day:
            index.add(waiting[added].claim_id or "", waiting[added])
            added += 1
        found[row] = tuple(claim for _, claim in index.candidates(payments[row]))
    return found


def _submitted(claim: Claim) -> date:
    return claim.submitted or date.min


def _paid(payment: ClaimPayment) -> date:
    return payment.payment_date or date.max

"""The candidates that each claim payment had on the day on which it came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

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
    rows = sorted(range(len(payments)), key=lambda row: day_paid(payments[row]))
    days = [(day, list(own)) for day, own in groupby(rows, key=lambda row: day_paid(payments[row]))]
    for day, own in track(days, "Looking for candidates", total=len(days)):
        while added < len(waiting) and _submitted(waiting[added]) <= day:
            index.add(waiting[added].claim_id or "", waiting[added])
            added += 1
        for row, candidates in zip(own, index.candidates_of([payments[row] for row in own]), strict=True):
            found[row] = tuple(claim for _, claim in candidates)
    return found


def _submitted(claim: Claim) -> date:
    return claim.submitted or date.min


def day_paid(payment: ClaimPayment) -> date:
    """The day of a payment; one without a date comes after all others."""
    return payment.payment_date or date.max

"""Which claims were denied: each claim with the payer's first decision on it, as the remittances tell.

A claim payment belongs to the claim that the ledger says it was posted to; without a ledger, to the claim with its
number, written the same but for case, padding and a cut at 20 characters (CLP01 against CLM01). A number that fits
several patients' claims is left out rather than guessed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from features.denials import denial_reasons
from features.first_decision import first_decision
from features.x12.records import Claim, ClaimPayment
from training.datasets import Dataset

MATURES_AFTER = timedelta(
    days=90
)  # payers answer within 30 to 60 days; prompt-pay laws of the states ask no more
VOID = "8"  # a claim taken back by its sender


@dataclass(frozen=True)
class DenialLabels:
    """Labelled claims, in the order in which they were sent; all tuples run in parallel."""

    claims: tuple[Claim, ...]
    denied: tuple[bool, ...]
    sent: tuple[date, ...]
    answered: tuple[date, ...]
    batch: tuple[str, ...]  # trace number of the remittance that decided
    carcs: tuple[str | None, ...]  # the first of the denial's; None where the claim was paid as sent
    places: tuple[int, ...]  # in the data set's claims
    immature: int  # sent too late for an answer to be due
    unanswered: int  # due, and never answered
    undated: int
    voids: int
    rejected: int  # turned away before a payer decided, as a 277CA tells

    def describe(self) -> str:
        """The counts, as a sentence."""
        return (
            f"{len(self.claims)} claims with a matured answer, {sum(self.denied)} of them denied; left out: "
            f"{self.immature} sent in the last {MATURES_AFTER.days} days, {self.unanswered} without an answer, "
            f"{self.undated} without a date, {self.voids} voids, {self.rejected} rejected before a decision"
        )


def label(dataset: Dataset) -> DenialLabels:
    """Find each claim's first decision. Claims sent within 90 days of the data's end are left out, answered or not:

    quick answers come first, and they are not like the others.
    """
    last = dataset.end - MATURES_AFTER
    answered = answers(dataset)
    rejected = rejected_claims(dataset)
    counts = {"immature": 0, "unanswered": 0, "undated": 0, "voids": 0, "rejected": 0}
    rows: list[tuple[date, int, Claim, list[ClaimPayment]]] = []
    for number, claim in enumerate(dataset.claims):
        decided = first_decision(answered.get(number, ()), claim)
        reason = "rejected" if number in rejected else _left_out(claim, decided, last)
        if reason:
            counts[reason] += 1
        elif claim.submitted:
            rows.append((claim.submitted, number, claim, decided))
    rows.sort(key=lambda row: row[:2])
    carcs = tuple(_first_carc(row[3]) for row in rows)
    return DenialLabels(
        claims=tuple(row[2] for row in rows),
        denied=tuple(carc is not None for carc in carcs),
        sent=tuple(row[0] for row in rows),
        answered=tuple(_day(row[3][0]) for row in rows),
        batch=tuple(row[3][0].trace_number or "" for row in rows),
        carcs=carcs,
        places=tuple(row[1] for row in rows),
        **counts,
    )


def rejected_claims(dataset: Dataset) -> frozenset[int]:
    """The claims, by their place, that were turned away: of those sent under one number, the earliest ones.

    A claim that was put right is sent again under its number, so each rejection of a number counts for one of them.
    """
    rejections = Counter(
        said.claim_id for said in dataset.acknowledgments if said.transaction == "277CA" and not said.accepted
    )
    numbers: dict[str, list[int]] = defaultdict(list)
    for place, claim in enumerate(dataset.claims):
        if claim.claim_id and claim.claim_id in rejections:
            numbers[claim.claim_id].append(place)
    found: set[int] = set()
    for claim_id, places in numbers.items():
        places.sort(key=lambda place: dataset.claims[place].submitted or date.min)
        found.update(places[: rejections[claim_id]])
    return frozenset(found)


def _left_out(claim: Claim, decided: Sequence[ClaimPayment], last: date) -> str | None:
    if claim.frequency == VOID:
        return "voids"
    if claim.submitted is None:
        return "undated"
    if claim.submitted > last:
        return "immature"
    return None if decided else "unanswered"


def _first_carc(payments: Sequence[ClaimPayment]) -> str | None:
    reasons = (reason for payment in payments for reason in denial_reasons(payment))
    first = next(reasons, None)
    return first.partition("-")[2] if first else None


def _day(payment: ClaimPayment) -> date:
    return payment.payment_date or date.max


def answers(dataset: Dataset) -> dict[int, list[ClaimPayment]]:
    """Claim payments by the place of their claim in the data set's claims; those without a claim are left out."""
    exact, normal = _claims_by_id(dataset.claims)
    posted = {
        (
            posting.trace_number,
            posting.payer_claim_number,
            posting.status,
            posting.amount,
        ): posting.posted_claim_id
        for posting in dataset.postings
    }
    by_claim: dict[int, list[ClaimPayment]] = defaultdict(list)
    for payment in dataset.claim_payments:
        key = (
            payment.trace_number or "",
            payment.payer_claim_number or "",
            payment.status or "",
            payment.paid,
        )
        if key in posted:  # an empty claim id: the clerk found none here
            found = exact.get(posted[key] or "", [])
        else:
            found = [] if posted else normal.get(normal_claim_id(payment.claim_id), [])
        number = _sent_before(dataset.claims, found, payment)
        if number is not None:
            by_claim[number].append(payment)
    return by_claim


def _claims_by_id(claims: Sequence[Claim]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    exact: dict[str, list[int]] = defaultdict(list)
    normal: dict[str, list[int]] = defaultdict(list)
    for number, claim in enumerate(claims):
        if claim.claim_id:
            exact[claim.claim_id].append(number)
            normal[normal_claim_id(claim.claim_id)].append(number)
    for key, numbers in list(normal.items()):
        if len({claims[number].claim_id for number in numbers}) > 1:
            del normal[key]
    return exact, normal


def normal_claim_id(claim_id: str | None) -> str:
    """A claim number as it survives a payer's system.

    >>> normal_claim_id("00nb-20240012345-000000077 "), normal_claim_id("NB-20240012345-0000")
    ('NB-20240012345-00000', 'NB-20240012345-0000')
    """
    return (claim_id or "").strip().upper().lstrip("0")[:20]


def _sent_before(claims: Sequence[Claim], numbers: Sequence[int], payment: ClaimPayment) -> int | None:
    """Of claims with one number, sent again as they were, the last one that the payment can be an answer to."""
    if len(numbers) < 2:
        return numbers[0] if numbers else None
    day = _day(payment)
    earlier = [number for number in numbers if (claims[number].submitted or date.min) <= day]
    return max(earlier, key=lambda number: claims[number].submitted or date.min, default=None)

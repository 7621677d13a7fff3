"""Which claim each claim payment was posted to, by the posting ledger alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from features.errors import MissingDataError
from features.postings import Posting
from features.x12.records import ClaimPayment
from training.datasets import Dataset

Tie = tuple[str | None, str | None, str | None, Decimal | None]
NOWHERE = ""  # posted to no claim of this system


@dataclass(frozen=True)
class MatchLabels:
    """Labelled claim payments in order of payment, each once, all columns in parallel."""

    payments: tuple[ClaimPayment, ...]
    posted: tuple[str, ...]  # the claim id (CLM01) of the ledger; NOWHERE where the clerk found no claim
    paid_on: tuple[date, ...]
    batch: tuple[str, ...]  # the remittance: payer and trace number
    unposted: int  # payments without a row in the ledger
    ambiguous: int  # payments whose rows in the ledger contradict each other

    def describe(self) -> str:
        """A sentence for the person who trains."""
        nowhere = sum(claim == NOWHERE for claim in self.posted)
        return (
            f"{len(self.payments):,} claim payments with a posting ({nowhere:,} of them to no claim here), "
            f"{self.unposted:,} without one, {self.ambiguous:,} with contradicting ones"
        )


def label(dataset: Dataset) -> MatchLabels:
    """Tie claim payments to the ledger by trace number, payer claim number, status and amount.

    A file that was sent twice gives each of its payments once. Raises MissingDataError where there is no ledger.
    """
    if not dataset.postings:
        raise MissingDataError(
            "there is no posting ledger, so remittance matching cannot be learnt",
            "postings.csv",
            "export which claim payment was posted to which claim; until then matches go to a person",
        )
    ledger = _by_tie(dataset.postings)
    distinct: dict[Tie, ClaimPayment] = {}
    for payment in dataset.claim_payments:
        if payment.payment_date is not None:
            distinct.setdefault(_tie(payment), payment)
    counts = Counter(len(ledger.get(tie, ())) for tie in distinct)
    labelled: list[tuple[date, ClaimPayment, str]] = []
    for tie, payment in distinct.items():
        claims = ledger.get(tie, set())
        if len(claims) == 1 and payment.payment_date is not None:
            labelled.append((payment.payment_date, payment, min(claims)))
    labelled.sort(key=lambda row: (row[0], row[1].trace_number or ""))
    return MatchLabels(
        payments=tuple(payment for _, payment, _ in labelled),
        posted=tuple(claim for _, _, claim in labelled),
        paid_on=tuple(day for day, _, _ in labelled),
        batch=tuple(f"{payment.payer_id}/{payment.trace_number}" for _, payment, _ in labelled),
        unposted=counts[0],
        ambiguous=sum(count for rows, count in counts.items() if rows > 1),
    )


def _by_tie(postings: Sequence[Posting]) -> dict[Tie, set[str]]:
    """The distinct claims that each claim payment was posted to."""
    found: dict[Tie, set[str]] = {}
    for posting in postings:
        tie = (posting.trace_number, posting.payer_claim_number, posting.status, posting.amount)
        found.setdefault(tie, set()).add(posting.posted_claim_id or NOWHERE)
    return found


def _tie(payment: ClaimPayment) -> Tie:
    return payment.trace_number, payment.payer_claim_number or "", payment.status or "", payment.paid

"""Which claim each claim payment was posted to, by the posting ledger alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from features.audits import Audit
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
    posted: tuple[
        str, ...
    ]  # the claim id (CLM01) of the audit, else of the ledger; NOWHERE where none was found
    paid_on: tuple[date, ...]
    batch: tuple[str, ...]  # the remittance: payer and trace number
    unposted: int  # payments without a row in the ledger
    ambiguous: int  # payments whose rows in the ledger contradict each other
    posted_on: tuple[
        date, ...
    ] = ()  # the day from which the ledger names the claim; empty where that is not kept
    audited: tuple[str | None, ...] = ()  # the claim that a second person found; None where none checked

    def known_on(self) -> tuple[date, ...]:
        """The day from which each posting is known: that of the ledger, else the payment's."""
        return self.posted_on or self.paid_on

    def checked(self) -> tuple[str | None, ...]:
        """What a second person found of each payment, None where nobody looked again."""
        return self.audited or (None,) * len(self.payments)

    def has_audits(self) -> bool:
        """Whether anybody looked again at all."""
        return any(claim is not None for claim in self.audited)

    def describe(self) -> str:
        """A sentence for the person who trains."""
        nowhere = sum(claim == NOWHERE for claim in self.posted)
        return (
            f"{len(self.payments):,} claim payments with a posting ({nowhere:,} of them to no claim here), "
            f"{self.unposted:,} without one, {self.ambiguous:,} with contradicting ones; "
            f"{sum(claim is not None for claim in self.audited):,} checked by a second person"
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
    ledger, checks = _by_tie(dataset.postings), _checks(dataset.audits)
    first_posted = _first_posted(dataset.postings)
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
    ties = [_tie(payment) for _, payment, _ in labelled]
    audited = tuple(checks.get(tie) for tie in ties)
    return MatchLabels(
        payments=tuple(payment for _, payment, _ in labelled),
        posted=tuple(
            claim if check is None else check for (_, _, claim), check in zip(labelled, audited, strict=True)
        ),
        paid_on=tuple(day for day, _, _ in labelled),
        batch=tuple(f"{payment.payer_id}/{payment.trace_number}" for _, payment, _ in labelled),
        unposted=counts[0],
        ambiguous=sum(count for rows, count in counts.items() if rows > 1),
        posted_on=tuple(first_posted[tie] for tie in ties),
        audited=audited,
    )


def _by_tie(postings: Sequence[Posting]) -> dict[Tie, set[str]]:
    """The distinct claims that each claim payment was posted to."""
    found: dict[Tie, set[str]] = {}
    for posting in postings:
        tie = (posting.trace_number, posting.payer_claim_number, posting.status, posting.amount)
        found.setdefault(tie, set()).add(posting.posted_claim_id or NOWHERE)
    return found


def _first_posted(postings: Sequence[Posting]) -> dict[Tie, date]:
    """The first day on which each claim payment was posted."""
    found: dict[Tie, date] = {}
    for posting in postings:
        tie = (posting.trace_number, posting.payer_claim_number, posting.status, posting.amount)
        found[tie] = min(posting.posting_date, found.get(tie, posting.posting_date))
    return found


def _checks(audits: Sequence[Audit]) -> dict[Tie, str | None]:
    """What a second person found of each claim payment; None where two of them contradict each other."""
    found: dict[Tie, str | None] = {}
    for audit in audits:
        tie = (audit.trace_number, audit.payer_claim_number, audit.status, audit.amount)
        claim = audit.audited_claim_id or NOWHERE
        found[tie] = claim if found.get(tie, claim) == claim else None
    return found


def _tie(payment: ClaimPayment) -> Tie:
    return payment.trace_number, payment.payer_claim_number or "", payment.status or "", payment.paid

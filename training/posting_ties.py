"""The posting ledger and its audits by what ties a row to its claim payment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from features.audits import Audit
from features.postings import Posting
from features.x12.records import ClaimPayment

Tie = tuple[str | None, str | None, str | None, Decimal | None]
NOWHERE = ""  # posted to no claim of this system


def of_payment(payment: ClaimPayment) -> Tie:
    """What a claim payment of an 835 shares with its row: trace number, payer claim number, status and amount."""
    return payment.trace_number, payment.payer_claim_number or "", payment.status or "", payment.paid


def of_row(row: Posting | Audit) -> Tie:
    """The same of a row."""
    return row.trace_number, row.payer_claim_number, row.status, row.amount


def posted_claims(postings: Iterable[Posting]) -> dict[Tie, set[str]]:
    """The distinct claims that each claim payment was posted to."""
    found: dict[Tie, set[str]] = {}
    for posting in postings:
        found.setdefault(of_row(posting), set()).add(posting.posted_claim_id or NOWHERE)
    return found


def first_posted(postings: Iterable[Posting]) -> dict[Tie, date]:
    """The first day on which each claim payment was posted."""
    found: dict[Tie, date] = {}
    for posting in postings:
        tie = of_row(posting)
        found[tie] = min(posting.posting_date, found.get(tie, posting.posting_date))
    return found


def checks(audits: Sequence[Audit]) -> dict[Tie, str | None]:
    """What a second person found of each claim payment; None where two of them contradict each other."""
    found: dict[Tie, str | None] = {}
    for audit in audits:
        tie = of_row(audit)
        claim = audit.audited_claim_id or NOWHERE
        found[tie] = claim if found.get(tie, claim) == claim else None
    return found

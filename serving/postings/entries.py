"""From an accepted match to what it does to the books: cash, receivables, and what the contract takes off.

- What was paid (CLP04) is debited to cash and credited to accounts receivable.
- An adjustment that the payer states as the contract's or the law's (group CO with such a reason: CO-45, CO-253, ...)
  is debited to contractual adjustments and credited to accounts receivable.
- Nothing else is taken off a claim: a denial may be worked, what the patient owes is still owed, and whether anything
  is written off a person decides, in the books.

A negative amount, as a payer's reversal has them, changes sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal, Inexact

from features.denial_codes import NO_DENIALS_BY_CATEGORY
from features.x12.records import Claim, ClaimPayment
from serving.postings.records import Account, Entry, Posting

CONTRACTUAL_GROUP = "CO"
CONTRACTUAL = frozenset(NO_DENIALS_BY_CATEGORY["contract and law"])
PRICING_ONLY = "25"  # CLP02: a predetermination, which pays nothing
ZERO = Decimal(0)
EXACT = Context(prec=200, traps=[Inexact])
"""Sums that are never rounded, however long the amounts of a file are."""


def posting_of(item: str, payment: ClaimPayment, reference: str, claim: Claim) -> Posting | None:
    """What a payment does to the books as one of this claim; None where it moves no money.

    >>> from tests.support.builders import make_claim, make_claim_payment
    >>> found = posting_of("i", make_claim_payment(), "r", make_claim())
    >>> [(one.account, str(one.debit), str(one.credit)) for one in found.entries][:2]
    [('cash', '168.00', '0'), ('accounts-receivable', '0', '168.00')]
    """
    if payment.status == PRICING_ONLY:
        return None
    entries = (
        *_pair("cash", payment.paid or ZERO),
        *(
            entry
            for reason, amount in contractual(payment).items()
            for entry in _pair("contractual-adjustments", amount, reason)
        ),
    )
    if not entries:
        return None
    return Posting(
        item=item,
        claim_reference=reference,
        claim_id=claim.claim_id,
        facility=payment.payee_npi,
        payer_id=payment.payer_id,
        payer_claim_number=payment.payer_claim_number,
        trace_number=payment.trace_number,
        payment_date=payment.payment_date,
        entries=entries,
    )


def contractual(payment: ClaimPayment) -> dict[str, Decimal]:
    """What the contract or the law takes off, by group and reason, in the order of the remittance."""
    found: dict[str, Decimal] = {}
    for level in (payment.adjustments, *(line.adjustments for line in payment.lines)):
        for one in level:
            if one.group == CONTRACTUAL_GROUP and one.reason in CONTRACTUAL:
                code = f"{one.group}-{one.reason}"
                found[code] = EXACT.add(found.get(code, ZERO), one.amount)
    return found


def taken_back(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The same amounts on the other sides."""
    return tuple(Entry(one.account, one.credit, one.debit, one.reason) for one in entries)


def _pair(account: Account, amount: Decimal, reason: str | None = None) -> Iterator[Entry]:
    """Debit an account and credit the receivables, or the other way round; nothing of no amount."""
    size = amount.copy_abs()  # abs() would round
    if amount > 0:
        yield Entry(account, debit=size, reason=reason)
        yield Entry("accounts-receivable", credit=size, reason=reason)
    elif amount < 0:
        yield Entry("accounts-receivable", debit=size, reason=reason)
        yield Entry(account, credit=size, reason=reason)

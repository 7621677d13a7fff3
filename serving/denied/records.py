"""A denied claim: the claim, the payment that refused it or a part of it, and what may be done about it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from features.denial_codes import category_of
from features.denials import denial_reasons, reductions
from features.x12.records import Claim, ClaimPayment

DeniedAction = Literal[
    "corrected", "appeal", "bill-secondary", "bill-patient", "write-off-proposal", "nothing"
]
"""What a person may decide about a denied claim. A write-off is only ever proposed: nothing is written off here."""


class NextAction(Struct, frozen=True):
    """Something that may be done, and what it is expected to bring."""

    action: DeniedAction
    grounds: str | None  # of an appeal or a correction, in words
    probability: float  # 0..1, that it recovers the amount
    low: float  # the interval of the probability
    high: float
    amount: Decimal  # dollars that it may recover
    minutes: float  # of a person's work
    deadline: date | None  # the last day on which it can be done; None: it is not known

    @property
    def expected(self) -> Decimal:
        """Dollars that it is expected to bring: probability times amount."""
        return (Decimal(str(self.probability)) * self.amount).quantize(Decimal("0.01"))


class DeniedClaim(Struct, frozen=True, tag="denied_claim", tag_field="kind"):
    """What an item of the kind ``denied-claim`` is about."""

    claim: Claim
    payment: ClaimPayment
    claim_reference: str  # the claim's opaque id in the store
    payment_item: str  # the item of the payment that carries the denial
    category: str  # one of ``features.denial_codes.CATEGORIES``, of the reason that refuses most
    reasons: tuple[str, ...]  # group and CARC, as in "CO-197", that of the largest amount first
    amount: Decimal  # dollars refused
    known: date  # when the denial became known
    options: tuple[NextAction, ...] = ()  # best first; empty where no model assesses denials

    @property
    def payer_name(self) -> str | None:
        """As the payment has it, else the claim."""
        return self.payment.payer_name or self.claim.payer_name

    @property
    def claim_id(self) -> str | None:
        """As the claim was sent."""
        return self.claim.claim_id

    @property
    def best(self) -> NextAction | None:
        """What is proposed."""
        return self.options[0] if self.options else None


class EarlierDenial(Struct, frozen=True):
    """A denial of the same claim, or of one that it replaces, that came before."""

    item_id: str
    known: date
    claim_id: str | None
    reasons: tuple[str, ...]
    amount: Decimal
    action: str | None  # what was decided about it; None where nothing was
    decided_at: datetime | None


def refused(payment: ClaimPayment) -> dict[str, Decimal]:
    """The dollars that each denial of a payment takes away, the largest first; empty where nothing was denied."""
    denials = set(denial_reasons(payment))
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for adjustment in reductions(payment):
        reason = f"{adjustment.group}-{adjustment.reason}"
        if reason in denials:
            found[reason] += adjustment.amount
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def carc_of(reason: str) -> str:
    """The code without its group.

    >>> carc_of("CO-197")
    '197'
    """
    return reason.partition("-")[2]


def denied_claim(
    claim: Claim, payment: ClaimPayment, *, claim_reference: str, payment_item: str, known: date
) -> DeniedClaim | None:
    """The denied claim of a payment that belongs to a claim; None where nothing was denied."""
    found = refused(payment)
    if not found:
        return None
    reasons = tuple(found)
    return DeniedClaim(
        claim=claim,
        payment=payment,
        claim_reference=claim_reference,
        payment_item=payment_item,
        category=category_of(carc_of(reasons[0])),
        reasons=reasons,
        amount=sum(found.values(), Decimal()),
        known=known,
    )

"""A denied claim: the claim, the payment that refused it or a part of it, and what may be done about it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec
from msgspec import Struct

from features.recovery import Denial, refused
from features.x12.records import Claim, ClaimPayment
from models.recovery_options import Action, Option

DeniedAction = Literal[Action, "nothing"]
"""What a person may decide about a denied claim. A write-off is only ever proposed: nothing is written off here."""


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
    options: tuple[Option, ...] = ()  # best first; empty where no model assesses denials

    @property
    def payer_name(self) -> str | None:
        """As the payment has it, else the claim."""
        return self.payment.payer_name or self.claim.payer_name

    @property
    def claim_id(self) -> str | None:
        """As the claim was sent."""
        return self.claim.claim_id

    @property
    def best(self) -> Option | None:
        """What is proposed."""
        return self.options[0] if self.options else None

    @property
    def lapses(self) -> date | None:
        """The last day on which anything can be won back; None where that is not known, or nothing can be."""
        bringing = [option.deadline for option in self.options if option.amount > 0]
        return None if None in bringing else max((day for day in bringing if day), default=None)

    def on(self, day: date) -> DeniedClaim:
        """The same with what can still be done on a day."""
        open_ = tuple(one for one in self.options if one.deadline is None or one.deadline >= day)
        return msgspec.structs.replace(self, options=open_)


class EarlierDenial(Struct, frozen=True):
    """A denial of the same claim, or of one that it replaces, that came before."""

    item_id: str
    known: date
    claim_id: str | None
    reasons: tuple[str, ...]
    amount: Decimal
    action: str | None  # what was decided about it; None where nothing was
    decided_at: datetime | None


def carc_of(reason: str) -> str:
    """The code without its group.

    >>> carc_of("CO-197")
    '197'
    """
    return reason.partition("-")[2]


def denied_claim(denial: Denial, *, claim_reference: str, payment_item: str) -> DeniedClaim:
    """A denial of a claim that the store holds, before anything is known of what may be done."""
    return DeniedClaim(
        claim=denial.claim,
        payment=denial.payment,
        claim_reference=claim_reference,
        payment_item=payment_item,
        category=denial.category,
        reasons=tuple(refused([denial.payment])),
        amount=denial.amount,
        known=denial.known,
    )


def denial_of(denied: DeniedClaim) -> Denial:
    """The same as recovery knows it."""
    carcs = tuple(dict.fromkeys(carc_of(reason) for reason in denied.reasons))
    return Denial(denied.claim, denied.payment, denied.category, carcs, denied.amount, denied.known)

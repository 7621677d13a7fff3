"""A denial as recovery knows it: the claim, the payment that refuses it or a part of it, and what that means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from msgspec import Struct

from features.denial_codes import category_of
from features.denials import denial_reasons, reductions
from features.x12.records import Claim, ClaimPayment

NOTHING = Decimal(0)


class Denial(Struct, frozen=True):
    """What a payer refused of a claim."""

    claim: Claim
    payment: ClaimPayment
    category: str  # one of ``features.denial_codes.CATEGORIES``, of the reason that refuses most
    carcs: tuple[str, ...]  # reason codes without their group, that of the largest amount first
    amount: Decimal  # charged dollars that were refused
    known: date  # when the denial became known, from which its deadlines run

    @staticmethod
    def of(claim: Claim, payment: ClaimPayment, *, known: date) -> Denial | None:
        """The denial that a payment of this claim states; None where it refuses nothing."""
        by_reason = refused([payment])
        if not by_reason:
            return None
        carcs = tuple(dict.fromkeys(reason.partition("-")[2] for reason in by_reason))
        total = sum(by_reason.values(), NOTHING)
        return Denial(claim, payment, category_of(carcs[0]), carcs, total, known)


def refused(payments: Iterable[ClaimPayment]) -> dict[str, Decimal]:
    """Dollars that each denial takes away, by group and reason ("CO-197"), the largest first."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for payment in payments:
        denials = set(denial_reasons(payment))
        for adjustment in reductions(payment):
            reason = f"{adjustment.group}-{adjustment.reason}"
            if reason in denials:
                found[reason] += adjustment.amount
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))

"""A payer's first decision on a claim, out of all payments that were posted to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from features.denials import DECIDES_NOTHING
from features.x12.records import Claim, ClaimPayment

SECONDARY: Final = frozenset({"2", "3", "20", "21"})  # CLP02 of a second or third payer


def first_decision(payments: Iterable[ClaimPayment], claim: Claim) -> list[ClaimPayment]:
    """The payments of the earliest day; a claim may be split over several. Another payer's later say is not asked.

    What was paid before the claim was sent answers another claim: a clerk posted it here by mistake.
    """
    primary = claim.payer_sequence in (None, "P")
    asked = [
        payment
        for payment in payments
        if payment.status not in DECIDES_NOTHING
        and payment.payment_date is not None
        and payment.payment_date >= (claim.submitted or date.min)
        and ((payment.status in SECONDARY) != primary)
    ]
    first = min((payment.payment_date or date.max for payment in asked), default=None)
    return [payment for payment in asked if payment.payment_date == first]

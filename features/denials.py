"""What a denial is: judged by the adjustments' group and reason codes, never by "nothing was paid".

A claim payment is a denial when any of its adjustments, at claim or line level, takes money away (amount above zero)
with a denial code, so that a partial denial is one too. These are none:

- contractual and patient-share reductions (CO-45, CO-253, PR-1 ...), and notes on another payer's payment (OA-23);
- reversals (CLP02 = 22) and predeterminations (25): they decide no claim;
- group CR, which corrects an earlier decision.

A code that stands in neither table here is judged by what the payer says of the whole claim: a denial where
CLP02 = 4 ("denied"), otherwise none; ``unknown_reasons`` names such codes so that they can be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from features.denial_codes import DENIALS, NO_DENIALS
from features.x12.records import Adjustment, ClaimPayment

DENIED = "4"  # CLP02, code list 1029
DECIDES_NOTHING = frozenset({"22", "25"})  # reversal of an earlier payment, predetermination pricing only
CORRECTION_GROUP = "CR"


def is_denial(payment: ClaimPayment) -> bool:
    """Whether the payer refused the claim or a part of it."""
    return bool(denial_reasons(payment))


def denial_reasons(payment: ClaimPayment) -> tuple[str, ...]:
    """The group and reason of every denial in the payment, as in ``("CO-197", "PR-96")``; each once, in order."""
    if payment.status in DECIDES_NOTHING:
        return ()
    unknown_counts = payment.status == DENIED
    return tuple(
        dict.fromkeys(
            f"{adjustment.group}-{adjustment.reason}"
            for adjustment in reductions(payment)
            if adjustment.reason in DENIALS or (unknown_counts and adjustment.reason not in NO_DENIALS)
        )
    )


def unknown_reasons(payment: ClaimPayment) -> tuple[str, ...]:
    """The group and reason of reductions that neither table knows."""
    return tuple(
        dict.fromkeys(
            f"{adjustment.group}-{adjustment.reason}"
            for adjustment in reductions(payment)
            if adjustment.reason not in DENIALS and adjustment.reason not in NO_DENIALS
        )
    )


def reductions(payment: ClaimPayment) -> Iterator[Adjustment]:
    """The adjustments that take money away, the claim's own before its lines'."""
    for level in (payment.adjustments, *(line.adjustments for line in payment.lines)):
        for adjustment in level:
            if adjustment.amount > 0 and adjustment.group != CORRECTION_GROUP:
                yield adjustment

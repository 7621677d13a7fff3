"""What has been posted to a candidate claim before: a claim that is paid already is seldom paid again.

The claim's own file says nothing of it; the posting ledger does. What was posted on or after the day of the payment is
never there. Where nothing is known of a claim's postings every feature is NaN, which is not the same as "none".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.match_columns import Columns
from features.match_keys import cents, normalised
from features.x12.records import ClaimPayment

Floats = NDArray[np.float64]
HISTORY = ("posted_before", "posted_by_others", "number_before", "undoes_before", "repeats_before")
REVERSAL = "22"  # CLP02


class Earlier(Struct, frozen=True, gc=False):
    """A claim payment that was posted to a claim before; identifiers are normalised."""

    payer: str
    number: str  # CLP07, or CLP01 where a payer states no number of its own
    status: str  # CLP02
    paid: int | None  # hundredths, signed

    @staticmethod
    def of(payment: ClaimPayment) -> Earlier:
        """What of a claim payment is remembered of it."""
        return Earlier(
            payer=normalised(payment.payer_id),
            number=normalised(payment.payer_claim_number or payment.claim_id),
            status=payment.status or "",
            paid=_signed(payment),
        )


Postings = Sequence[Earlier] | None
"""What was posted to one claim, oldest first; None where that is not known."""


def history_columns(
    payments: Columns,
    status: Sequence[str | None],
    rows: NDArray[np.intp],
    earlier: Sequence[Postings],
) -> dict[str, Floats]:
    """Features (m,) by the names of ``HISTORY``, of m pairs.

    ``rows`` (m,) says which payment a pair is of, ``earlier`` (m,) what was posted to its claim. A reversal among the
    earlier ones takes one payment away.
    """
    table = np.full((len(earlier), len(HISTORY)), np.nan)
    for place, (row, postings) in enumerate(zip(rows.tolist(), earlier, strict=True)):
        if postings is not None:
            table[place] = _features(payments, status[row] or "", row, postings) if postings else 0.0
    return {name: table[:, place] for place, name in enumerate(HISTORY)}


def _features(payments: Columns, status: str, row: int, postings: Sequence[Earlier]) -> tuple[int, ...]:
    payer, paid = payments.payer[row], payments.paid[row]
    numbers = {payments.payer_number[row], payments.control[row]} - {""}
    own = [posted for posted in postings if posted.payer == payer]
    numbered = [posted for posted in postings if posted.number in numbers]
    return (
        sum(-1 if posted.status == REVERSAL else 1 for posted in own),
        len(postings) - len(own),
        len(numbered),
        sum(posted.paid is not None and posted.paid == -paid for posted in numbered),
        sum(posted.paid == paid and posted.status == status for posted in own),
    )


def _signed(payment: ClaimPayment) -> int | None:
    amount = cents(payment.paid)
    if amount is None or payment.paid is None:
        return None
    return -amount if payment.paid < 0 else amount

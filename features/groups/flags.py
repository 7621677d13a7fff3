"""Words that an item in the queue bears for what its payment has to do with earlier ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from features.duplicates import FILE_FLAG, FLAG
from features.groups.facts import is_reversal
from features.match_history import Earlier, Postings
from features.x12.records import ClaimPayment

REVERSAL_FLAG = "reversal-of"  # of a payment that takes back one that was posted to a candidate claim


def reversal_flag(payment: ClaimPayment, postings: Iterable[Postings]) -> tuple[str, ...]:
    """``REVERSAL_FLAG`` where a candidate claim bears the posting that the payment takes back, else nothing.

    ``postings`` are those of each candidate: number and payer must be the same, the amount opposite.
    """
    if not is_reversal(payment):
        return ()
    one = Earlier.of(payment)
    back = any(
        (earlier.payer, earlier.number) == (one.payer, one.number) and _opposite(earlier, one)
        for some in postings
        for earlier in some or ()
    )
    return (REVERSAL_FLAG,) if back else ()


def repetition_flags(payments: Sequence[ClaimPayment], seen: Sequence[bool]) -> list[tuple[str, ...]]:
    """For each payment ``FLAG`` where it was seen before, and ``FILE_FLAG`` where all of its remittance was."""
    whole: defaultdict[str | None, bool] = defaultdict(lambda: True)
    for payment, before in zip(payments, seen, strict=True):
        whole[payment.trace_number] &= before
    return [
        ((FLAG, FILE_FLAG) if whole[payment.trace_number] and payment.trace_number else (FLAG,))
        if before
        else ()
        for payment, before in zip(payments, seen, strict=True)
    ]


def _opposite(earlier: Earlier, one: Earlier) -> bool:
    return earlier.paid is not None and one.paid is not None and earlier.paid == -one.paid

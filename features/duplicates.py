"""Claim payments and whole remittances that a payer sends again: what makes two of them the same, whatever the file."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from features.x12.records import ClaimPayment, Remittance

FLAG = "duplicate-payment"  # of a payment that repeats an earlier one
FILE_FLAG = "file-sent-twice"  # of a payment in a remittance that came before as a whole


def identity(payment: ClaimPayment) -> tuple[str, ...] | None:
    """The same texts for a payment and its repetition; None where too little is known to call it one.

    The stub of a check says too little: its number may be the member's, and copayments are alike.
    """
    if payment.channel == "stub" or not (payment.payer_claim_number or payment.claim_id):
        return None
    parts = (
        payment.payer_id or payment.payer_name,
        payment.payer_claim_number,
        payment.claim_id,
        payment.status,
        payment.charge,
        payment.paid,
        payment.service_from,
    )
    return tuple("" if part is None else _written(part) for part in parts)


def repeated(payments: Iterable[ClaimPayment]) -> list[bool]:
    """For each payment, in order of arrival, whether an earlier one is the same."""
    seen: set[tuple[str, ...]] = set()
    answers = []
    for payment in payments:
        known = identity(payment)
        answers.append(known in seen)
        if known is not None:
            seen.add(known)
    return answers


def remittance_identity(remittance: Remittance, payments: Iterable[ClaimPayment]) -> str | None:
    """A digest that a remittance shares with its repetition, whatever the control numbers around it.

    It is of the payer, the payee, the trace number, the amount, the adjustments, and every claim payment as often as
    it stands there. None without a trace number: two empty remittances of one payer are then not told apart.
    """
    if not remittance.trace_number:
        return None
    stated = (
        remittance.payer_id or remittance.payer_name or "",
        remittance.payee_npi or "",
        remittance.trace_number,
        _written(remittance.payment_amount),
        str(remittance.payment_date),
        *(
            f"{each.reason}:{each.reference}:{_written(each.amount)}"
            for each in remittance.provider_adjustments
        ),
        *sorted(repr(_content(payment)) for payment in payments),
    )
    return hashlib.sha256("\0".join(stated).encode()).hexdigest()


def sent_before(remittances: Iterable[tuple[Remittance, Sequence[ClaimPayment]]]) -> list[bool]:
    """For each remittance with its claim payments, in order of arrival, whether it came before as a whole.

    Control numbers that are used a second time around other content make no repetition.
    """
    seen: set[str] = set()
    answers = []
    for remittance, payments in remittances:
        known = remittance_identity(remittance, payments)
        answers.append(known in seen)
        if known is not None:
            seen.add(known)
    return answers


def grouped(
    remittances: Iterable[Remittance], payments: Iterable[ClaimPayment]
) -> list[tuple[Remittance, list[ClaimPayment]]]:
    """Each remittance with the claim payments of its own transaction, by where both stand in the files.

    A file may hold the same transaction twice; a payment belongs to the one that begins last before it.
    """
    every = list(remittances)
    begins: defaultdict[tuple[str | None, ...], list[tuple[int, int]]] = defaultdict(list)
    for place, remittance in enumerate(every):
        begins[_envelope(remittance)].append((remittance.source.segment or 0, place))
    for known in begins.values():
        known.sort()
    inside: list[list[ClaimPayment]] = [[] for _ in every]
    for payment in payments:
        starts = begins.get(_envelope(payment), [])
        if starts:
            after = bisect_right(starts, (payment.source.segment or 0, len(every)))
            inside[starts[max(0, after - 1)][1]].append(payment)
    return list(zip(every, inside, strict=True))


def _content(payment: ClaimPayment) -> tuple[str, ...]:
    lines = (f"{line.procedure}/{_written(line.charge)}/{_written(line.paid)}" for line in payment.lines)
    return (*(identity(payment) or (_written(payment.charge), _written(payment.paid))), *lines)


def _written(part: object) -> str:
    """A part as one text; an amount as X12 demands, because tables and JSON write 275.00 where an 835 writes 275.

    >>> _written(Decimal("275.00")), _written(Decimal("168.50")), _written(Decimal("-0.0"))
    ('275', '168.5', '0')
    """
    if not isinstance(part, Decimal):
        return str(part)
    whole, point, behind = f"{part:f}".partition(".")
    text = (whole + point + behind.rstrip("0")).removesuffix(".")
    return text if part else "0"


def _envelope(record: ClaimPayment | Remittance) -> tuple[str | None, ...]:
    """File, interchange, functional group and transaction, with the trace number: control numbers alone repeat."""
    source = record.source
    return source.file, source.interchange, source.group, source.transaction, record.trace_number

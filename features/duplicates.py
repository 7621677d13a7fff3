"""Claim payments that a payer sends again: what makes two of them the same, whatever remittance they stand in."""

from __future__ import annotations

from collections.abc import Iterable

from features.x12.records import ClaimPayment

FLAG = "duplicate-payment"  # of a payment that repeats an earlier one


def identity(payment: ClaimPayment) -> tuple[str, ...] | None:
    """The same texts for a payment and its repetition; None where too little is known to call it one."""
    if not (payment.payer_claim_number or payment.claim_id):
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
    return tuple("" if part is None else str(part) for part in parts)


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

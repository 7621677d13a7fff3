"""How a deposit and the payments that it may hold agree, field by field, in the form that a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct
from rapidfuzz.distance import OSA

from features.deposits.anchors import shown_number
from features.deposits.habits import name_similarity
from features.deposits.payments import Payment
from features.deposits.statement import Deposit
from features.evidence import Agreement
from features.match_keys import normalised

LIKE = 0.85  # similarity from which two texts count as alike
USUAL_DAYS = (0, 5)  # from the payment to the deposit, within which a transfer comes


class DepositEvidence(Struct, frozen=True):
    """One field: what the bank shows, what was announced, and how the two agree."""

    field: str  # trace_number, amount, date, company_id or company_name
    deposit_value: str | None
    payment_value: str | None
    agreement: Agreement
    similarity: float | None = None  # 0..1, of texts


def deposit_evidence(deposit: Deposit, payments: Sequence[Payment]) -> tuple[DepositEvidence, ...]:
    """The fields that a reviewer compares, the most telling first; ``payments`` are those of one candidate."""
    found = [_number(deposit, payments), _amount(deposit, payments), _day(deposit, payments)]
    if not deposit.checks:
        found += [_company_id(deposit, payments[0]), _company_name(deposit, payments[0])]
    return tuple(found)


def dollars(cents: int) -> str:
    """An amount as a ledger writes it.

    >>> dollars(-1205)
    '-12.05'
    """
    return f"{Decimal(cents) / 100:.2f}"


def in_words(evidence: DepositEvidence) -> str:
    """One field in a few words.

    >>> in_words(DepositEvidence("amount", "12.00", "12.00", "exact"))
    'amount 12.00 exact'
    >>> in_words(DepositEvidence("trace_number", None, "0042", "absent"))
    'trace number absent (bank: -, remittance: 0042)'
    """
    name = evidence.field.replace("_", " ")
    if evidence.agreement == "exact":
        return f"{name} {evidence.payment_value} exact"
    likeness = "" if evidence.similarity is None else f" {evidence.similarity:.2f}"
    both = f"(bank: {evidence.deposit_value or '-'}, remittance: {evidence.payment_value or '-'})"
    return f"{name} {evidence.agreement}{likeness} {both}"


def _number(deposit: Deposit, payments: Sequence[Payment]) -> DepositEvidence:
    """A number that is cut or filled with zeros is still the same; a combined deposit shows one of its payments'."""
    shown, theirs = shown_number(deposit), " ".join(payment.trace_number for payment in payments)
    ours = deposit.trace_number or deposit.check_number
    if not shown:
        return DepositEvidence("trace_number", None, theirs, "absent")
    best = max(payments, key=lambda payment: OSA.normalized_similarity(shown, payment.key))
    likeness = OSA.normalized_similarity(shown, best.key)
    agreement: Agreement = "conflict"
    if shown == best.key:
        agreement = "exact" if ours == best.trace_number else "normalised"
    elif best.key.startswith(shown) or best.key.endswith(shown) or likeness >= LIKE:
        agreement = "similar"
    theirs = best.trace_number if agreement == "exact" else theirs
    return DepositEvidence("trace_number", ours, theirs, agreement, likeness)


def _amount(deposit: Deposit, payments: Sequence[Payment]) -> DepositEvidence:
    total = sum(payment.cents for payment in payments)
    agreement: Agreement = "exact" if total == deposit.cents else "conflict"
    return DepositEvidence("amount", dollars(deposit.cents), dollars(total), agreement)


def _day(deposit: Deposit, payments: Sequence[Payment]) -> DepositEvidence:
    last = max(payment.day for payment in payments)
    late = (deposit.day - last).days
    usual = USUAL_DAYS[0] <= late <= USUAL_DAYS[1]
    agreement: Agreement = "exact" if not late else "similar" if usual or deposit.checks else "conflict"
    return DepositEvidence("date", deposit.day.isoformat(), last.isoformat(), agreement)


def _company_id(deposit: Deposit, payment: Payment) -> DepositEvidence:
    """The bank shows TRN03 where the payer sends its money itself; a vendor has an id of its own."""
    ours, theirs = normalised(deposit.company_id), normalised(payment.originator)
    agreement: Agreement = "absent" if not (ours and theirs) else "exact" if ours == theirs else "conflict"
    return DepositEvidence("company_id", deposit.company_id or None, payment.originator or None, agreement)


def _company_name(deposit: Deposit, payment: Payment) -> DepositEvidence:
    """The bank cuts the name and puts the entry's description behind it."""
    likeness = name_similarity(deposit, payment)
    agreement: Agreement = "absent" if likeness is None else "similar" if likeness >= LIKE else "conflict"
    if normalised(deposit.company_name) == normalised(payment.payer_name) and likeness is not None:
        agreement = "exact"
    values = deposit.company_name or None, payment.payer_name or None
    return DepositEvidence("company_name", *values, agreement, likeness)

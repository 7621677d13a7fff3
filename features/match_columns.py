"""Claims and claim payments as columns: what a match compares, cleaned once per record instead of once per pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from features.match_keys import MEMBER_CHARACTERS, cents, line_control_numbers, normalised
from features.x12.records import Claim, ClaimLine, ClaimPayment, PaymentLine

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]
Record = TypeVar("Record")


@dataclass(frozen=True)
class Columns:
    """Both kinds of record under the same names; text is upper case, absent text is ``""``, absent numbers NaN."""

    raw_control: Objects  # CLM01 or CLP01, as received
    control: Objects  # without case, punctuation and leading zeros
    member: Objects
    member_root: Objects
    last: Objects
    first: Objects
    payer: Objects
    payer_name: Objects
    provider: Objects  # billing provider or payee
    rendering: Objects
    facility: Objects
    frequency: Objects
    payer_number: Objects  # REF*F8 of the claim, CLP07 of the payment
    charge: Floats  # in hundredths, without sign
    paid: Floats  # in hundredths, signed; NaN of a claim
    channel: Objects  # "835", "paper" or "stub"; "" of a claim
    remittance: Objects  # payer and trace number; "" of a claim
    service_from: Floats  # days since 1970
    service_to: Floats
    day: Floats  # submitted, or paid
    other_payers: Objects  # frozensets of payer ids: who else covers the claim
    procedures: Objects  # frozensets
    priced: Objects  # frozensets of (procedure, hundredths)
    modified: Objects  # frozensets of (procedure, modifiers)
    line_controls: Objects  # frozensets

    def __len__(self) -> int:
        return int(self.charge.size)


def claim_columns(claims: Sequence[Claim]) -> Columns:
    """Columns (n,) of n claims."""
    return Columns(
        **_shared(claims),
        paid=np.full(len(claims), np.nan),
        channel=_objects("" for _ in claims),
        remittance=_objects("" for _ in claims),
        provider=_text(claims, lambda claim: claim.billing_npi),
        payer_number=_text(claims, lambda claim: claim.original_reference),
        day=_days(claims, lambda claim: claim.submitted),
        other_payers=_objects(_other_payers(claim) for claim in claims),
        procedures=_objects(frozenset(_code(line) for line in claim.lines) for claim in claims),
        **_line_sets(claims, _code),
    )  # fmt: skip


def payment_columns(payments: Sequence[ClaimPayment]) -> Columns:
    """Columns (n,) of n claim payments; ``other_payers`` is empty: an 835 names only its own payer."""
    return Columns(
        **_shared(payments),
        paid=_floats(None if payment.paid is None else payment.paid * 100 for payment in payments),
        channel=_objects(payment.channel for payment in payments),
        remittance=_objects(f"{payment.payer_id}/{payment.trace_number}" for payment in payments),
        provider=_text(payments, lambda payment: payment.payee_npi),
        payer_number=_text(payments, lambda payment: payment.payer_claim_number),
        day=_days(payments, lambda payment: payment.payment_date),
        other_payers=_objects(frozenset[str]() for _ in payments),
        procedures=_objects(frozenset(_billed(line) for line in payment.lines) for payment in payments),
        **_line_sets(payments, _billed),
    )


def _shared(records: Sequence[Any]) -> dict[str, Any]:
    """The columns that both kinds of record have under the same name."""
    members = [normalised(record.subscriber_id) for record in records]
    return {
        "raw_control": _objects((record.claim_id or "").strip() for record in records),
        "control": _text(records, lambda record: record.claim_id),
        "member": _objects(members),
        "member_root": _objects(member[:MEMBER_CHARACTERS] for member in members),
        "last": _text(records, lambda record: record.patient_last),
        "first": _text(records, lambda record: record.patient_first),
        "payer": _text(records, lambda record: record.payer_id),
        "payer_name": _objects((record.payer_name or "").upper() for record in records),
        "rendering": _text(records, lambda record: record.rendering_npi),
        "facility": _text(records, lambda record: record.facility_code),
        "frequency": _text(records, lambda record: record.frequency),
        "charge": _floats(cents(record.charge) for record in records),
        "service_from": _days(records, lambda record: record.service_from),
        "service_to": _days(records, lambda record: record.service_to),
    }


def _line_sets(records: Sequence[Any], code: Callable[[Any], str]) -> dict[str, Any]:
    return {
        "priced": _objects(frozenset((code(line), cents(line.charge)) for line in record.lines) for record in records),
        "modified": _objects(frozenset((code(line), *line.modifiers) for line in record.lines) for record in records),
        "line_controls": _objects(frozenset(line_control_numbers(record.lines)) for record in records),
    }  # fmt: skip


def _other_payers(claim: Claim) -> frozenset[str]:
    return frozenset(normalised(other.payer_id) for other in claim.prior_payers)


def _code(line: ClaimLine) -> str:
    return line.procedure or line.revenue_code or ""


def _billed(line: PaymentLine) -> str:
    """What was billed: payers may adjudicate another procedure, and keep the billed one in SVC06."""
    return line.original_procedure or line.procedure or line.revenue_code or ""


def _objects(values: Iterable[Any]) -> Objects:
    listed = list(values)
    column = np.empty(len(listed), dtype=object)
    column[:] = listed
    return column


def _text(records: Sequence[Record], value: Callable[[Record], str | None]) -> Objects:
    return _objects(normalised(value(record)) for record in records)


def _floats(values: Iterable[int | Decimal | None]) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _days(records: Sequence[Record], value: Callable[[Record], date | None]) -> Floats:
    return _floats(None if (day := value(record)) is None else day.toordinal() for record in records)

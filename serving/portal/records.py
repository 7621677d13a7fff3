"""Plain values to the records that the X12 readers give, with the same checks of codes and sums."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from features.x12.balances import ZERO, claim_balance, line_balance
from features.x12.codes import ADJUSTMENT_GROUPS, CLAIM_STATUSES
from features.x12.place import Place
from features.x12.records import Adjustment, Claim, ClaimPayment, Problem, Remittance, Source
from serving.amounts import read_amount
from serving.decoding import fault_of
from serving.inputs import ClaimInput, PaymentInput, lenient
from serving.portal.refusals import PartError

One = TypeVar("One", Claim, ClaimPayment, Remittance)
NO_CHARACTER = "holds what is no character: a byte that is not UTF-8, or half of a surrogate pair"
INPUTS: dict[type[Any], type[Any]] = {
    Claim: ClaimInput,
    ClaimPayment: PaymentInput,
    Remittance: lenient(Remittance),
}


def record_of(value: Any, kind: type[One]) -> One:
    """The record of a plain object; raises PartError with a JSON pointer inside it."""
    try:
        encoded = msgspec.json.encode(msgspec.convert(value, INPUTS[kind], dec_hook=_exact))
    except msgspec.ValidationError as error:
        fault = fault_of(str(error))
        raise PartError(fault.pointer or "", fault.detail) from None
    except UnicodeEncodeError:  # in a value, or in the name of a field
        raise PartError("", NO_CHARACTER) from None
    if rb"\u0000" in encoded:
        raise PartError("", "holds the character U+0000, which no database keeps")
    return msgspec.json.decode(encoded, type=kind)


def _exact(type_: type, value: Any) -> Any:
    """An amount: a decimal is one that was read out of a JSON number, and fits."""
    return value if isinstance(value, Decimal) else read_amount(type_, value)


def checked(
    record: Claim | ClaimPayment | Remittance, file: str, place: int
) -> Iterator[Claim | ClaimPayment | Remittance | Problem]:
    """The record with its source and its sums looked at, and before it what is wrong with it.

    The problems are those of an X12 file, with the same codes: nothing is left out of the record for them.
    """
    at = Place(file)
    if isinstance(record, Remittance):
        if not record.balanced:
            at.report("payment-unbalanced", place)
        yield from (one for one in at.records if isinstance(one, Problem))
        yield replace(record, source=Source(file, segment=place))
        return
    record = _dated(record)
    if isinstance(record, Claim):
        record = _with_patient(record)
    if isinstance(record, Claim):
        found: Claim | ClaimPayment = replace(record, source=Source(file, segment=place))
        _check_claim(record, at, place)
    else:
        found = _payment(record, at, place)
    if not (record.claim_id or "").strip():
        at.report("identifier-missing", place)
    yield from (one for one in at.records if isinstance(one, Problem))
    yield found


def _dated(record: Claim | ClaimPayment) -> Claim | ClaimPayment:
    """With the first and the last day of its lines where it names none of its own; a line of one day ends on it."""
    lines: Any = tuple(
        replace(line, service_to=line.service_from) if line.service_to is None else line
        for line in record.lines
    )
    starts = [line.service_from for line in lines if line.service_from]
    ends = [line.service_to for line in lines if line.service_to]
    return replace(
        record,
        lines=lines,
        service_from=record.service_from or min(starts, default=None),
        service_to=record.service_to or max(ends, default=None),
    )


def _with_patient(claim: Claim) -> Claim:
    """The patient is the subscriber where nobody else is named, as in an 837."""
    if claim.patient_last is not None or claim.patient_first is not None:
        return claim
    return replace(claim, patient_last=claim.subscriber_last, patient_first=claim.subscriber_first)


def _check_claim(claim: Claim, at: Place, place: int) -> None:
    if claim.charge is None:
        at.report("amount-missing", place)
    elif claim.lines and claim.charge != sum((line.charge or ZERO for line in claim.lines), ZERO):
        at.report("claim-charge-differs", place)
    for payer in claim.prior_payers:
        _check_groups((*payer.adjustments, *payer.line_adjustments), at, place)


def _payment(payment: ClaimPayment, at: Place, place: int) -> ClaimPayment:
    if payment.status not in CLAIM_STATUSES:
        at.report("unknown-code", place)
    _check_groups(payment.adjustments, at, place)
    lines = []
    for line in payment.lines:
        _check_groups(line.adjustments, at, place)
        balanced = line_balance(at, place, line.charge, line.paid, _total(line.adjustments))
        lines.append(replace(line, balanced=balanced))
    adjusted = _total(payment.adjustments) + sum((_total(line.adjustments) for line in lines), ZERO)
    balanced = claim_balance(at, place, payment.charge, payment.paid, adjusted)
    remarks = tuple(dict.fromkeys([*payment.remarks, *(code for line in lines for code in line.remarks)]))
    return replace(
        payment,
        lines=tuple(lines),
        balanced=balanced,
        remarks=remarks,
        source=Source(file=at.file, segment=place),
    )


def _check_groups(adjustments: tuple[Adjustment, ...], at: Place, place: int) -> None:
    if any(one.group not in ADJUSTMENT_GROUPS for one in adjustments):
        at.report("unknown-code", place)


def _total(adjustments: tuple[Adjustment, ...]) -> Decimal:
    return sum((one.amount for one in adjustments), ZERO)

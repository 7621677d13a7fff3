"""Remittances around claim payments: what they say for all of these, and whether the payments add up to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import NODEFAULT, Meta, field
from msgspec.structs import replace

from features.x12.balances import ZERO
from features.x12.records import Claim, ClaimPayment, Remittance
from serving.inputs import PaymentInput, lenient
from serving.portal.records import record_of
from serving.portal.refusals import PartError

SHARED = ("trace_number", "payment_date", "payer_name", "payer_id", "payee_npi")
"""What a claim payment takes from its remittance."""
MOST_PAYMENTS = 10_000  # of one remittance, which is what an 835 may hold


def _own_fields() -> list[tuple[str, Any, Any]]:
    found = msgspec.structs.fields(lenient(Remittance))
    return [(one.name, one.type, _default(one)) for one in found if one.name != "claim_payments"]


def _default(one: msgspec.structs.FieldInfo) -> Any:
    return one.default if one.default_factory is NODEFAULT else field(default_factory=one.default_factory)


RemittanceInput = msgspec.defstruct(
    "RemittanceInput",
    [
        *_own_fields(),
        ("claim_payments", Annotated[tuple[PaymentInput, ...], Meta(max_length=MOST_PAYMENTS)], ()),
    ],
    namespace={"__doc__": "A remittance with its claim payments, which take from it what they do not say."},
    kw_only=True,
    forbid_unknown_fields=True,
    tag="remittance",
    tag_field="kind",
)
"""For the contract: what a remittance may hold. It is read part by part, so that one bad payment loses no other."""
Read = Callable[[], Claim | ClaimPayment | Remittance]


def remittance_parts(value: Any, where: str, ordinal: int) -> Iterator[tuple[int, Read]]:
    """The parts of a remittance that is an object with its payments in ``claim_payments``: these, then itself.

    Where its own fields do not fit it is refused with its payments, as a transaction of an 835 is. A payment that does
    not fit is refused alone, and missing in the sum.
    """
    try:
        head, inside = _parted(value)
    except PartError as refusal:
        told = PartError(f"{where}{refusal.where}", refusal.what)
        yield ordinal, lambda: _refuse(told)
        return
    taken: list[ClaimPayment] = []
    for place, one in enumerate(inside):
        yield ordinal + place + 1, _payment(one, f"{where}/claim_payments/{place}", head, taken)
    yield ordinal, lambda: summed(head, taken)


def summed(head: Remittance, payments: Sequence[ClaimPayment]) -> Remittance:
    """The remittance with its payments counted, and whether they add up to it: an absent amount says nothing."""
    total = sum((one.paid or ZERO for one in payments), ZERO)
    total -= sum((one.amount for one in head.provider_adjustments), ZERO)
    amount = head.payment_amount
    balanced = amount is None or amount == total or (head.credit_debit == "D" and -amount == total)
    return replace(head, claim_payments=len(payments), balanced=balanced)


def _refuse(refusal: PartError) -> Claim:
    raise refusal


def _parted(value: Any) -> tuple[Remittance, Sequence[Any]]:
    if not isinstance(value, dict):
        raise PartError("", "is no object")
    inside = value.get("claim_payments", [])
    if not isinstance(inside, list):
        raise PartError("/claim_payments", "is no list")
    if len(inside) > MOST_PAYMENTS:
        raise PartError("/claim_payments", f"should have length <= {MOST_PAYMENTS}")
    return record_of({**value, "claim_payments": len(inside)}, Remittance), inside


def _payment(value: Any, where: str, head: Remittance, taken: list[ClaimPayment]) -> Read:
    def read() -> ClaimPayment:
        if not isinstance(value, dict):
            raise PartError(where, "is no object")
        try:
            payment = within(record_of(value, ClaimPayment), head)
        except PartError as refusal:
            raise PartError(f"{where}{refusal.where}", refusal.what) from None
        taken.append(payment)
        return payment

    return read


def within(payment: ClaimPayment, head: Remittance) -> ClaimPayment:
    """The payment with what its remittance says; raises PartError where it says otherwise."""
    for name in SHARED:
        if getattr(payment, name) not in (None, getattr(head, name)):
            raise PartError(f"/{name}", "is not what its remittance says")
    said: Mapping[str, Any] = {name: getattr(head, name) for name in SHARED}
    return replace(payment, **said)

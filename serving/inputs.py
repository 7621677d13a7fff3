"""The records as callers send them: the same JSON that ``python -m features read`` prints, absent fields allowed.

For each record type a subtype is derived whose optional fields have defaults, so that decoding is one pass in
msgspec, and what comes out is a record like any other. An unknown field is refused: a misspelt one would be read as
absent, and then scored as such. Every field is bounded, well above what the standard allows a file to hold.
"""

from __future__ import annotations

import types
import typing
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import NODEFAULT, Meta, Struct

from features.x12.records import Claim, ClaimPayment, Source
from serving.amounts import Amount
from serving.decoding import MOST_ITEMS
from serving.items import Action
from serving.monitor.records import BlindAction, LateSource

LONGEST_ID, LONGEST_TEXT, LONGEST_REASON = 200, 255, 2000
LARGEST_NUMBER = 999_999_999
MOST_LINES = 1000  # an institutional claim has at most 999
MOST_CLAIMS = 1000  # that one payment is matched against
MOST = {
    "lines": MOST_LINES,
    "adjustments": MOST_LINES,
    "line_adjustments": MOST_LINES,
    "remarks": MOST_LINES,
    "provider_adjustments": MOST_LINES,
    "diagnoses": 50,
    "prior_payers": 25,
    "modifiers": 10,
    "diagnosis_pointers": 12,
}
"""Entries of each list of a record."""

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]
Reviewer = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)] | None
"""Who decides: needed where nobody is asked who they are; elsewhere the caller's own name stands, whatever is given."""
OptionalText = Annotated[str, Meta(max_length=LONGEST_ID)] | None
Why = Annotated[str, Meta(max_length=LONGEST_REASON)] | None

_derived: dict[type[Struct], type[Struct]] = {}


def lenient(record: type[Struct]) -> type[Struct]:
    """The subtype of a record type that may be decoded with fields left out."""
    if record not in _derived:
        hints = typing.get_type_hints(record)
        fields = [_field(field, hints[field.name]) for field in msgspec.structs.fields(record)]
        config = record.__struct_config__
        _derived[record] = msgspec.defstruct(
            f"{record.__name__}Input",
            fields,
            bases=(record,),
            namespace={"__doc__": record.__doc__},
            frozen=True,
            gc=False,
            kw_only=True,
            forbid_unknown_fields=True,
            tag=config.tag,
            tag_field=config.tag_field,
        )
    return _derived[record]


def _field(field: msgspec.structs.FieldInfo, hint: Any) -> tuple[str, Any] | tuple[str, Any, Any]:
    """The field with its default: what is optional is None or empty, what is needed stays needed."""
    bounded = _bounded(hint, field.name)
    if hint is Source:
        return field.name, bounded, msgspec.field(default_factory=_no_source)
    if typing.get_origin(hint) is tuple:
        return field.name, bounded, ()
    if field.name == "balanced":
        return field.name, bounded, True
    if field.name == "number":
        return field.name, bounded, 1
    if type(None) in typing.get_args(hint):
        return field.name, bounded, None
    return (field.name, bounded) if field.default is NODEFAULT else (field.name, bounded, field.default)


def _bounded(hint: Any, name: str) -> Any:
    """The same type with its bounds: lengths of texts and lists, sizes of numbers, days that are credible."""
    if typing.get_origin(hint) is types.UnionType:
        return typing.Union[tuple(_bounded(one, name) for one in typing.get_args(hint))]  # noqa: UP007
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return Annotated[tuple[_bounded(inner, name), ...], Meta(max_length=MOST[name])]  # type: ignore[misc]
    if isinstance(hint, type) and issubclass(hint, Struct):
        return lenient(hint)
    return BOUNDED.get(hint, hint)


BOUNDED: dict[Any, Any] = {
    str: Annotated[str, Meta(max_length=LONGEST_TEXT)],
    int: Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)],
    Decimal: Amount,
}


def _no_source() -> Struct:
    return lenient(Source)(file="request")


_LenientClaim = lenient(Claim)
_LenientPayment = lenient(ClaimPayment)
if typing.TYPE_CHECKING:
    ClaimInput = Claim
    PaymentInput = ClaimPayment
else:
    ClaimInput, PaymentInput = _LenientClaim, _LenientPayment


class ClaimItem(Struct, frozen=True, forbid_unknown_fields=True):
    """One claim to score."""

    claim: ClaimInput
    id: OptionalText = None  # the caller's own, given back


class PaymentItem(Struct, frozen=True, forbid_unknown_fields=True):
    """One claim payment to match; with ``claims`` against these, else against the store's."""

    claim_payment: PaymentInput
    id: OptionalText = None
    claims: Annotated[tuple[ClaimInput, ...], Meta(max_length=MOST_CLAIMS)] | None = None


class ClaimItems(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /v1/denial-risk``."""

    items: Annotated[tuple[ClaimItem, ...], Meta(min_length=1, max_length=MOST_ITEMS)]


class PaymentItems(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /v1/remittance-match``; with ``evidence`` each answer says what its fields weigh."""

    items: Annotated[tuple[PaymentItem, ...], Meta(min_length=1, max_length=MOST_ITEMS)]
    evidence: bool = False


class DecisionInput(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /v1/items/{id}/decision``."""

    action: Action
    reviewer: Reviewer = None
    claim_reference: OptionalText = None
    reason: Why = None


class UndoInput(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /v1/items/{id}/undo``."""

    reason: Annotated[str, Meta(min_length=1, max_length=LONGEST_REASON)]
    reviewer: Reviewer = None


class CheckInput(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /v1/blind-checks/{id}``."""

    action: BlindAction
    reviewer: Reviewer = None
    claim_reference: OptionalText = None
    reason: Why = None


class VerdictInput(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /v1/items/{id}/verdict``."""

    source: LateSource
    wrong: bool
    reviewer: Reviewer = None
    reason: Why = None


def claims_of(items: ClaimItems) -> list[Claim]:
    """The claims, in their order."""
    return [item.claim for item in items.items]

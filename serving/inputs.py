"""The records as callers send them: the same JSON that ``python -m features read`` prints, absent fields allowed.

For each record type a subtype is derived whose optional fields have defaults, so that decoding is one pass in
msgspec, and what comes out is a record like any other. An unknown field is refused: a misspelt one would be read as
absent, and then scored as such.
"""

from __future__ import annotations

import typing
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct

from features.x12.records import Claim, ClaimPayment, Source
from serving.items import Action

LONGEST_ID = 200

_derived: dict[type[Struct], type[Struct]] = {}


def lenient(record: type[Struct]) -> type[Struct]:
    """The subtype of a record type that may be decoded with fields left out."""
    if record not in _derived:
        hints = typing.get_type_hints(record)
        fields = [_field(field, hints[field.name]) for field in msgspec.structs.fields(record)]
        config = record.__struct_config__
        _derived[record] = msgspec.defstruct(
            record.__name__,
            fields,
            bases=(record,),
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
    arguments = typing.get_args(hint)
    if hint is Source:
        return field.name, lenient(Source), msgspec.field(default_factory=_no_source)
    if typing.get_origin(hint) is tuple:
        inner = arguments[0]
        nested = isinstance(inner, type) and issubclass(inner, Struct)
        return field.name, tuple[lenient(inner), ...] if nested else hint, ()  # type: ignore[misc]
    if field.name == "balanced":
        return field.name, hint, True
    if field.name == "number":
        return field.name, hint, 1
    if type(None) in arguments:
        return field.name, hint, None
    return (field.name, hint) if field.default is NODEFAULT else (field.name, hint, field.default)


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
    id: str | None = None  # the caller's own, given back


class PaymentItem(Struct, frozen=True, forbid_unknown_fields=True):
    """One claim payment to match; with ``claims`` against these, else against the store's."""

    claim_payment: PaymentInput
    id: str | None = None
    claims: tuple[ClaimInput, ...] | None = None


class ClaimItems(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /v1/denial-risk``."""

    items: tuple[ClaimItem, ...]


class PaymentItems(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /v1/remittance-match``; with ``evidence`` each answer says what its fields weigh."""

    items: tuple[PaymentItem, ...]
    evidence: bool = False


class DecisionInput(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /v1/items/{id}/decision``."""

    action: Action
    reviewer: typing.Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)]
    claim_reference: str | None = None
    reason: typing.Annotated[str, msgspec.Meta(max_length=2000)] | None = None


def claims_of(items: ClaimItems) -> list[Claim]:
    """The claims, in their order."""
    return [item.claim for item in items.items]

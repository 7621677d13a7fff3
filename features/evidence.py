"""What a person reads beside a score: reasons, and the agreement of two records field by field."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from features.precedents import Precedent

Agreement = Literal["exact", "normalised", "similar", "absent", "conflict"]


class FieldEvidence(Struct, frozen=True):
    """How one field of a claim payment agrees with the same field of a candidate claim.

    ``absent``: at least one side has no value. ``normalised``: equal after clean-up (case, padding, punctuation).
    """

    field: str  # the field's name in the records: "claim_id", "subscriber_id", "service_from", "charge" ...
    payment_value: str | None
    claim_value: str | None
    agreement: Agreement
    similarity: float | None  # 0..1, where the field is compared by likeness
    weight: float | None = (
        None  # its share of the candidate's log-odds, signed; None where no model has weighed it
    )


class Shown(Struct, frozen=True):
    """A value of the item that a reason speaks of."""

    label: str  # "Prior authorization"
    value: str


class Reason(Struct, frozen=True):
    """One business reason for a score or a lane, in words without patient data."""

    code: str  # kebab-case, stable: "authorization-missing", "runner-up-as-good"
    text: str  # a sentence for a reviewer
    weight: float | None = None  # its share of the score in log-odds, signed; None for a rule
    values: tuple[Shown, ...] = ()  # what the item itself says about it: patient data, for the reviewer alone
    precedent: Precedent | None = None  # what happened to others like it

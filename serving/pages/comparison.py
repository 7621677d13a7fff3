"""A claim payment beside a candidate claim, field by field: pure functions over the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from features.evidence import FieldEvidence
from serving.pages.formatting import money
from serving.pages.looks import Mark, agreement, differing
from serving.pages.weights import Weight, drawn, largest

FIELDS: Mapping[str, str] = {
    "claim_id": "Claim control number",
    "payer_claim_number": "Payer’s claim number",
    "original_reference": "Original reference",
    "subscriber_id": "Member ID",
    "patient_last": "Patient’s last name",
    "patient_first": "Patient’s first name",
    "service_from": "Service from",
    "service_to": "Service to",
    "charge": "Billed amount",
    "payer_id": "Payer ID",
    "payer_name": "Payer",
    "rendering_npi": "Rendering NPI",
    "payee_npi": "Billing NPI",
    "billing_npi": "Billing NPI",
    "facility_code": "Place of service",
    "frequency": "Frequency code",
    "filing_indicator": "Filing indicator",
    "procedures": "Procedures",
    "modifiers": "Procedures with modifiers",
    "line_controls": "Line control numbers",
}
_MONEY_FIELDS = frozenset({"charge", "paid", "patient_responsibility", "amount"})
ALIKE = 0.2  # of the largest weight, by which the weights of one value may differ between candidates without a word
Pieces = tuple[tuple[str, bool], ...]


def field_label(field: str) -> str:
    """A field's name as a biller says it; an unlisted one with its underscores opened.

    >>> field_label("subscriber_id"), field_label("line_count")
    ('Member ID', 'Line count')
    """
    return FIELDS.get(field) or field.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Side:
    """One candidate's value in pieces, each with whether it differs from the payment's, the mark and the weight."""

    value: Pieces
    mark: Mark
    weight: Weight | None


@dataclass(frozen=True)
class Comparison:
    """One row of the comparison: the payment, the claim beside it and, where there is one, another candidate."""

    label: str
    payment: Pieces
    claim: Side
    other: Side | None
    other_is_same: bool  # the other candidate has the value of this one
    other_weight: Weight | None  # None where it only repeats this one's

    @property
    def mark(self) -> Mark:
        """Of the claim beside the payment."""
        return self.claim.mark


def comparisons(
    shown: Sequence[FieldEvidence], other: Sequence[FieldEvidence] = ()
) -> tuple[Comparison, ...]:
    """The rows of the comparison of a candidate, with another one beside it; the bars of both have one scale."""
    beside = {one.field: one for one in other}
    most = largest(shown, other)
    return tuple(_compared(one, beside.get(one.field), most) for one in shown)


def _compared(evidence: FieldEvidence, other: FieldEvidence | None, most: float) -> Comparison:
    payment = _shown(evidence.field, evidence.payment_value)
    claim = _shown(evidence.field, evidence.claim_value)
    differs = evidence.agreement in ("similar", "conflict")
    return Comparison(
        label=field_label(evidence.field),
        payment=differing(payment, claim) if differs else ((payment, False),),
        claim=_side(evidence, most),
        other=_side(other, most) if other else None,
        other_is_same=_repeats(evidence, other),
        other_weight=drawn(other.weight, most) if other and not _repeats(evidence, other, most) else None,
    )


def _repeats(evidence: FieldEvidence, other: FieldEvidence | None, most: float | None = None) -> bool:
    """Whether another candidate has the same value and, where ``most`` is the largest weight, about the same weight."""
    if other is None or other.claim_value != evidence.claim_value:
        return False
    apart = abs((other.weight or 0.0) - (evidence.weight or 0.0))
    return most is None or apart <= ALIKE * most


def _side(evidence: FieldEvidence, most: float) -> Side:
    """Only values that are not the same have pieces marked."""
    payment = _shown(evidence.field, evidence.payment_value)
    claim = _shown(evidence.field, evidence.claim_value)
    differs = evidence.agreement in ("similar", "conflict")
    return Side(
        value=differing(claim, payment) if differs else ((claim, False),),
        mark=agreement(evidence.agreement, evidence.similarity),
        weight=drawn(evidence.weight, most),
    )


def _shown(field: str, value: str | None) -> str:
    if not value or field not in _MONEY_FIELDS:
        return value or ""
    try:
        return money(Decimal(value))
    except InvalidOperation:
        return value


def agreement_summary(evidence: Sequence[FieldEvidence]) -> str:
    """A candidate in one line: how much agrees, and by name what does not.

    >>> agreement_summary([FieldEvidence("charge", "80", "80", "exact", None),
    ...                    FieldEvidence("claim_id", "A1", "B2", "conflict", None)])
    '1 of 2 fields agree; differs: Claim control number'
    """
    counts = Counter(row.agreement for row in evidence)
    parts = [f"{counts['exact'] + counts['normalised']} of {len(evidence)} fields agree"]
    for kind, word in (("conflict", "differs"), ("similar", "similar")):
        fields = [field_label(row.field) for row in evidence if row.agreement == kind]
        if fields:
            more = f" and {len(fields) - 2} more" if len(fields) > 2 else ""
            parts.append(f"{word}: {', '.join(fields[:2])}{more}")
    return "; ".join(parts)

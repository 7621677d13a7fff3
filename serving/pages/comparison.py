"""A claim payment beside a candidate claim, field by field: pure functions over the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from features.evidence import FieldEvidence
from serving.pages.formatting import money
from serving.pages.looks import Mark, agreement, differing

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
}
_MONEY_FIELDS = frozenset({"charge", "paid", "patient_responsibility", "amount"})
Pieces = tuple[tuple[str, bool], ...]


def field_label(field: str) -> str:
    """A field's name as a biller says it; an unlisted one with its underscores opened.

    >>> field_label("subscriber_id"), field_label("line_count")
    ('Member ID', 'Line count')
    """
    return FIELDS.get(field) or field.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Comparison:
    """One row of the comparison: both values in pieces, each with whether it differs, and the mark."""

    label: str
    payment: Pieces
    claim: Pieces
    mark: Mark


def compare(evidence: FieldEvidence) -> Comparison:
    """The row of the comparison for one field; only values that are not the same have pieces marked."""
    payment = _shown(evidence.field, evidence.payment_value)
    claim = _shown(evidence.field, evidence.claim_value)
    mark = agreement(evidence.agreement, evidence.similarity)
    label = field_label(evidence.field)
    if evidence.agreement in ("similar", "conflict"):
        return Comparison(label, differing(payment, claim), differing(claim, payment), mark)
    return Comparison(label, ((payment, False),), ((claim, False),), mark)


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

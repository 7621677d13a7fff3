"""How a claim payment and a claim agree, field by field, in the form that a person reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

from features.evidence import Agreement, FieldEvidence
from features.match_keys import (
    KEPT_CHARACTERS,
    MEMBER_CHARACTERS,
    cents,
    line_control_numbers,
    normalised,
)
from features.x12.records import Claim, ClaimPayment

LIKE = 0.85  # similarity from which two texts count as alike
NEAR_DAYS = 7  # days within which two dates do
SHORTEST_PREFIX = 6  # characters that still say something when a text is cut


def field_evidence(payment: ClaimPayment, claim: Claim) -> tuple[FieldEvidence, ...]:
    """The fields that a reviewer compares, the most telling first."""
    return (
        _control_number(payment.claim_id, claim.claim_id),
        _member(payment.subscriber_id, claim.subscriber_id),
        _name("patient_last", payment.patient_last, claim.patient_last),
        _name("patient_first", payment.patient_first, claim.patient_first),
        _day("service_from", payment.service_from, claim.service_from),
        _day("service_to", payment.service_to, claim.service_to),
        _charge(payment.charge, claim.charge),
        _services(payment, claim),
        _modifiers(payment, claim),
        _line_controls(payment, claim),
        _identifier("payer_id", payment.payer_id, claim.payer_id),
        _identifier("billing_npi", payment.payee_npi, claim.billing_npi),
        _identifier("rendering_npi", payment.rendering_npi, claim.rendering_npi),
        _identifier("facility_code", payment.facility_code, claim.facility_code),
        _identifier("frequency", payment.frequency, claim.frequency),
    )


def _control_number(ours: str | None, theirs: str | None) -> FieldEvidence:
    """A payer may keep 20 characters, pad with zeros or put a prefix before it: that is still the same number."""
    one, other = normalised(ours), normalised(theirs)
    short, long = sorted((one, other), key=len)
    cut = len(short) >= SHORTEST_PREFIX and (
        long.endswith(short) or (long.startswith(short) and len((ours or "").strip()) >= KEPT_CHARACTERS - 1)
    )
    return _compared("claim_id", ours, theirs, same=one == other or cut, likeness=_osa(one, other))


def _member(ours: str | None, theirs: str | None) -> FieldEvidence:
    """Payers lose the suffix that tells the members of a family apart."""
    one, other = normalised(ours), normalised(theirs)
    root = len(one) >= MEMBER_CHARACTERS and one[:MEMBER_CHARACTERS] == other[:MEMBER_CHARACTERS]
    suffix = root and (one.startswith(other) or other.startswith(one))
    likeness = Levenshtein.normalized_similarity(one, other)
    return _compared("subscriber_id", ours, theirs, same=one == other or suffix, likeness=likeness)


def _name(field: str, ours: str | None, theirs: str | None) -> FieldEvidence:
    one, other = normalised(ours), normalised(theirs)
    likeness = JaroWinkler.normalized_similarity(one, other)
    return _compared(field, ours, theirs, same=one == other, likeness=likeness)


def _identifier(field: str, ours: str | None, theirs: str | None) -> FieldEvidence:
    """Codes agree or they do not: a likeness would mislead."""
    return _compared(field, ours, theirs, same=normalised(ours) == normalised(theirs), likeness=None)


def _day(field: str, ours: date | None, theirs: date | None) -> FieldEvidence:
    if ours is None or theirs is None:
        return FieldEvidence(field, _text(ours), _text(theirs), "absent", None)
    apart = abs((ours - theirs).days)
    agreement: Agreement = "exact" if not apart else "similar" if apart <= NEAR_DAYS else "conflict"
    return FieldEvidence(field, ours.isoformat(), theirs.isoformat(), agreement, None)


def _charge(ours: Decimal | None, theirs: Decimal | None) -> FieldEvidence:
    """A reversal takes back the charge with its sign turned; a split payment states a part of it."""
    one, other = cents(ours), cents(theirs)
    if one is None or other is None:
        return FieldEvidence("charge", _text(ours), _text(theirs), "absent", None)
    likeness = min(one, other) / max(one, other, 1) if one != other else 1.0
    agreement: Agreement = "conflict"
    if one == other:
        agreement = "exact" if ours == theirs else "normalised"
    elif likeness >= LIKE:
        agreement = "similar"
    return FieldEvidence("charge", _text(ours), _text(theirs), agreement, likeness)


def _services(payment: ClaimPayment, claim: Claim) -> FieldEvidence:
    """Procedure codes as billed, each once; the likeness is the shared share."""
    ours = {line.original_procedure or line.procedure or line.revenue_code or "" for line in payment.lines}
    theirs = {line.procedure or line.revenue_code or "" for line in claim.lines}
    return _sets("procedures", ours - {""}, theirs - {""})


def _modifiers(payment: ClaimPayment, claim: Claim) -> FieldEvidence:
    """Procedures with their modifiers; the likeness is the shared share."""
    ours = {
        _modified(line.original_procedure or line.procedure, line.modifiers)
        for line in payment.lines
        if line.procedure
    }
    theirs = {_modified(line.procedure, line.modifiers) for line in claim.lines if line.procedure}
    return _sets("modifiers", ours, theirs)


def _modified(procedure: str | None, modifiers: tuple[str, ...]) -> str:
    return "-".join((procedure or "", *modifiers))


def _line_controls(payment: ClaimPayment, claim: Claim) -> FieldEvidence:
    """Line control numbers (REF*6R) that are more than a line's ordinal; the likeness is the shared share."""
    ours, theirs = (set(line_control_numbers(side.lines)) for side in (payment, claim))
    return _sets("line_controls", ours, theirs)


def _sets(field: str, ours: set[str], theirs: set[str]) -> FieldEvidence:
    shown = (", ".join(sorted(ours)) or None, ", ".join(sorted(theirs)) or None)
    if not ours or not theirs:
        return FieldEvidence(field, *shown, "absent", None)
    shared = len(ours & theirs) / len(ours | theirs)
    agreement: Agreement = "exact" if shared == 1 else "similar" if shared > 0 else "conflict"
    return FieldEvidence(field, *shown, agreement, shared)


def _compared(
    field: str, ours: str | None, theirs: str | None, *, same: bool, likeness: float | None
) -> FieldEvidence:
    one, other = (ours or "").strip(), (theirs or "").strip()
    if not normalised(one) or not normalised(other):
        return FieldEvidence(field, one or None, other or None, "absent", None)
    agreement: Agreement = "conflict"
    if one == other:
        agreement = "exact"
    elif same:
        agreement = "normalised"
    elif likeness is not None and likeness >= LIKE:
        agreement = "similar"
    return FieldEvidence(field, one, other, agreement, likeness)


def _osa(one: str, other: str) -> float:
    return OSA.normalized_similarity(one, other)


def _text(value: object) -> str | None:
    return None if value is None else str(value)

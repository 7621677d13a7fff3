"""What a claim itself says about a subject of its denial risk, as a biller would read it off the claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from features.evidence import Shown
from features.x12.records import Claim, ClaimLine

NONE: Final = "none"
MOST_LINES: Final = 6  # that are spelled out


def values_of(claim: Claim, subject: str) -> tuple[Shown, ...]:
    """Labels and values, those that the claim has; none for a subject that is not about a field.

    >>> from tests.support.builders import make_claim
    >>> values_of(make_claim(), "authorization")
    (Shown(label='Prior authorization', value='none'), Shown(label='Services', value='99213-25, 73562'))
    """
    reader = _READERS.get(subject)
    pairs = reader(claim) if reader else ()
    return tuple(Shown(label, value) for label, value in pairs if value)


Pairs = tuple[tuple[str, str | None], ...]


def _authorization(claim: Claim) -> Pairs:
    return ("Prior authorization", claim.prior_authorization or NONE), ("Services", _services(claim))


def _referral(claim: Claim) -> Pairs:
    return (("Referral", claim.referral or NONE),)


def _timeliness(claim: Claim) -> Pairs:
    last = claim.service_to or claim.service_from
    if last is None or claim.submitted is None:
        return ()
    days = (claim.submitted - last).days
    return (("Sent", f"{days} day{'' if days == 1 else 's'} after the service"),)


def _payer(claim: Claim) -> Pairs:
    return ("Payer", claim.payer_name or claim.payer_id), ("Services", _services(claim))


def _diagnosis(claim: Claim) -> Pairs:
    return ("Diagnoses", ", ".join(claim.diagnoses) or NONE), ("Services", _services(claim))


def _coding(claim: Claim) -> Pairs:
    return (("Services", _services(claim)),)


def _charge(claim: Claim) -> Pairs:
    units = sum((line.units or Decimal(0) for line in claim.lines), Decimal(0))
    return (
        ("Billed", None if claim.charge is None else f"${claim.charge:,.2f}"),
        ("Lines", str(len(claim.lines))),
        ("Units", f"{units.normalize():f}"),
    )


def _coverage(claim: Claim) -> Pairs:
    return ("Member ID", claim.subscriber_id or NONE), ("Group number", claim.group_number or NONE)


def _duplicate(claim: Claim) -> Pairs:
    day = claim.service_from
    return ("Service", day.isoformat() if day else None), ("Services", _services(claim))


def _resubmission(claim: Claim) -> Pairs:
    return ("Frequency", claim.frequency), ("Original reference", claim.original_reference or NONE)


def _provider(claim: Claim) -> Pairs:
    return ("Billing NPI", claim.billing_npi or NONE), ("Rendering NPI", claim.rendering_npi or NONE)


def _patient(claim: Claim) -> Pairs:
    age = None
    if claim.patient_birth_date and claim.service_from:
        age = str(int((claim.service_from - claim.patient_birth_date).days / 365.25))
    return ("Age", age), ("Sex", claim.patient_sex)


def _services(claim: Claim) -> str:
    shown = [_service(line) for line in claim.lines[:MOST_LINES]]
    more = len(claim.lines) - MOST_LINES
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _service(line: ClaimLine) -> str:
    return "-".join((line.procedure or line.revenue_code or "?", *line.modifiers))


_READERS: Final[Mapping[str, Callable[[Claim], Pairs]]] = {
    "authorization": _authorization,
    "referral": _referral,
    "timeliness": _timeliness,
    "payer-and-service": _payer,
    "diagnosis": _diagnosis,
    "coding": _coding,
    "charge": _charge,
    "coverage": _coverage,
    "duplicate": _duplicate,
    "resubmission": _resubmission,
    "provider": _provider,
    "patient": _patient,
}

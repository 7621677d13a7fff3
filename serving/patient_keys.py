"""Under what a patient's claims are looked up."""

from __future__ import annotations

from features.match_keys import normalised
from features.x12.records import Claim


def patient_key(claim: Claim) -> str:
    """Name and birth date as they are looked up."""
    born = claim.patient_birth_date.isoformat() if claim.patient_birth_date else ""
    return f"{normalised(claim.patient_last)}/{normalised(claim.patient_first)}/{born}"

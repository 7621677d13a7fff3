"""The business reasons behind a denial risk: contributions of columns, gathered into subjects a biller knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.denial_risk import COLUMNS, visit_without_25
from features.evidence import Reason
from features.x12.records import Claim

MOST: Final = 4
FAINTEST: Final = 0.05  # log-odds: a chance of 10 % moves by less than half a point

SUBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "authorization": ("has_authorization", "authorization_lacking"),
    "referral": ("has_referral", "referral_lacking"),
    "timeliness": ("days_to_submission",),
    "payer-and-service": (
        "payer",
        "procedure",
        "revenue_code",
        "filing_indicator",
        "facility_code",
        "transaction",
    ),
    "diagnosis": ("diagnosis", "diagnosis_category", "diagnoses", "diagnosis_share"),
    "coding": (
        "modifiers",
        "procedures",
        "has_25",
        "has_59",
        "has_component",
        "has_repeat",
        "visit_without_25",
        "repeated_without_modifier",
    ),
    "charge": (
        "charge",
        "charge_per_line",
        "largest_line_share",
        "units",
        "lines",
        "lines_differ_from_charge",
    ),
    "coverage": (
        "subscriber_id_length",
        "has_group_number",
        "patient_is_subscriber",
        "payer_sequence",
        "service_month",
    ),
    "resubmission": ("frequency", "has_original_reference"),
    "provider": ("billing_npi", "has_rendering"),
    "patient": ("patient_age", "patient_sex"),
    "dates": ("service_days",),
}

# (raises the risk, lowers the risk)
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "authorization": (
        "With this payer such services are often denied over their authorization.",
        "With this payer such services are seldom denied over an authorization.",
    ),
    "referral": ("The referral on the claim is unusual.", "The referral is as this payer expects it."),
    "timeliness": ("The claim is sent late after the service.", "The claim is sent soon after the service."),
    "payer-and-service": (
        "This payer often denies this kind of service.",
        "This payer seldom denies this kind of service.",
    ),
    "diagnosis": (
        "The principal diagnosis is often denied with this service.",
        "The diagnosis goes well with this service.",
    ),
    "coding": (
        "The combination of procedures and modifiers is often denied.",
        "Procedures and modifiers are coded as usual.",
    ),
    "charge": (
        "Claims with such charges, units or lines are denied more often.",
        "Claims with such charges, units or lines are denied less often.",
    ),
    "coverage": (
        "The member data hints at a question of coverage.",
        "The member data looks like that of covered patients.",
    ),
    "resubmission": (
        "Claims that replace an earlier one are denied more often.",
        "This is a first claim, not a replacement.",
    ),
    "provider": (
        "Claims of this provider are denied more often.",
        "Claims of this provider are denied less often.",
    ),
    "patient": (
        "At this age and sex such services are denied more often.",
        "At this age and sex such services are denied less often.",
    ),
    "dates": (
        "The length or the days of the service are unusual.",
        "The length and the days of the service are usual.",
    ),
}


def reasons(claim: Claim, contributions: NDArray[np.float64]) -> tuple[Reason, ...]:
    """The weightiest subjects of a score; ``contributions`` (len(COLUMNS),) in log-odds."""
    by_column = dict(zip(COLUMNS, contributions.tolist(), strict=True))
    weights = {subject: sum(by_column[column] for column in columns) for subject, columns in SUBJECTS.items()}
    chosen = sorted(weights, key=lambda subject: -abs(weights[subject]))[:MOST]
    return tuple(
        _reason(claim, subject, weights[subject]) for subject in chosen if abs(weights[subject]) >= FAINTEST
    )


def _reason(claim: Claim, subject: str, weight: float) -> Reason:
    if weight > 0:
        shown = _shortcoming(claim, subject)
        if shown:
            return Reason(code=shown[0], text=shown[1], weight=weight)
    text = WORDS[subject][0 if weight > 0 else 1]
    return Reason(code=f"{subject}-{'raises' if weight > 0 else 'lowers'}-risk", text=text, weight=weight)


def _shortcoming(claim: Claim, subject: str) -> tuple[str, str] | None:
    """What a biller could mend: a plainer reason where the claim itself shows the fault."""
    if subject == "authorization" and claim.prior_authorization is None:
        return (
            "authorization-missing",
            "No prior authorization is on the claim, and this payer often asks for one.",
        )
    if subject == "referral" and claim.referral is None:
        return "referral-missing", "No referral is on the claim, and this payer often asks for one."
    if subject == "provider" and claim.rendering_npi is None:
        return "rendering-provider-missing", "The rendering provider is not named."
    if subject == "coding" and visit_without_25(claim):
        return "modifier-25-missing", "A visit is billed beside another service without modifier 25."
    return None

"""The business reasons behind a denial risk: contributions of columns, gathered into subjects a biller knows.

A reason says what the claim shows, with the claim's own values, and, where it is known, how many such claims were
denied before. What the model has learned and what happened are kept apart: the weight is the model's, the counts are
history's, and they may disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.claim_edits.header import REPLACEMENT, VOID
from features.claim_services import visit_without_25
from features.code_pairs import Conflict
from features.denial_risk import COLUMNS
from features.evidence import Reason
from features.precedents import FEWEST, Precedent, Precedents
from features.x12.records import Claim
from models.denial_reason_values import values_of

MOST: Final = 4
FAINTEST: Final = 0.05  # log-odds: a chance of 10 % moves by less than half a point

SUBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "authorization": (
        "has_authorization",
        "authorization_lacking",
        "rate_authorization",
        "rate_authorization_payer",
        "rate_authorization_payer_service",
    ),
    "referral": ("has_referral", "referral_lacking", "rate_referral", "rate_referral_service"),
    "timeliness": ("days_to_submission", "days_past_limit", "days_to_longest_paid", "rate_late"),
    "payer-and-service": (
        "payer",
        "procedure",
        "revenue_code",
        "filing_indicator",
        "facility_code",
        "transaction",
        "claims_payer_service",
        "rate_all",
        "rate_payer",
        "rate_payer_recent",
        "rate_service",
        "rate_payer_service",
        "rate_largest_service",
        "rate_payer_largest_service",
        "rate_payer_place",
        "rate_coverage",
        "rate_coverage_service",
        "rate_information",
        "rate_information_service",
    ),
    "diagnosis": (
        "diagnosis",
        "diagnosis_category",
        "diagnoses",
        "diagnosis_share",
        "least_diagnosis_share",
        "diagnoses_not_covered",
        "rate_diagnosis",
        "rate_payer_diagnosis",
        "rate_service_diagnosis",
        "rate_payer_service_diagnosis",
        "rate_necessity_pair",
        "rate_necessity_payer_pair",
    ),
    "coding": (
        "modifiers",
        "procedures",
        "has_25",
        "has_59",
        "has_component",
        "has_repeat",
        "visit_without_25",
        "repeated_without_modifier",
        "pairs_not_allowed",
        "pairs_without_modifier",
        "rate_payer_modifiers",
        "rate_service_modifiers",
        "rate_bundling",
        "rate_bundled",
    ),
    "charge": (
        "charge",
        "charge_per_line",
        "largest_line_share",
        "units",
        "units_above_limit",
        "lines",
        "lines_differ_from_charge",
        "service_days",
    ),
    "coverage": (
        "subscriber_id_length",
        "has_group_number",
        "patient_is_subscriber",
        "payer_sequence",
        "service_month",
        "member_shape_share",
        "member_id_changed",
        "rate_payer_plan",
        "rate_eligibility",
        "rate_eligibility_payer",
        "rate_eligibility_month",
        "rate_eligibility_payer_month",
        "rate_eligibility_recent",
        "rate_coordination",
        "days_since_not_eligible",
        "times_not_eligible",
        "days_since_paid",
        "paid_after_not_eligible",
        "other_payer_first",
        "other_payers_named",
        "days_since_other_payer",
        "days_with_payer",
        "newer_payers",
    ),
    "duplicate": (
        "same_day_claims",
        "same_charge_claims",
        "same_patient_claims",
        "exact_repeats",
        "told_apart",
        "duplicate_rate",
    ),
    "resubmission": (
        "frequency",
        "has_original_reference",
        "original_known",
        "original_category",
        "authorization_added",
        "days_after_denial",
        "rejections",
        "rate_payer_frequency",
    ),
    "provider": (
        "billing_npi",
        "has_rendering",
        "rate_facility",
        "rate_payer_facility",
        "rate_provider",
        "rate_provider_named",
        "rate_payer_provider_named",
    ),
    "patient": ("patient_age", "patient_sex", "patient_claims", "rate_patient", "rate_member"),
}
"""Each column of the model under one subject; columns that a model does not have weigh nothing."""

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
        "Claims with such charges, units, lines or days are denied more often.",
        "Claims with such charges, units, lines or days are denied less often.",
    ),
    "coverage": (
        "The member data hints at a question of coverage.",
        "The member data looks like that of covered patients.",
    ),
    "duplicate": (
        "It looks like a claim that was sent before.",
        "No earlier claim looks like this one.",
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
        "For such patients these services are denied more often.",
        "For such patients these services are denied less often.",
    ),
}


def reasons(
    claim: Claim,
    contributions: NDArray[np.float64],
    *,
    precedents: Precedents | None = None,
    conflicts: Sequence[Conflict] = (),
) -> tuple[Reason, ...]:
    """The weightiest subjects of a score; ``contributions`` (len(COLUMNS),) in log-odds.

    ``precedents`` tells what happened to such claims before, ``conflicts`` what the claim's codes contradict.
    """
    by_column = dict(zip(COLUMNS, contributions.tolist(), strict=True))
    weights = {
        subject: sum(by_column.get(column, 0.0) for column in columns)
        for subject, columns in SUBJECTS.items()
    }
    chosen = sorted(weights, key=lambda subject: -abs(weights[subject]))[:MOST]
    return tuple(
        _reason(claim, subject, weights[subject], precedents, conflicts)
        for subject in chosen
        if abs(weights[subject]) >= FAINTEST
    )


def _reason(
    claim: Claim,
    subject: str,
    weight: float,
    precedents: Precedents | None,
    conflicts: Sequence[Conflict],
) -> Reason:
    code, text = f"{subject}-{'raises' if weight > 0 else 'lowers'}-risk", WORDS[subject][weight <= 0]
    if weight > 0:
        code, text = _broken_rule(subject, conflicts) or _shortcoming(claim, subject) or (code, text)
    return Reason(code, text, weight, values_of(claim, subject), _precedent(claim, subject, precedents))


def _precedent(claim: Claim, subject: str, precedents: Precedents | None) -> Precedent | None:
    found = precedents.of(claim, subject) if precedents else None
    return found if found and found.claims >= FEWEST else None


_BREAKING: Final = {
    "pair-not-allowed": "coding",
    "pair-needs-modifier": "coding",
    "units-above-limit": "charge",
    "diagnosis-not-covered": "diagnosis",
}


def _broken_rule(subject: str, conflicts: Sequence[Conflict]) -> tuple[str, str] | None:
    return next(((one.code, one.text) for one in conflicts if _BREAKING[one.code] == subject), None)


def _shortcoming(claim: Claim, subject: str) -> tuple[str, str] | None:
    """What a biller could mend: a plainer reason where the claim itself shows the fault."""
    if subject == "authorization" and claim.prior_authorization is None:
        return (
            "authorization-missing",
            "No prior authorization is on the claim, which speaks against it with this payer.",
        )
    if subject == "referral" and claim.referral is None:
        return "referral-missing", "No referral is on the claim, which speaks against it with this payer."
    if subject == "provider" and claim.rendering_npi is None:
        return "rendering-provider-missing", "The rendering provider is not named."
    if subject == "coding" and visit_without_25(claim):
        return "modifier-25-missing", "A visit is billed beside another service without modifier 25."
    if subject == "coverage" and claim.subscriber_id is None:
        return "member-id-missing", "There is no member id on the claim."
    if (
        subject == "resubmission"
        and claim.frequency in (REPLACEMENT, VOID)
        and claim.original_reference is None
    ):
        return "original-reference-missing", "It replaces a claim and does not say which."
    return None

"""On which grounds to correct or to appeal: what the category asks for, and what the claim and the payment show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from features.claim_services import VISIT_PREFIXES
from features.denial_risk import DISTINCT
from features.recovery import Denial
from features.x12.records import Claim
from models.recovery_options import Action

CORRECTIONS: Final[Mapping[str, str]] = {
    "authorization": "add the authorization or referral number",
    "eligibility": "send it to the coverage that was active on the day of service, with that member number",
    "coordination": "add the other payer and what it decided, or send it to that payer first",
    "coding": "put procedure, modifier, diagnosis and place of service right",
    "bundling": "add the modifier that tells the services apart, if the record supports it",
    "information": "add what the remark codes say is missing",
    "medical-necessity": "add the diagnoses that the record supports, and point the line to them",
    "non-covered": "check code and diagnosis against the plan's coverage, and put them right",
    "benefit-limit": "check units and dates against the benefit's limit, and put them right",
    "provider-enrolment": "put the provider's NPI and taxonomy right",
}
ARGUMENTS: Final[Mapping[str, str]] = {
    "authorization": "ask for a retrospective authorization with the clinical record",
    "eligibility": "prove coverage on the day of service with the eligibility response of that day",
    "coordination": "prove that this payer comes first, with the patient's answer on other coverage",
    "coding": "show with the record that the codes are right",
    "bundling": "show with the record that the services were separate",
    "information": "send what was asked for, with the remittance",
    "medical-necessity": "send the records that show medical necessity by the payer's own policy",
    "non-covered": "quote the plan's coverage of the service",
    "benefit-limit": "show that the limit was not reached, or ask for an exception by the record",
    "provider-enrolment": "prove the provider's enrolment on the day of service",
    "duplicate": "show that both services were done, with times and records",
    "timely-filing": "prove timely filing",
    "other": "ask for the rule that the denial rests on, and answer it by the record",
}
WITHOUT_ARGUMENT: Final = "ask for a review with the record"
MANY_DIAGNOSES: Final = 3


def grounds(denial: Denial, action: Action) -> tuple[str, ...]:
    """In words, the weightiest first: what this claim shows, then what is usual for the category."""
    if action == "corrected":
        return (*_shown_for_correction(denial), CORRECTIONS.get(denial.category, "put right what was denied"))
    if action == "appeal":
        return (*_shown_for_appeal(denial), ARGUMENTS.get(denial.category, WITHOUT_ARGUMENT))
    if action == "bill-secondary":
        return ("another payer is known",)
    if action == "bill-patient":
        return ("the payer puts it on the patient (group PR)",)
    return ("no other action is worth its work",)


def _shown_for_correction(denial: Denial) -> tuple[str, ...]:
    claim, payment = denial.claim, denial.payment
    found = []
    if denial.category == "eligibility" and payment.corrected_subscriber_id not in (
        None,
        claim.subscriber_id,
    ):
        found.append("the remittance names another member number")
    if denial.category == "authorization" and not claim.prior_authorization:
        found.append("the claim shows no authorization number")
    if denial.category == "information" and payment.remarks:
        found.append(f"remark codes {', '.join(payment.remarks[:3])}")
    if denial.category == "bundling" and (wanted := _modifier_wanted(claim)):
        found.append(wanted)
    return tuple(found)


def _shown_for_appeal(denial: Denial) -> tuple[str, ...]:
    claim = denial.claim
    found = []
    if denial.category == "authorization" and claim.prior_authorization:
        found.append("an authorization is on file and stands on the claim")
    if denial.category == "timely-filing" and claim.submitted and claim.service_to:
        days = (claim.submitted - claim.service_to).days
        found.append(f"sent {days} days after the service: add the acknowledgment of that day")
    if denial.category == "medical-necessity" and len(claim.diagnoses) >= MANY_DIAGNOSES:
        found.append(f"{len(claim.diagnoses)} diagnoses on the claim speak for the service")
    if denial.category == "bundling" and _modifiers(claim) & {"25", *DISTINCT}:
        found.append("the claim has the modifier: add the documentation for it")
    return tuple(found)


def _modifier_wanted(claim: Claim) -> str | None:
    modifiers = _modifiers(claim)
    visit = any((line.procedure or "").startswith(VISIT_PREFIXES) for line in claim.lines)
    if visit and "25" not in modifiers:
        return "a visit beside a procedure without modifier 25"
    return None if modifiers & DISTINCT else "no modifier 59 or X on the claim"


def _modifiers(claim: Claim) -> set[str]:
    return {modifier for line in claim.lines for modifier in line.modifiers}

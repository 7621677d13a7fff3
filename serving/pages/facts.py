"""An item's subject as labelled facts, in the order in which a reviewer asks for them."""

from __future__ import annotations

from functools import singledispatch

from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from serving.pages.formatting import days, moment, money
from serving.pages.words import TRANSACTIONS, acknowledgment_category, frequency, payment_status

Facts = tuple[tuple[str, str], ...]
CHANNELS = {
    "835": None,
    "paper": "typed from paper",
    "stub": "a check with a bare stub",
}  # an 835 is the rule


@singledispatch
def facts(subject: object) -> Facts:
    """Label and value of what is known about a subject; what is absent is left out."""
    raise TypeError(f"no facts are known of {type(subject).__name__}")


def _said(*pairs: tuple[str, str | None]) -> Facts:
    return tuple((label, value) for label, value in pairs if value)


def _person(last: str | None, first: str | None) -> str:
    return ", ".join(part for part in (last, first) if part)


@facts.register
def _(subject: ClaimPayment) -> Facts:
    return _said(
        ("Claim number", subject.claim_id),
        ("Payer", subject.payer_name or subject.payer_id),
        ("Patient", _person(subject.patient_last, subject.patient_first)),
        ("Service", days(subject.service_from, subject.service_to)),
        ("Status", payment_status(subject.status)),
        ("Billed", money(subject.charge)),
        ("Paid", money(subject.paid)),
        ("Patient’s share", money(subject.patient_responsibility)),
        ("Payment date", moment(subject.payment_date)),
        ("Trace number", subject.trace_number),
        ("Payer’s claim number", subject.payer_claim_number),
        ("How it came", CHANNELS[subject.channel]),
        ("Claims that it pays", f"{subject.claims} or more" if (subject.claims or 1) > 1 else None),
        ("Remarks", ", ".join(subject.remarks)),
    )


@facts.register
def _(subject: Claim) -> Facts:
    return _said(
        ("Claim", subject.claim_id),
        ("Type", TRANSACTIONS[subject.transaction]),
        ("Payer", subject.payer_name or subject.payer_id),
        ("Billed", money(subject.charge)),
        ("Service", days(subject.service_from, subject.service_to)),
        ("Submitted", moment(subject.submitted)),
        ("Patient", _person(subject.patient_last, subject.patient_first)),
        ("Member ID", subject.subscriber_id),
        ("Frequency", frequency(subject.frequency)),
        ("Place of service", subject.facility_code),
        ("Diagnoses", ", ".join(subject.diagnoses)),
        ("Billing NPI", subject.billing_npi),
        ("Rendering NPI", subject.rendering_npi),
        ("Prior authorization", subject.prior_authorization or "none given"),
        ("Referral", subject.referral),
        ("Original reference", subject.original_reference),
    )


@facts.register
def _(subject: Acknowledgment) -> Facts:
    is_claim = subject.transaction == "277CA"
    return _said(
        ("Claim" if is_claim else "Transaction", subject.claim_id),
        ("Answered by", "277CA claim acknowledgment" if is_claim else "999 file acknowledgment"),
        ("Outcome", "accepted" if subject.accepted else "rejected"),
        ("Category", acknowledgment_category(subject.category)),
        ("Status code", subject.status),
        ("Entity code", subject.entity),
        ("Payer’s claim number", subject.payer_claim_number),
    )


@facts.register
def _(subject: Problem) -> Facts:
    place = subject.source
    return _said(
        ("What is wrong", subject.message),
        ("Code", subject.code),
        (
            "Severity",
            "error: data was set aside" if subject.severity == "error" else "warning: nothing was lost",
        ),
        ("Interchange", place.interchange),
        ("Functional group", place.group),
        ("Transaction", place.transaction),
        ("Segment", None if place.segment is None else f"{place.segment:,} of the file"),
    )

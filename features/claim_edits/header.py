"""Edits to what a claim says of itself: numbers, member, provider, total, and which claim it replaces."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from features.claim_edits.edit import ASSUMED, Edit, Known, likeliest
from features.match_keys import normalised
from features.x12.records import Claim

ORIGINAL, REPLACEMENT, VOID = "1", "7", "8"  # CLM05-3


def header_edits(claim: Claim, known: Known) -> Iterator[Edit]:
    """All that apply, in a fixed order."""
    yield from _numbers(claim)
    yield from _member(claim, known)
    yield from _provider(claim, known)
    yield from _total(claim)
    yield from _resubmission(claim, known)


def _numbers(claim: Claim) -> Iterator[Edit]:
    if claim.prior_authorization is None:
        yield _setting(
            "authorization",
            "Add the prior authorization number (REF*G1).",
            "Only if the payer authorized these services for these days: look the number up or ask the payer.",
            prior_authorization=ASSUMED,
        )
    if claim.referral is None:
        yield _setting(
            "referral",
            "Add the referral number (REF*9F).",
            "Only if a referral was made before the service: look it up with the referring provider.",
            referral=ASSUMED,
        )


def _member(claim: Claim, known: Known) -> Iterator[Edit]:
    for place, other in enumerate(known.subscriber_ids, start=1):
        if normalised(other) != normalised(claim.subscriber_id):
            yield _setting(
                f"member-id-{place}",
                "Use the other member id that is known of this patient with this payer.",
                "Only if the patient's card or the payer's eligibility answer shows that id for the day of service.",
                kind="member-id",
                value=other,
                subscriber_id=other,
            )
    if claim.group_number is None:
        yield _setting(
            "group-number",
            "Add the group number (SBR03).",
            "Only if the patient's card or the payer's eligibility answer shows one.",
            value=likeliest(known.group_numbers),
            group_number=likeliest(known.group_numbers) or ASSUMED,
        )


def _provider(claim: Claim, known: Known) -> Iterator[Edit]:
    if claim.rendering_npi is None and claim.transaction != "837I":
        yield _setting(
            "rendering-provider",
            "Name the rendering provider.",
            "Only whoever gave the service, as the record shows, and enrolled with this payer.",
            value=likeliest(known.rendering_npis),
            rendering_npi=likeliest(known.rendering_npis) or ASSUMED,
        )


def _total(claim: Claim) -> Iterator[Edit]:
    """Only downwards: where the lines add up to more, a person has to find which of them is wrong."""
    charges = [line.charge for line in claim.lines]
    if claim.charge is None or not charges or None in charges:
        return
    total = sum((charge for charge in charges if charge is not None), Decimal(0))
    if 0 < total < claim.charge:
        yield _setting(
            "total-charge",
            "Correct the total to the sum of the lines.",
            "Only if no line is missing from the claim.",
            charge=total,
        )


def _resubmission(claim: Claim, known: Known) -> Iterator[Edit]:
    replaces = claim.frequency in (REPLACEMENT, VOID)
    if replaces and claim.original_reference is None:
        yield _setting(
            "original-reference",
            "Add the payer's number of the claim that this one replaces (REF*F8).",
            "Take it from the remittance of the earlier claim.",
            kind="resubmission",
            value=likeliest(known.original_references),
            original_reference=likeliest(known.original_references) or ASSUMED,
        )
    elif not replaces and (claim.original_reference or known.original_references):
        yield _setting(
            "replacement",
            "Send it as the replacement of the earlier claim: frequency 7 with the payer's number of that claim.",
            "Only if the payer has decided the earlier claim and this one corrects it.",
            kind="resubmission",
            value=likeliest(known.original_references),
            frequency=REPLACEMENT,
            original_reference=claim.original_reference or likeliest(known.original_references),
        )


def _setting(
    code: str, text: str, verify: str, *, kind: str | None = None, value: str | None = None, **fields: Any
) -> Edit:
    return Edit(code, kind or code, text, verify, lambda claim: replace(claim, **fields), value=value)

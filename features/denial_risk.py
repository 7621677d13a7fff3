"""The columns of the denial-risk model: a claim as it is known when it is submitted, as a row of numbers.

The claim's own fields take part, and what ``features.denial_history`` knew of such claims, of the patient and of the
payer on that day. What other payers have decided of the claim (``prior_payers``), and whatever a remittance says of it
later, cannot. Codes are numbered by a fixed vocabulary; a code outside it is NaN,
which LightGBM treats as missing, and is reported as unseen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.claim_services import largest_line, service_of, visit_without_25
from features.code_pairs import CONFLICT_COLUMNS, CodePairs, conflict_numbers
from features.denial_history.history import COLUMNS as HISTORY
from features.x12.records import Claim

Vocabularies = Mapping[str, Mapping[str, int]]

CODES: Final = (
    "payer",
    "procedure",  # of the line with the largest charge
    "diagnosis",
    "diagnosis_category",
    "filing_indicator",
    "facility_code",
    "revenue_code",
    "billing_npi",
    "transaction",
    "frequency",
    "payer_sequence",
    "patient_sex",
)
NUMBERS: Final = (
    # money
    "charge",
    "charge_per_line",
    "largest_line_share",
    "units",
    "lines",
    "lines_differ_from_charge",
    # dates
    "days_to_submission",
    "service_days",
    "patient_age",
    "service_month",
    # coding
    "diagnoses",
    "procedures",
    "modifiers",
    "has_25",
    "has_59",
    "has_component",
    "has_repeat",
    "visit_without_25",
    "repeated_without_modifier",
    # who, and with whose leave
    "has_authorization",
    "has_referral",
    "has_original_reference",
    "has_rendering",
    "has_group_number",
    "patient_is_subscriber",
    "subscriber_id_length",
)
OWN: Final = (*CODES, *NUMBERS, *CONFLICT_COLUMNS)
"""What the claim itself says, and the tables of code pairs and coverage where a user gives them."""

COLUMNS: Final = (*OWN, *HISTORY)
CATEGORICAL: Final = CODES

# A value outside the vocabulary is worth a person's attention in these; rare diagnoses are too common to be.
REPORTED_UNSEEN: Final = ("payer", "procedure", "diagnosis_category", "filing_indicator", "facility_code")

DISTINCT: Final = frozenset({"59", "XE", "XS", "XP", "XU"})  # CMS: modifier 59 and its subsets
COMPONENT: Final = frozenset({"26", "TC"})
REPEAT: Final = frozenset({"76", "77", "91"})


@dataclass(frozen=True)
class Encoding:
    """What turns a claim's codes into numbers, frozen in training: vocabularies (code -> number)."""

    vocabularies: Vocabularies

    @staticmethod
    def of_claims(claims: Sequence[Claim]) -> Encoding:
        """The encoding that the claims of the fit window give."""
        return Encoding(vocabularies(claims))

    def to_plain(self) -> dict[str, Any]:
        """For a manifest."""
        return {"vocabularies": {name: list(codes) for name, codes in self.vocabularies.items()}}

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Encoding:
        """The inverse of ``to_plain``."""
        return Encoding({name: _numbered(codes) for name, codes in plain["vocabularies"].items()})


@dataclass(frozen=True)
class Encoded:
    """``rows`` (n, len(COLUMNS)) float64; beside each row the columns with an unseen code, and what is missing."""

    rows: NDArray[np.float64]
    unseen: list[tuple[str, ...]]
    missing: list[tuple[str, ...]]


def encode(
    claims: Sequence[Claim],
    encoding: Encoding,
    known: NDArray[np.float64] | None = None,
    *,
    pairs: CodePairs | None = None,
) -> Encoded:
    """Claims as rows of ``COLUMNS``; ``known`` (n, len(HISTORY)) is what history says of them, NaN where not given."""
    coded = [codes(claim) for claim in claims]
    own = [
        [*_code_numbers(values, encoding.vocabularies), *numbers(claim), *conflict_numbers(claim, pairs)]
        for claim, values in zip(claims, coded, strict=True)
    ]
    if known is None:
        known = np.full((len(claims), len(HISTORY)), math.nan)
    return Encoded(
        rows=np.hstack([np.asarray(own, dtype=np.float64).reshape(len(claims), len(OWN)), known]),
        unseen=[_unseen(values, encoding.vocabularies) for values in coded],
        missing=[missing(claim) for claim in claims],
    )


def vocabularies(
    claims: Sequence[Claim], *, at_least: int = 5, at_most: int = 400
) -> dict[str, dict[str, int]]:
    """The codes of each column that occur often enough to learn from, in a fixed order."""
    counts = {name: Counter[str]() for name in CODES}
    for claim in claims:
        for name, value in zip(CODES, codes(claim), strict=True):
            if value is not None:
                counts[name][value] += 1
    return {
        name: _numbered(sorted(code for code, count in seen.most_common(at_most) if count >= at_least))
        for name, seen in counts.items()
    }


def codes(claim: Claim) -> tuple[str | None, ...]:
    """The values of ``CODES``."""
    line = largest_line(claim)
    principal = claim.diagnoses[0] if claim.diagnoses else None
    return (
        claim.payer_id or claim.payer_name,
        (service_of(line) or None) if line else None,
        principal,
        principal[:3] if principal else None,
        claim.filing_indicator,
        claim.facility_code,
        line.revenue_code if line else None,
        claim.billing_npi,
        claim.transaction,
        claim.frequency,
        claim.payer_sequence,
        claim.patient_sex,
    )


def numbers(claim: Claim) -> tuple[float, ...]:
    """The values of ``NUMBERS``: dollars, days, years, counts and 0/1; NaN where the claim does not say."""
    return (*_money(claim), *_dates(claim), *_coding(claim), *_parties(claim))


def missing(claim: Claim) -> tuple[str, ...]:
    """The fields that every claim should have, and this one has not."""
    line = largest_line(claim)
    present = {
        "payer_id": claim.payer_id or claim.payer_name,
        "subscriber_id": claim.subscriber_id,
        "billing_npi": claim.billing_npi,
        "charge": claim.charge is not None,
        "service_from": claim.service_from,
        "diagnoses": claim.diagnoses or claim.transaction == "837D",  # dental claims need none
        "procedure": line and (line.procedure or line.revenue_code),
    }
    return tuple(name for name, value in present.items() if not value)


def _code_numbers(values: tuple[str | None, ...], vocabularies: Vocabularies) -> list[float]:
    return [
        vocabularies[name].get(value, math.nan) if value is not None else math.nan
        for name, value in zip(CODES, values, strict=True)
    ]


def _unseen(values: tuple[str | None, ...], vocabularies: Vocabularies) -> tuple[str, ...]:
    return tuple(
        name
        for name, value in zip(CODES, values, strict=True)
        if name in REPORTED_UNSEEN and value is not None and value not in vocabularies[name]
    )


def _numbered(codes: Sequence[str]) -> dict[str, int]:
    return {code: number for number, code in enumerate(codes)}


def _money(claim: Claim) -> tuple[float, ...]:
    charges = [float(line.charge or 0) for line in claim.lines]
    total = float(claim.charge) if claim.charge is not None else math.nan
    count = len(charges)
    return (
        total,
        total / count if count else math.nan,
        max(charges) / total if count and total > 0 else math.nan,
        sum(float(line.units or 0) for line in claim.lines),
        count,
        abs(sum(charges) - total) > 0.005,
    )


def _dates(claim: Claim) -> tuple[float, ...]:
    first, last = claim.service_from, claim.service_to or claim.service_from
    return (
        _days(last, claim.submitted),
        _days(first, last),
        _days(claim.patient_birth_date, first) / 365.25,
        first.month if first else math.nan,
    )


def _days(earlier: date | None, later: date | None) -> float:
    return float((later - earlier).days) if earlier and later else math.nan


def _coding(claim: Claim) -> tuple[float, ...]:
    used = {modifier for line in claim.lines for modifier in line.modifiers}
    procedures = {line.procedure for line in claim.lines if line.procedure}
    return (
        len(claim.diagnoses),
        len(procedures),
        sum(len(line.modifiers) for line in claim.lines),
        "25" in used,
        not used.isdisjoint(DISTINCT),
        not used.isdisjoint(COMPONENT),
        not used.isdisjoint(REPEAT),
        visit_without_25(claim),
        _repeated_without_modifier(claim),
    )


def _repeated_without_modifier(claim: Claim) -> bool:
    seen = [(line.procedure, line.modifiers, line.service_from) for line in claim.lines if line.procedure]
    return len(set(seen)) < len(seen)


def _parties(claim: Claim) -> tuple[float, ...]:
    patient = (claim.patient_last, claim.patient_first)
    return (
        claim.prior_authorization is not None,
        claim.referral is not None,
        claim.original_reference is not None,
        claim.rendering_npi is not None,
        claim.group_number is not None,
        patient == (claim.subscriber_last, claim.subscriber_first),
        len(claim.subscriber_id) if claim.subscriber_id else math.nan,
    )

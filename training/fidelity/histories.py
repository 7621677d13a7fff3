"""What became of each claim: the payer's first decision, and whether a denial was paid later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from features.denials import DECIDES_NOTHING, denial_reasons
from features.duplicates import repeated
from features.first_decision import SECONDARY, first_decision
from features.x12.records import Claim, ClaimPayment
from training.datasets import Dataset
from training.denial_labels import MATURES_AFTER, answers
from training.fidelity.reason_mix import category

REPLACEMENT, VOID = "7", "8"  # CLM05-3
ZERO = Decimal(0)
# Claim filing indicator (SBR09) to kind of plan. Medicaid managed care and exchange plans both say HM, so that files
# alone do not tell them apart.
KINDS: Mapping[str, str] = {
    "MA": "medicare", "MB": "medicare", "16": "advantage", "MC": "medicaid", "HM": "hmo",
    "CI": "commercial", "BL": "commercial", "12": "commercial", "13": "commercial", "14": "commercial",
    "15": "commercial", "CH": "military", "VA": "military",
}  # fmt: skip
INPATIENT = frozenset(
    {"11", "12", "18"}
)  # facility codes of an institutional claim: hospital inpatient, swing bed
Setting = Literal["inpatient", "outpatient", "professional"]


@dataclass(frozen=True, slots=True)
class History:
    """An original claim to a primary payer, with a first decision."""

    payer: str
    kind: str  # of plan: a value of KINDS, or "other"
    setting: Setting
    sent: date
    answered: date
    reason: str | None  # the category of its denial; None where it was not denied
    again: bool  # sent again as a replacement (frequency 7)
    again_paid: bool  # and paid for that
    appealed: bool  # by the provider's work list
    paid_later: date | None  # the first day on which the payer paid more than at its first decision

    @property
    def denied(self) -> bool:
        """Whether the first decision refuses the claim or a part of it."""
        return self.reason is not None

    @property
    def days(self) -> int:
        """From submission to the first decision."""
        return (self.answered - self.sent).days


def histories(dataset: Dataset, appealed: Container[str] = ()) -> list[History]:
    """Every claim whose answer has had time to come, in the order of the files.

    Left out: claims to a second payer, replacements and voids, claims sent within 90 days of the data's end, whether
    answered or not, and claims without an answer in a remittance. ``appealed`` are claim numbers.
    """
    answered = {place: _once(payments) for place, payments in answers(dataset).items()}
    replacements = _replacements(dataset.claims, answered)
    last = dataset.end - MATURES_AFTER
    found = []
    for place, claim in enumerate(dataset.claims):
        if claim.submitted is None or claim.submitted > last or not _original(claim):
            continue
        first = first_decision(answered.get(place, ()), claim)
        if first:
            corrected = [answered.get(number, []) for number in replacements.get(place, ())]
            history = _history(claim, claim.submitted, first, answered[place], corrected)
            found.append(replace(history, appealed=True) if claim.claim_id in appealed else history)
    return found


def _original(claim: Claim) -> bool:
    return claim.payer_sequence in (None, "P") and claim.frequency not in (REPLACEMENT, VOID)


def _once(payments: Sequence[ClaimPayment]) -> list[ClaimPayment]:
    """Without those that the payer sent again."""
    return [payment for payment, again in zip(payments, repeated(payments), strict=True) if not again]


def _replacements(
    claims: Sequence[Claim], answered: Mapping[int, Sequence[ClaimPayment]]
) -> dict[int, list[int]]:
    """The places of each claim's replacements, by the payer's number that they name (REF*F8); also of their own."""
    places = sorted(
        (place for place, claim in enumerate(claims) if claim.frequency == REPLACEMENT),
        key=lambda place: claims[place].submitted or date.min,
    )
    owners = {
        payment.payer_claim_number: place
        for place, payments in answered.items()
        for payment in payments
        if payment.payer_claim_number and claims[place].frequency != REPLACEMENT
    }
    found: dict[int, list[int]] = defaultdict(list)
    for place in places:
        owner = owners.get(claims[place].original_reference or "")
        if owner is not None:
            found[owner].append(place)
            numbers = (payment.payer_claim_number for payment in answered.get(place, ()))
            owners |= {number: owner for number in numbers if number and number not in owners}
    return found


def _history(
    claim: Claim,
    sent: date,
    first: Sequence[ClaimPayment],
    own: Iterable[ClaimPayment],
    corrected: Sequence[Sequence[ClaimPayment]],
) -> History:
    day = first[0].payment_date or sent
    reasons = [reason for payment in first for reason in denial_reasons(payment)]
    paid = sum((payment.paid or ZERO for payment in first), ZERO)
    own_later = _first_above(own, after=day, paid=paid)
    replaced = [later for payments in corrected if (later := _first_above(payments, after=day, paid=paid))]
    return History(
        payer=claim.payer_name or claim.payer_id or "",
        kind=KINDS.get(claim.filing_indicator or "", "other"),
        setting=_setting(claim),
        sent=sent,
        answered=day,
        reason=category(reasons[0]) if reasons else None,
        again=bool(corrected),
        again_paid=bool(replaced),
        appealed=False,
        paid_later=min([*replaced, *([own_later] if own_later else [])], default=None),
    )


def _first_above(payments: Iterable[ClaimPayment], *, after: date, paid: Decimal) -> date | None:
    """The first later day on which a decision of the same payer pays more than was paid at first."""
    totals: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for payment in payments:
        day = payment.payment_date
        if day and day > after and payment.status not in DECIDES_NOTHING | SECONDARY:
            totals[day] += payment.paid or ZERO
    return min((day for day, total in totals.items() if total > paid), default=None)


def _setting(claim: Claim) -> Setting:
    if claim.transaction != "837I":
        return "professional"
    return "inpatient" if claim.facility_code in INPATIENT else "outpatient"


def followed(histories: Iterable[History], end: date, days: int) -> list[History]:
    """Those denied so many days before the end of the data that a correction had time to be paid."""
    last = end - timedelta(days=days)
    return [history for history in histories if history.denied and history.answered <= last]

"""What is known of a patient when a claim is sent: earlier claims, plans and denials. Never saved with a model."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

from features.denial_history.facts import Facts, Patient
from features.denial_history.outcome import Outcome
from features.x12.records import Claim

COLUMNS: Final = (
    "patient_claims",
    "days_since_not_eligible",  # by day of service, with this payer; as all days here
    "times_not_eligible",
    "days_since_paid",
    "paid_after_not_eligible",  # days from the denial to the service that was paid; negative where none was since
    "other_payer_first",  # denials that said so
    "days_since_other_payer",
    "days_with_payer",
    "newer_payers",  # that were billed for the patient after this one was last
    "member_id_changed",
    "other_payers_named",  # on earlier claims
)


@dataclass(slots=True)
class _Known:
    claims: int = 0
    not_eligible: dict[str, int] = field(default_factory=dict)  # by payer: the latest day of service
    times_not_eligible: dict[str, int] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    member_ids: dict[str, set[str]] = field(default_factory=dict)
    other_payer_first: int = 0
    other_payers_named: int = 0


class Patients:
    """By name and birth date: what stays the same when a patient changes plans."""

    def __init__(self) -> None:
        self._known: dict[Patient, _Known] = {}

    def columns(self, facts: Facts) -> tuple[float, ...]:
        """The values of ``COLUMNS``; NaN where there is nothing to count from."""
        known = self._known.get(facts.patient)
        if known is None:
            return (0.0, math.nan, 0.0, math.nan, math.nan, 0.0, math.nan, math.nan, 0.0, math.nan, 0.0)
        payer, day = facts.payer, facts.served
        refused, paid = known.not_eligible.get(payer), known.paid.get(payer)
        others = [last for other, last in known.last.items() if other != payer]
        ids = known.member_ids.get(payer)
        return (
            float(known.claims),
            _since(refused, day),
            float(known.times_not_eligible.get(payer, 0)),
            _since(paid, day),
            float((paid or 0) - refused) if refused is not None else math.nan,
            float(known.other_payer_first),
            _since(max(others, default=None), day),
            _since(known.first.get(payer), day),
            float(_newer(known, payer, day)),
            float(facts.subscriber not in ids) if ids else math.nan,
            float(known.other_payers_named),
        )

    def sent(self, claim: Claim, facts: Facts) -> None:
        """Take in a claim as it is sent."""
        known = self._known.setdefault(facts.patient, _Known())
        payer, day = facts.payer, facts.served
        known.claims += 1
        known.first.setdefault(payer, day)
        known.last[payer] = max(known.last.get(payer, 0), day)
        known.member_ids.setdefault(payer, set()).add(facts.subscriber)
        known.other_payers_named += bool(claim.prior_payers)

    def answered(self, facts: Facts, outcome: Outcome) -> None:
        """Take in a payer's first answer."""
        known = self._known.setdefault(facts.patient, _Known())
        payer, day = facts.payer, facts.served
        if "eligibility" in outcome.categories:
            known.not_eligible[payer] = max(known.not_eligible.get(payer, 0), day)
            known.times_not_eligible[payer] = known.times_not_eligible.get(payer, 0) + 1
        elif not outcome.denied:
            known.paid[payer] = max(known.paid.get(payer, 0), day)
        known.other_payer_first += "coordination" in outcome.categories


def _since(earlier: int | None, day: int) -> float:
    return math.nan if earlier is None else float(day - earlier)


def _newer(known: _Known, payer: str, day: int) -> int:
    last = known.last.get(payer, -1)
    return sum(other != payer and last < first <= day for other, first in known.first.items())

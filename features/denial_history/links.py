"""A claim's relatives: others of the same member and day, the denial that it answers, and its own rejections."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from features.denial_codes import CATEGORIES
from features.denial_history.facts import Facts, Patient
from features.denial_history.outcome import Outcome
from features.denial_history.tally import Tally
from features.x12.records import Claim

COLUMNS: Final = (
    "same_day_claims",  # of the same payer and member, sent before
    "same_charge_claims",
    "same_patient_claims",  # of those of the same charge
    "exact_repeats",  # with the same services and modifiers, too
    "told_apart",  # by a modifier on the first line
    "duplicate_rate",  # of denials as a duplicate where there is a claim of the same charge
    "original_known",  # 0 no original, 1 one that is not known here, 2 one whose denial is known
    "original_category",  # of that denial, by its place in ``CATEGORIES``
    "authorization_added",
    "days_after_denial",
    "rejections",  # of the same claim number before a payer decided
)
FIRST_CLAIM: Final = "1"


@dataclass(frozen=True, slots=True)
class _Sent:
    claim_id: str | None
    patient: Patient
    charge: object
    services: tuple[str, ...]
    modifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Denial:
    category: int
    authorized: bool
    day: int


class Links:
    """By member and day of service, by the payer's claim number, by the claim's own."""

    def __init__(self, duplicates: Tally | None = None) -> None:
        self.duplicates = duplicates or Tally(half_life=365.0)
        self._same_day: dict[Hashable, list[_Sent]] = {}
        self._denials: dict[str, _Denial] = {}
        self._rejections: Counter[str] = Counter()

    def columns(self, claim: Claim, facts: Facts) -> tuple[float, ...]:
        """The values of ``COLUMNS``."""
        others = self._others(claim, facts)
        alike = [one for one in others if one.charge == claim.charge]
        own = [one for one in alike if one.patient == facts.patient]
        exact = [one for one in own if (one.services, one.modifiers) == (facts.services, facts.modifiers)]
        return (
            float(len(others)),
            float(len(alike)),
            float(len(own)),
            float(len(exact)),
            float(facts.told_apart),
            self.duplicate_rate(facts) if alike else 0.0,
            *self._original(claim, facts),
            float(self._rejections[claim.claim_id or ""]),
        )

    def sent(self, claim: Claim, facts: Facts) -> None:
        """Take in a claim as it is sent."""
        self._same_day.setdefault(_day(facts), []).append(
            _Sent(claim.claim_id, facts.patient, claim.charge, facts.services, facts.modifiers)
        )

    def answered(self, facts: Facts, outcome: Outcome, day: int) -> None:
        """Take in a payer's first answer; what is not denied needs no correction."""
        if outcome.denied:
            category = min(CATEGORIES.index(one) for one in outcome.categories)
            for number in outcome.numbers:
                self._denials[number] = _Denial(category, facts.authorized, day)

    def counted(self, claim: Claim, facts: Facts, outcome: Outcome, day: int) -> None:
        """Count whether a claim with others on its day was denied as a duplicate."""
        if self._others(claim, facts):
            hit = "duplicate" in outcome.categories
            self.duplicates.add((facts.payer, facts.told_apart), day, hit=hit)
            self.duplicates.add(facts.payer, day, hit=hit)

    def rejected(self, claim_id: str) -> None:
        """Take in that a claim was turned away before a payer decided."""
        self._rejections[claim_id] += 1

    def duplicate_rate(self, facts: Facts) -> float:
        """The share of denials as a duplicate, 0..1, that a claim with another of the same charge leans on."""
        claims, denied = self.duplicates.counts(facts.payer, facts.day)
        prior = (denied + 1.0) / (claims + 10.0)
        claims, denied = self.duplicates.counts((facts.payer, facts.told_apart), facts.day)
        return (denied + 10.0 * prior) / (claims + 10.0)

    def _others(self, claim: Claim, facts: Facts) -> list[_Sent]:
        """Sent before the claim itself, in the order of sending."""
        before = []
        for one in self._same_day.get(_day(facts), ()):
            if one.claim_id == claim.claim_id:
                break
            before.append(one)
        return before

    def _original(self, claim: Claim, facts: Facts) -> tuple[float, float, float, float]:
        if claim.original_reference is None:
            return 0.0, math.nan, math.nan, math.nan
        denial = self._denials.get(claim.original_reference)
        if denial is None:
            return 1.0, math.nan, math.nan, math.nan
        added = facts.authorized and not denial.authorized
        return 2.0, float(denial.category), float(added), float(facts.day - denial.day)


def _day(facts: Facts) -> Hashable:
    return facts.payer, facts.subscriber, facts.service_from

"""The counts behind a subject of the reasons, looked up in what the rates have counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from features.denial_history.facts import Facts
from features.denial_history.history import DenialHistory
from features.precedents import Precedent
from features.x12.records import Claim

Words = Callable[[Facts, str], str]


@dataclass(frozen=True)
class _Source:
    """The rate that a subject's counts come from, and what its claims share; given the facts and the key's service."""

    rate: str
    words: Words


def _with_or_without(has: bool, what: str) -> str:
    return f"with {what}" if has else f"without {what}"


SOURCES: Final[Mapping[str, _Source]] = {
    "authorization": _Source(
        "authorization_payer_service",
        lambda facts, service: (
            f"over an authorization: this payer, {service}, "
            f"{_with_or_without(facts.authorized, 'an authorization')}"
        ),
    ),
    "referral": _Source(
        "referral_service",
        lambda facts, service: (
            f"for information: this payer, {service}, {_with_or_without(facts.referred, 'a referral')}"
        ),
    ),
    "payer-and-service": _Source("payer_service", lambda _, service: f"this payer, {service}"),
    "diagnosis": _Source(
        "payer_service_diagnosis",
        lambda facts, service: f"this payer, {service} for {facts.diagnosis}",
    ),
    "coding": _Source(
        "payer_modifiers",
        lambda facts, _: (
            f"this payer, modifiers {' '.join(facts.modifiers)}"
            if facts.modifiers
            else "this payer, no modifier"
        ),
    ),
    "timeliness": _Source("late", lambda *_: "as too late: this payer, sent about as long after the service"),
    "coverage": _Source(
        "eligibility_payer_month", lambda *_: "for no coverage: this payer, this month of the year"
    ),
    "resubmission": _Source("payer_frequency", lambda *_: "this payer, claims sent in the same way"),
    "provider": _Source("payer_facility", lambda *_: "this payer, this billing provider"),
}
"""Subjects with a count that a person can check; the others have none. No patient is in any."""

BY_SERVICE: Final = frozenset({"authorization", "referral", "payer-and-service", "diagnosis"})


class HistoryPrecedents:
    """Implements ``features.precedents.Precedents``."""

    def __init__(self, history: DenialHistory) -> None:
        self._rates = history.rates

    def of(self, claim: Claim, subject: str, /) -> Precedent | None:
        """Of the claim's services the one that was denied most often."""
        source = SOURCES.get(subject)
        if source is None:
            return None
        facts = Facts.of(claim)
        found = self._rates.worst(source.rate, facts)
        if found is None:
            return None
        key, claims, denied, since = found
        service = str(key[0]) if subject in BY_SERVICE and isinstance(key, tuple) else ""
        return Precedent(claims, denied, since, source.words(facts, service))

"""What a payer's own rules are as patterns: their conditions as the files show them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from training.simulate.planted import LONG_AGO, Rule


@lru_cache(maxsize=1 << 14)
def authorization(payer: str, procedure: str, since: date) -> Rule:
    """A procedure that the payer wants authorised, billed without."""
    return Rule(
        "authorization",
        (("payer", payer), ("procedure", procedure), ("authorization", "no")),
        since,
        "197",
    )


@lru_cache(maxsize=1 << 10)
def stay(payer: str) -> Rule:
    """An inpatient stay without authorization."""
    return Rule("stay", (("payer", payer), ("place", "11"), ("authorization", "no")), LONG_AGO, "197")


@lru_cache(maxsize=1 << 14)
def necessity(payer: str, procedure: str, diagnosis: str, since: date) -> Rule:
    """A procedure that the payer doubts for a diagnosis."""
    return Rule(
        "necessity", (("payer", payer), ("procedure", procedure), ("diagnosis", diagnosis)), since, "50"
    )


@lru_cache(maxsize=1 << 10)
def telehealth(payer: str, since: date) -> Rule:
    """Visits from afar, which the payer has ceased to pay."""
    return Rule("telehealth", (("payer", payer), ("place", "10")), since, "96")


@lru_cache(maxsize=1 << 12)
def bundled(payer: str) -> Rule:
    """A visit without modifier 25 beside a procedure."""
    return Rule("bundling", (("payer", payer), ("unmodified", "visit beside a procedure")), LONG_AGO, "97")


RENDERING = Rule("rendering", (("rendering", "none"),), LONG_AGO, "16")


@lru_cache(maxsize=1 << 10)
def referral(payer: str) -> Rule:
    """A specialist's service without referral."""
    return Rule("referral", (("payer", payer), ("specialist", "yes"), ("referral", "no")), LONG_AGO, "16")

"""How a person names a condition: payers and facilities by name, what is missing as missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from features.match_keys import payer_key
from features.patterns.attributes import Attribute
from features.x12.records import Claim

_ABSENT = {
    "authorization": "without authorization",
    "referral": "without referral",
    "rendering": "without rendering provider",
    "billing": "without billing provider",
    "coverage": "without claim filing indicator",
}
_FIXED = {
    "visit beside a procedure": "visit without modifier 25 beside a procedure",
    "repeat": "same member, day and amount as a claim before",
    "frequency": "corrected claim",
}
# Claim filing indicators (X12 code list 1032), in words of our own.
_COVERAGE = {"MA": "Medicare Part A", "MB": "Medicare Part B", "MC": "Medicaid", "CI": "commercial", "HM": "HMO",
             "16": "Medicare Advantage HMO", "CH": "military", "BL": "Blue Cross Blue Shield", "12": "PPO",
             "13": "POS", "14": "EPO", "15": "indemnity", "ZZ": "other"}  # fmt: skip


def names(claims: Iterable[Claim]) -> Mapping[Attribute, str]:
    """The names of payers and billing providers, as the claims write them."""
    found: dict[Attribute, str] = {}
    for claim in claims:
        if claim.payer_name:
            found.setdefault(Attribute("payer", payer_key(claim)), claim.payer_name)
        if claim.billing_name and claim.billing_npi:
            found.setdefault(Attribute("billing", claim.billing_npi), claim.billing_name)
    return found


def label(attribute: Attribute, named: Mapping[Attribute, str]) -> str:
    """A condition in words.

    >>> label(Attribute("authorization", "none"), {}), label(Attribute("procedure", "72148"), {})
    ('without authorization', 'procedure 72148')
    """
    name, value = attribute
    if value == "none" and name in _ABSENT:
        return _ABSENT[name]
    if name in _FIXED:
        return _FIXED[name]
    if name in ("payer", "billing"):
        return f"{named[attribute]} ({value})" if attribute in named else f"{name} {value}"
    if name == "coverage":
        return f"{_COVERAGE.get(value, value)} coverage"
    if name == "place":
        form, _, code = value.partition(" ")
        return f"type of bill {code}" if form == "I" else f"place of service {code}"
    if name == "filing":
        return f"sent {value}"
    return {"rendering": f"provider {value}", "plan": f"group {value}"}.get(name, f"{name} {value}")

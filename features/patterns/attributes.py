"""What a claim is described by in a pattern: pairs of an attribute and its value, in the claim's own codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from features.match_keys import cents, normalised, payer_key
from features.patterns.service_lines import VISITS, line_of_procedure, service_line
from features.x12.records import Claim

LATE_AFTER = 90  # days from the service to the claim: the shortest filing limits of payers
CORRECTED = "7"  # CLM05-3
MINOR = frozenset({"surgery", "cardiology", "pulmonary", "infusion and injection", "eye care"})
OFTEN = 0.15  # of the claims of a procedure with a referral
DRAWING_BLOOD = frozenset({"36415", "36416"})  # stands among surgery in CPT


class Attribute(NamedTuple):
    """One condition: ``procedure`` is ``72148``."""

    name: str
    value: str


# In the order in which a person names them; of conditions that hold for the same claims the earlier is preferred.
NAMES = (
    "payer", "coverage", "plan", "billing", "rendering", "service line", "place", "procedure", "modifier",
    "diagnosis", "authorization", "referral", "visit beside a procedure", "filing", "frequency", "repeat",
)  # fmt: skip


def described(claims: Sequence[Claim]) -> Iterator[tuple[Attribute, ...]]:
    """The attributes of each claim; ``claims`` in the order in which they were sent."""
    referred = usually_referred(claims)
    for claim, repeats in zip(claims, repeated(claims), strict=True):
        yield tuple(attributes(claim, repeats=repeats, referred=main_procedure(claim) in referred))


def attributes(claim: Claim, *, repeats: bool, referred: bool) -> Iterator[Attribute]:
    """What a pattern may say of a claim; a procedure or modifier of several lines comes once.

    ``repeats``: whether another claim of the same member, day and amount came before it; ``referred``: whether such
    services often have a referral.
    """
    yield Attribute("payer", payer_key(claim))
    yield Attribute("coverage", claim.filing_indicator or "none")
    if claim.group_number:
        yield Attribute("plan", claim.group_number)
    yield Attribute("billing", claim.billing_npi or "none")
    yield Attribute("rendering", claim.rendering_npi or "none")
    yield Attribute("service line", service_line(claim))
    yield Attribute("place", f"{claim.transaction[3:]} {claim.facility_code or 'none'}")
    for procedure in dict.fromkeys(line.procedure for line in claim.lines if line.procedure):
        yield Attribute("procedure", procedure)
    for modifier in dict.fromkeys(code for line in claim.lines for code in line.modifiers):
        yield Attribute("modifier", modifier)
    if claim.diagnoses:
        yield Attribute("diagnosis", claim.diagnoses[0])
    if referred and not claim.referral:
        yield Attribute("referral", "none")
    yield from _absences(claim)
    if repeats:
        yield Attribute("repeat", "same member, day and amount")


def _absences(claim: Claim) -> Iterator[Attribute]:
    """What is missing, late or sent again: where it is as it should be, it is no condition."""
    if not claim.prior_authorization:
        yield Attribute("authorization", "none")
    if _unmarked_visit(claim):
        yield Attribute("visit beside a procedure", "no modifier 25")
    if claim.submitted and claim.service_to and (claim.submitted - claim.service_to).days > LATE_AFTER:
        yield Attribute("filing", f"after {LATE_AFTER} days")
    if claim.frequency == CORRECTED:
        yield Attribute("frequency", "corrected")


def _unmarked_visit(claim: Claim) -> bool:
    """A visit without modifier 25 beside a procedure that is neither a test of the laboratory nor a vaccine."""
    lines = [
        (line_of_procedure(line.procedure or ""), line.modifiers)
        for line in claim.lines
        if line.procedure not in DRAWING_BLOOD
    ]
    unmarked = any(kind in VISITS and "25" not in modifiers for kind, modifiers in lines)
    return unmarked and any(kind in MINOR for kind, _ in lines)


def main_procedure(claim: Claim) -> str | None:
    """The procedure of the dearest line."""
    dearest = max(claim.lines, key=lambda line: line.charge or 0, default=None)
    return dearest.procedure if dearest else None


def usually_referred(claims: Sequence[Claim]) -> frozenset[str | None]:
    """The procedures of which many claims have a referral: without one, the others lack nothing."""
    counts, having = (
        Counter(map(main_procedure, claims)),
        Counter(main_procedure(c) for c in claims if c.referral),
    )
    return frozenset(code for code, count in having.items() if count >= OFTEN * counts[code])


def repeated(claims: Sequence[Claim]) -> list[bool]:
    """Of claims in the order in which they were sent, those that another of the same member, day and amount precedes.

    A corrected claim repeats nothing: it replaces.
    """
    seen: set[tuple[str, object, int | None]] = set()
    found = []
    for claim in claims:
        key = normalised(claim.subscriber_id), claim.service_from, cents(claim.charge)
        found.append(key in seen and claim.frequency != CORRECTED)
        seen.add(key)
    return found

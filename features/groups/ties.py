"""A tie: that a claim payment, or a provider-level adjustment, goes together with others, and why one thinks so."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from features.groups.facts import Brief, Pattern

Kind = Literal["reversal", "correction", "split", "secondary", "takeback", "paid-again", "sent-again"]
"""reversal: takes back the payment it is tied to. correction: stands in the place of the reversed payment. split: pays
a part of the claim that the other pays the rest of. secondary: pays what an earlier payer left. takeback: money taken
out of a remittance for an earlier payment (PLB WO). paid-again: a second payment of a claim on the same terms under
another number. sent-again: the same payment delivered a second time."""


class Tie(Struct, frozen=True):
    """One tie.

    ``place`` is that of the later payment (or adjustment) among those given, ``to`` the places of what it is tied to.
    ``facts`` is what agrees; ``evidence`` says it with amounts, dates and numbers, for a person. ``rivals`` are other
    places that agree in as much: with any, nobody can tell them apart. ``claim`` is the place of the claim, where the
    tie rests on one; ``rivals`` are then other claims. ``confidence`` is None until a model says it.
    """

    kind: Kind
    place: int
    to: tuple[int, ...]
    facts: Pattern
    evidence: tuple[str, ...]
    rivals: tuple[int, ...] = ()
    claim: int | None = None
    confidence: float | None = None


def money(cents: int | None) -> str:
    """Cents as a plain amount.

    >>> money(12345), money(None)
    ('123.45', 'unknown')
    """
    return "unknown" if cents is None else f"{cents / 100:.2f}"


def evidence_of(later: Brief, earlier: Brief, facts: Pattern) -> tuple[str, ...]:
    """Sentences on what agrees between two payments."""
    values = {
        "payer claim number": later.number,
        "claim id": later.claim,
        "charge": money(later.charge),
        "paid": money(later.paid),
        "service date": f"{later.day}",
    }
    same = [f"same {fact} {values[fact]}" if fact in values else f"same {fact}" for fact in facts]
    when = f"paid on {earlier.paid_on} in {earlier.trace}, and this on {later.paid_on} in {later.trace}"
    return (*same, when)

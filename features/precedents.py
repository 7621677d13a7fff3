"""What happened to claims like this one before: counts that a person can check, beside a model's contribution."""

from __future__ import annotations

from datetime import date
from typing import Final, Protocol

from msgspec import Struct

from features.x12.records import Claim

FEWEST: Final = 5  # claims: fewer say little, and could tell of one patient


class Precedent(Struct, frozen=True):
    """Earlier claims that share something with this one, all decided before it was sent."""

    claims: int
    denied: int
    since: date  # the first of their remittances
    described: str  # what they share, without patient data: "this payer, procedure 72148, no authorization"

    @property
    def text(self) -> str:
        """The counts in a sentence.

        >>> Precedent(57, 41, date(2026, 3, 2), "this payer, procedure 72148, no authorization").text
        '41 of 57 such claims were denied since March 2026 (this payer, procedure 72148, no authorization).'
        """
        return (
            f"{self.denied:,} of {self.claims:,} such claims were denied since {self.since:%B %Y} "
            f"({self.described})."
        )


class Precedents(Protocol):
    """Where the counts behind a subject of ``models.denial_reasons.SUBJECTS`` are looked up."""

    def of(self, claim: Claim, subject: str, /) -> Precedent | None:
        """What is known of claims like this one under that subject; None where nothing is."""

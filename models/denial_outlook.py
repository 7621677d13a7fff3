"""What a denial would be about, where the model tells: its category, its CARC, and the lines it would fall on."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from msgspec import Struct

from features.x12.records import Claim


class Likely(Struct, frozen=True):
    """A code with the probability that a denial of the claim carries it."""

    code: str  # a category as in "medical-necessity", or a CARC as in "197"
    probability: float  # 0..1, given that the claim is denied


class LineRisk(Struct, frozen=True):
    """A line's own probability of being refused."""

    place: int  # among ``Claim.lines``, from 0
    probability: float  # 0..1


class DenialOutlook(Struct, frozen=True):
    """Likeliest first; empty where the model does not tell."""

    categories: tuple[Likely, ...] = ()
    carcs: tuple[Likely, ...] = ()
    lines: tuple[LineRisk, ...] = ()


@runtime_checkable
class Foreseeing(Protocol):
    """A model that tells what a denial would be about."""

    def outlook(self, claim: Claim, /) -> DenialOutlook:
        """The outlook of one claim."""

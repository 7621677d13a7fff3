"""What a field weighs, as a signed figure and a small bar from the middle: to the right for the claim, else against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from features.evidence import FieldEvidence, Reason
from serving.pages.looks import Tone

SLIGHT = 0.05  # log-odds that are shown as nothing
HALF = 50.0  # of a bar, in the units of its drawing


@dataclass(frozen=True)
class Weight:
    """A weight as it is drawn: its figure, its tone, and where its bar begins and how long it is, from -50 to 50."""

    figure: str
    tone: Tone
    start: float
    length: float

    @property
    def says(self) -> str:
        """The weight in a word, for those who hear the page."""
        return {"good": "speaks for it", "bad": "speaks against it"}.get(self.tone, "says nothing")


def signed(weight: float) -> str:
    """A weight with its sign, to a tenth.

    >>> signed(0.86), signed(-12.3), signed(0.04)
    ('+0.9', '−12.3', '0')
    """
    if abs(weight) < SLIGHT:
        return "0"
    return f"{'+' if weight > 0 else '−'}{abs(weight):.1f}"


def largest(*sides: Iterable[FieldEvidence]) -> float:
    """The largest weight of any field on the given sides, which fills its half of a bar."""
    return max((abs(one.weight or 0.0) for side in sides for one in side), default=0.0)


def drawn(weight: float | None, most: float) -> Weight | None:
    """A weight beside others of which the largest is ``most``; None where nothing was weighed."""
    if weight is None:
        return None
    if abs(weight) < SLIGHT:
        return Weight("0", "quiet", 0.0, 0.0)
    length = HALF * min(1.0, abs(weight) / most) if most else 0.0
    return Weight(
        signed(weight), "good" if weight > 0 else "bad", min(0.0, length if weight > 0 else -length), length
    )


def besides(beside: Sequence[Reason]) -> tuple[tuple[str, str], ...]:
    """What weighs in besides the fields, in words with its figure; what weighs nothing is left out."""
    return tuple(
        (one.text.removesuffix("."), signed(one.weight))
        for one in beside
        if one.weight is not None and abs(one.weight) >= SLIGHT
    )

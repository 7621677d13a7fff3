"""What a published figure is: a range in its unit, what was said, what that does not say, and who said it.

Where two publications give a figure, the range runs from one to the other. Where only one does, it is widened by a
fifth of its value on either side, for readings of the same thing in different years and samples differ by about as
much: denials for missing data were 14.6 % in 2016 and 17.2 % in 2020, Medicare Advantage denied 15.7 % in one study
and 17.0 % in another, and hospitals' initial denials went from 9 to 11.1 % in four years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from training.fidelity.sources import Source

TOLERANCE = 0.2  # of a figure that one publication alone gives
Unit = Literal["share", "points", "days", "number"]  # shares and percentage points in 0..1
Basis = Literal["several", "one", "rule", "samples"]


@dataclass(frozen=True)
class Published:
    """A figure from outside, as a range in its unit; ``name`` is the measured figure that it is held against."""

    name: str
    title: str
    unit: Unit
    low: float
    high: float
    basis: Basis
    stated: str  # what the publications say, in numbers
    caveat: str  # what they measure that the simulation does not, or the other way round
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Section:
    """Figures that belong together."""

    name: str
    title: str
    lead: str
    figures: tuple[Published, ...]


def one(
    name: str, title: str, value: float, caveat: str, *sources: Source, unit: Unit = "share"
) -> Published:
    """A figure of one publication, widened by the tolerance.

    >>> figure = one("denial.x", "x", 0.5, "")
    >>> figure.low, figure.high, figure.stated
    (0.4, 0.6, '50 %, taken as ±20 %')
    """
    scale = 1 if unit in ("days", "number") else 100
    mark = {"share": " %", "points": " points", "days": " days", "number": ""}[unit]
    ends = round(value * (1 - TOLERANCE), 6), round(value * (1 + TOLERANCE), 6)
    stated = f"{value * scale:g}{mark}, taken as ±{TOLERANCE:.0%}".replace("%", " %").replace("  %", " %")
    return Published(name, title, unit, *ends, "one", stated, caveat, sources)

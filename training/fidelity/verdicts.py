"""A measured figure held against the published range: inside, near, outside, or too few to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from training.fidelity.figures import Published, Section, Unit
from training.fidelity.measured import FEW, Measured


class Verdict(Enum):
    """How a figure stands to its range, in the words that the report uses."""

    INSIDE = "inside"
    NEAR = "near"  # outside, but its interval reaches the range
    OUTSIDE = "outside"
    UNJUDGED = "not judged"  # absent, or resting on too few


@dataclass(frozen=True)
class Row:
    """A published figure with what was measured and how they agree."""

    published: Published
    measured: Measured | None
    verdict: Verdict

    @property
    def gap(self) -> float:
        """How far the measured value lies from the range: below zero under it, above zero over it, else zero."""
        if self.measured is None:
            return 0.0
        value = self.measured.value
        return min(0.0, value - self.published.low) + max(0.0, value - self.published.high)


def compare(sections: Iterable[Section], figures: Mapping[str, Measured]) -> list[tuple[Section, list[Row]]]:
    """Each section with its rows, in the order of the published figures."""
    return [(section, [_row(one, figures.get(one.name)) for one in section.figures]) for section in sections]


def judge(measured: Measured | None, low: float, high: float) -> Verdict:
    """The verdict on a figure; an interval that only touches the range reaches it.

    >>> judge(Measured(0.10, 0.08, 0.12, 400), 0.11, 0.20), judge(Measured(0.10, 0.08, 0.12, 29), 0.11, 0.20)
    (<Verdict.NEAR: 'near'>, <Verdict.UNJUDGED: 'not judged'>)
    """
    if measured is None or measured.of < FEW:
        return Verdict.UNJUDGED
    if low <= measured.value <= high:
        return Verdict.INSIDE
    reaches = measured.low <= high and low <= measured.high
    return Verdict.NEAR if reaches else Verdict.OUTSIDE


def tally(rows: Iterable[Row]) -> dict[Verdict, int]:
    """How many rows have each verdict, those of none included."""
    verdicts = [row.verdict for row in rows]
    return {verdict: verdicts.count(verdict) for verdict in Verdict}


def misses(compared: Sequence[tuple[Section, Sequence[Row]]]) -> list[tuple[Section, list[Row]]]:
    """The rows outside their range, near ones too, by section; sections without any are left out."""
    missed = (Verdict.NEAR, Verdict.OUTSIDE)
    found = [(section, [row for row in rows if row.verdict in missed]) for section, rows in compared]
    return [(section, rows) for section, rows in found if rows]


def _row(published: Published, measured: Measured | None) -> Row:
    return Row(published, measured, judge(measured, published.low, published.high))


def shown(value: float, unit: Unit) -> str:
    """A value as people read it.

    >>> shown(0.1281, "share"), shown(0.178, "points"), shown(49.0, "days"), shown(1.7333, "number")
    ('12.8 %', '17.8 points', '49 days', '1.73')
    """
    if unit in ("share", "points"):
        return f"{value * 100:.1f} {'%' if unit == 'share' else 'points'}"
    return f"{value:.0f} days" if unit == "days" else f"{value:.2f}"


def shown_range(low: float, high: float, unit: Unit) -> str:
    """Two values with their unit once; one value where the ends are the same.

    >>> shown_range(0.111, 0.2, "share"), shown_range(0.0, 0.0, "share"), shown_range(45, 180, "days")
    ('11.1–20.0 %', '0.0 %', '45–180 days')
    """
    if low == high:
        return shown(low, unit)
    return f"{shown(low, unit).split(' ')[0]}–{shown(high, unit)}"


def shown_gap(row: Row) -> str:
    """How far outside a row lies, in words; nothing for one inside.

    >>> from training.fidelity.figures import one
    >>> shown_gap(_row(one("x", "x", 0.1, ""), Measured(0.2, 0.19, 0.21, 900)))
    '8.0 points above'
    """
    if row.verdict not in (Verdict.NEAR, Verdict.OUTSIDE):
        return ""
    unit: Unit = "points" if row.published.unit == "share" else row.published.unit
    return f"{shown(abs(row.gap), unit)} {'below' if row.gap < 0 else 'above'}"

"""The report's plots. Colour never speaks alone: a verdict has its own mark, and each mark stands in the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from training.fidelity import svg
from training.fidelity.measured import PAYMENT_FLOOR, PayerRate
from training.fidelity.verdicts import Row, Verdict, shown, shown_range

WIDTH = 9.2  # inches, as wide as the page's column
MARKS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.INSIDE: ("o", svg.GOOD),
    Verdict.NEAR: ("D", svg.FAIR),
    Verdict.OUTSIDE: ("X", svg.BAD),
    Verdict.UNJUDGED: ("o", svg.QUIET),
}
KIND_MARKS: Mapping[str, tuple[str, str]] = {
    "medicare": ("s", "Medicare"),
    "advantage": ("D", "Medicare Advantage"),
    "medicaid": ("^", "Medicaid"),
    "hmo": ("v", "Medicaid managed care or exchange"),
    "commercial": ("o", "commercial"),
    "military": ("P", "military"),
    "other": ("X", "other"),
}
LONGEST_WAIT = 90  # days shown
ABOVE = 104  # per cent: where no curve runs through a label


def ranges(rows: Sequence[Row], *, name: str, title: str) -> str:
    """One line a figure: the published range as a bar, the simulated value as a mark with its interval."""
    drawn = [row for row in rows if row.measured]
    share = all(row.published.unit in ("share", "points") for row in drawn)
    scale = 100 if share else 1
    with svg.settings():
        figure = svg.figure(WIDTH, 1.0 + 0.34 * len(drawn))
        axis = figure.subplots()
        for place, row in enumerate(drawn):
            _range(axis, place, row, scale)
        axis.set_yticks(range(len(drawn)), [row.published.title for row in drawn])
        axis.set_ylim(len(drawn) - 0.4, -0.6)
        axis.set_xlim(left=0)
        if share:
            axis.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")
        _plain(axis)
        figure.legend(handles=_key(drawn), loc="outside upper left", ncols=5, frameon=False, fontsize=9.5)
        return svg.inline(figure, name=name, title=title, description=_described(drawn))


def _range(axis: Any, place: int, row: Row, scale: int) -> None:
    low, high = row.published.low * scale, row.published.high * scale
    axis.plot([low, high], [place, place], color=svg.BAND, linewidth=11, solid_capstyle="butt", zorder=1)
    axis.plot(
        [low, low], [place - 0.22, place + 0.22], color=svg.QUIET, linewidth=1, zorder=2
    )  # seen even where the range is a point
    axis.plot([high, high], [place - 0.22, place + 0.22], color=svg.QUIET, linewidth=1, zorder=2)
    measured = row.measured
    if measured is None:
        return
    mark, colour = MARKS[row.verdict]
    axis.plot(
        [measured.low * scale, measured.high * scale], [place, place], color=svg.TEXT, linewidth=1.6, zorder=3
    )
    axis.plot(
        measured.value * scale,
        place,
        mark,
        color=colour,
        markersize=10,
        markeredgecolor=svg.CARD,
        zorder=4,
        clip_on=False,
    )


def _key(rows: Sequence[Row]) -> list[Any]:
    found = [verdict for verdict in MARKS if any(row.verdict is verdict for row in rows)]
    marks = [
        Line2D([], [], linestyle="", marker=MARKS[v][0], color=MARKS[v][1], markersize=9, label=v.value)
        for v in found
    ]
    interval = Line2D([], [], color=svg.TEXT, linewidth=1.6, label="95 % interval")
    return [Patch(color=svg.BAND, label="published range"), *marks, interval]


def _described(rows: Sequence[Row]) -> str:
    return "; ".join(
        f"{row.published.title}: simulated {shown(row.measured.value, row.published.unit)}, published "
        f"{shown_range(row.published.low, row.published.high, row.published.unit)}, {row.verdict.value}"
        for row in rows
        if row.measured
    )


def payers(rates: Sequence[PayerRate], *, lowest: float, highest: float, name: str) -> str:
    """Each payer's denial rate with its interval, between the lowest and the highest issuer published."""
    with svg.settings():
        figure = svg.figure(WIDTH, 1.1 + 0.235 * len(rates))
        axis = figure.subplots()
        axis.axvspan(lowest * 100, highest * 100, color=svg.BAND, alpha=0.55, linewidth=0)
        for place, payer in enumerate(rates):
            rate = payer.rate
            axis.plot([rate.low * 100, rate.high * 100], [place, place], color=svg.TEXT, linewidth=1.4)
            mark = KIND_MARKS[payer.kind][0]
            axis.plot(
                rate.value * 100, place, mark, color=svg.ACCENT, markersize=7.5, markeredgecolor=svg.CARD
            )
        axis.set_yticks(range(len(rates)), [payer.payer for payer in rates], fontsize=9)
        axis.set_ylim(-0.8, len(rates) - 0.2)
        axis.set_xlim(0, highest * 100 + 2)
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")
        _plain(axis)
        figure.legend(
            handles=_kind_key(rates), loc="outside upper left", ncols=4, frameon=False, fontsize=9.5
        )
        described = "; ".join(f"{p.payer}: {shown(p.rate.value, 'share')}" for p in rates)
        return svg.inline(figure, name=name, title="Denial rate of each payer", description=described)


def _kind_key(rates: Sequence[PayerRate]) -> list[Any]:
    kinds = [kind for kind in KIND_MARKS if any(rate.kind == kind for rate in rates)]
    marks = [
        Line2D([], [], linestyle="", marker=KIND_MARKS[k][0], color=svg.ACCENT, label=KIND_MARKS[k][1])
        for k in kinds
    ]
    return [Patch(color=svg.BAND, label="lowest to highest issuer published"), *marks]


def waiting(
    days: Mapping[str, Mapping[int, int]], *, published: Mapping[int, tuple[float, float]], name: str
) -> str:
    """The share of claims answered by each day, of all and of Medicare, with the published shares at their days."""
    with svg.settings():
        figure = svg.figure(WIDTH, 3.9)
        axis = figure.subplots()
        every = _summed(days.values())
        lines = (
            ("all claims", every, "-", svg.ACCENT),
            ("Medicare", days.get("medicare", {}), "--", svg.TEXT),
        )
        for label, counts, style, colour in lines:
            if counts:
                axis.step(
                    range(LONGEST_WAIT + 1), _by_day(counts), style, where="post", color=colour, label=label
                )
        for day, (low, high) in published.items():
            axis.plot(
                [day, day], [low * 100, high * 100], color=svg.BAND, linewidth=11, solid_capstyle="butt"
            )
            axis.text(day, ABOVE, f"published, {day} days", ha="center", fontsize=9.5)
        axis.axvline(PAYMENT_FLOOR, color=svg.QUIET, linewidth=1, linestyle=":")
        note = f"day {PAYMENT_FLOOR}: Medicare pays no earlier"
        axis.text(PAYMENT_FLOOR + 0.6, 3, note, color=svg.QUIET, fontsize=9.5)
        axis.set(
            xlim=(0, LONGEST_WAIT), ylim=(0, ABOVE + 6), xlabel="days from submission to the first decision"
        )
        axis.set_yticks(range(0, 101, 20), [f"{value} %" for value in range(0, 101, 20)])
        _plain(axis)
        axis.legend(frameon=False, loc="lower right")
        described = "; ".join(f"{share:.0f} % by day {day}" for day, share in _at(every, (7, 15, 30, 45, 60)))
        return svg.inline(figure, name=name, title="Claims answered by day", description=described)


def _summed(counts: Any) -> dict[int, int]:
    total: dict[int, int] = {}
    for one in counts:
        for day, count in one.items():
            total[day] = total.get(day, 0) + count
    return total


def _by_day(counts: Mapping[int, int]) -> list[float]:
    """The share answered by each day from 0, in per cent."""
    whole = sum(counts.values())
    return [
        100 * count / whole for count in accumulate(counts.get(day, 0) for day in range(LONGEST_WAIT + 1))
    ]


def _at(counts: Mapping[int, int], days: Sequence[int]) -> list[tuple[int, float]]:
    shares = _by_day(counts)
    return [(day, shares[day]) for day in days]


def _plain(axis: Any) -> None:
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.tick_params(length=0)
    axis.tick_params(axis="y", pad=9)
    axis.grid(axis="x", color=svg.LINE, linewidth=0.8)
    axis.set_axisbelow(True)

"""The page's plots. Before is hatched and after is full, so that colour never speaks alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.fidelity import svg
from training.whatif.errors import Estimate
from training.whatif.report import KindReport

WIDTH = 9.2  # inches
NARROW = 0.36  # height of a bar
BEFORE: dict[str, Any] = {"color": svg.BAND, "edgecolor": svg.QUIET, "hatch": "///", "linewidth": 0.8}
AFTER: dict[str, Any] = {"color": svg.ACCENT, "linewidth": 0.8}


def lanes(kind: KindReport) -> str:
    """Items and dollars of each lane."""
    names = [lane.name for lane in kind.lanes]
    with svg.settings():
        figure = svg.figure(WIDTH, 2.7)
        left, right = figure.subplots(1, 2, sharey=True)
        _bars(left, names, [one.before.items for one in kind.lanes], [one.after.items for one in kind.lanes])
        money = [
            [one.before.dollars / 1000 for one in kind.lanes],
            [one.after.dollars / 1000 for one in kind.lanes],
        ]
        _bars(right, names, *money)
        left.set_xlabel("items")
        right.set_xlabel("thousand dollars")
        _key(figure, left)
        return svg.inline(
            figure,
            name=f"{kind.kind}-lanes",
            title="Items and dollars of each lane, before and after",
            description="; ".join(
                f"{one.name}: {one.before.items} items before, {one.after.items} after" for one in kind.lanes
            ),
        )


def hours(kind: KindReport) -> str:
    """Reviewer hours of each queue."""
    names = [one.name for one in kind.queues]
    with svg.settings():
        figure = svg.figure(WIDTH, 1.1 + 0.5 * len(names))
        axis = figure.subplots()
        _bars(
            axis, names, [one.hours_before for one in kind.queues], [one.hours_after for one in kind.queues]
        )
        axis.set_xlabel("reviewer hours")
        _key(figure, axis)
        return svg.inline(
            figure,
            name=f"{kind.kind}-hours",
            title="Reviewer hours of each queue, before and after",
            description="; ".join(
                f"{one.name}: {one.hours_before:.1f} before, {one.hours_after:.1f} after"
                for one in kind.queues
            ),
        )


def error(kind: KindReport) -> str:
    """The error rates with their intervals against alpha, of items and of dollars."""
    rows = [
        ("items, before", kind.errors_before.rate, kind.alpha_before),
        ("items, after", kind.errors_after.rate, kind.alpha_after),
        ("dollars, before", kind.errors_before.dollars, kind.alpha_before),
        ("dollars, after", kind.errors_after.dollars, kind.alpha_after),
    ]
    with svg.settings():
        figure = svg.figure(WIDTH, 2.5)
        axis = figure.subplots()
        for place, (name, estimate, alpha) in enumerate(rows):
            _interval(axis, place, estimate, alpha, before=name.endswith("before"))
        axis.set_yticks(range(len(rows)), [name for name, *_ in rows])
        axis.set_ylim(len(rows) - 0.5, -0.5)
        axis.set_xlim(left=0)
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")
        axis.set_xlabel(
            "wrong, of what went without a look; upright stroke: alpha, the rate that the policy allows"
        )
        _plain(axis)
        return svg.inline(
            figure,
            name=f"{kind.kind}-error",
            title="Error of the automatic lane with 95 % intervals, against alpha",
            description="; ".join(f"{name}: {_told(estimate)}" for name, estimate, _ in rows),
        )


def coverage(kind: KindReport) -> str:
    """The share of each month's items that goes without a look."""
    with svg.settings():
        figure = svg.figure(WIDTH, 2.6)
        axis = figure.subplots()
        places = range(len(kind.months))
        axis.plot(places, [one.before * 100 for one in kind.months], "o--", color=svg.QUIET, label="before")
        axis.plot(places, [one.after * 100 for one in kind.months], "s-", color=svg.ACCENT, label="after")
        step = max(1, len(kind.months) // 12)
        axis.set_xticks(places[::step], [one.month for one in kind.months][::step])
        axis.set_ylim(0, 103)
        axis.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")
        _plain(axis)
        _key(figure, axis)
        return svg.inline(
            figure,
            name=f"{kind.kind}-coverage",
            title="Share of items without a look, by month",
            description="; ".join(
                f"{one.month}: {one.before:.0%} before, {one.after:.0%} after" for one in kind.months
            ),
        )


def _bars(axis: Any, names: Sequence[str], before: Sequence[float], after: Sequence[float]) -> None:
    places = np.arange(len(names))
    axis.barh(places - NARROW / 2, before, NARROW, label="before", **BEFORE)
    axis.barh(places + NARROW / 2, after, NARROW, label="after", **AFTER)
    for offset, values in ((-NARROW / 2, before), (NARROW / 2, after)):
        for place, value in enumerate(values):
            axis.annotate(
                f"{value:,.0f}",
                (value, place + offset),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
            )
    axis.set_yticks(places, names)
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.set_xlim(0, max(1.0, *before, *after) * 1.16)
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axis.locator_params(axis="x", nbins=5)
    _plain(axis)


def _interval(axis: Any, place: int, estimate: Estimate | None, alpha: float | None, *, before: bool) -> None:
    if alpha is not None:
        axis.plot([alpha * 100] * 2, [place - 0.35, place + 0.35], color=svg.BAD, linewidth=2.2)
    if estimate is None:
        axis.annotate(
            "nothing that went was checked",
            (0, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=svg.QUIET,
        )
        return
    colour = svg.QUIET if before else svg.ACCENT
    axis.plot([estimate.low * 100, estimate.high * 100], [place, place], color=colour, linewidth=2)
    axis.plot(estimate.value * 100, place, "o" if before else "s", color=colour, markersize=8, clip_on=False)


def _told(estimate: Estimate | None) -> str:
    if estimate is None:
        return "nothing that went was checked"
    return f"{estimate.value:.2%}, {estimate.low:.2%} to {estimate.high:.2%}"


def _key(figure: Any, axis: Any) -> None:
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=2, frameon=False, fontsize=9.5)


def _plain(axis: Any) -> None:
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    axis.tick_params(length=0)

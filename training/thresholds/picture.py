"""The picture of a cell: coverage against error, with what was certified and what only looked good."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from models.certificate_curves import Curve, Point
from models.certificate_words import cell_name, rate_text, wanting
from training.plots import ACCENT, INK, WARM, plain, save


def draw_cell(path: Path, curve: Curve) -> None:
    """Write the picture of one cell; docs/thresholds.md says how it is read."""
    figure = Figure(figsize=(7.6, 6.0), layout="constrained")
    axis = figure.subplots()
    _curve(axis, curve)
    _walk(axis, curve)
    _points(axis, curve)
    axis.set(
        xlim=(0, 1),
        ylim=(0, curve.ceiling),
        xlabel=f"coverage: share of the cell's items that would go without a look ({curve.labels:,} fresh labels)",
        ylabel="wrong among them",
    )
    axis.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axis.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
    axis.set_title(_said(curve), loc="left", fontsize=9.5, color=INK)
    plain(axis)
    figure.legend(loc="outside lower center", ncols=2, fontsize=8.5, frameon=False)
    save(figure, path, plain_text(f"{_kind(curve)}: {cell_name(curve.cell)}"))


def draw_overview(path: Path, curves: Sequence[Curve]) -> None:
    """Write the picture of all cells of a kind: how much of each is certified, and how much looked good."""
    figure = Figure(figsize=(9.2, 1.5 + 0.62 * max(1, len(curves))), layout="constrained")
    axis = figure.subplots()
    places = np.arange(len(curves))
    certified = [curve.certified.coverage if curve.certified else 0.0 for curve in curves]
    axis.barh(places, certified, height=0.44, color=ACCENT, label="certified")
    looked = [(place, curve.naive.fresh.coverage) for place, curve in enumerate(curves) if curve.naive]
    axis.plot(
        [share for _, share in looked],
        [place for place, _ in looked],
        "D",
        markerfacecolor="white",
        markeredgecolor=WARM,
        linestyle="none",
        clip_on=False,  # at 0 and at 100 % half of a mark stands beyond the axis
        label="looked good when it was planned",
    )
    for place, curve in enumerate(curves):  # below its bar: a sentence beside it would squeeze the axis
        axis.annotate(_short(curve), (0.005, place + 0.42), va="center", fontsize=8, color=INK)
    axis.set_yticks(places, [plain_text(cell_name(curve.cell)) for curve in curves])
    axis.set_ylim(len(curves) - 0.3, -0.5)
    axis.set(xlim=(0, 1), xlabel="coverage: share of the cell's items that go without a look")
    axis.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    plain(axis)
    axis.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=8.5, frameon=False)
    save(figure, path, f"{_kind(curves[0]) if curves else 'No cell'}: what may go without a look")


def plain_text(text: str) -> str:
    """Text whose dollar signs are no formula to matplotlib."""
    return text.replace("$", r"\$")


def _curve(axis: Any, curve: Curve) -> None:
    points = [point for point in curve.points if point.n]
    coverage = [point.coverage for point in points]
    rates = [point.rate for point in points]
    bound = f"up to the exact upper bound, {rate_text(1 - curve.level)} sure"
    axis.fill_between(
        coverage, rates, [point.upper for point in points], color=ACCENT, alpha=0.16, linewidth=0, label=bound
    )
    axis.plot(coverage, rates, color=ACCENT, linewidth=2, label="wrong on fresh labels")
    allowed = f"allowed: alpha = {rate_text(curve.alpha)}"
    axis.axhline(curve.alpha, color=WARM, linewidth=1.2, linestyle="--", label=allowed)


def _walk(axis: Any, curve: Curve) -> None:
    """Every threshold tried stands at its upper bound: it passes where that is at or below alpha."""
    stopped = curve.stopped
    passed = [point for point in curve.walked if point != stopped]
    label = f"the walk: {len(curve.walked)} of {curve.planned} thresholds tried"
    axis.plot(*_places(passed), "|", color=INK, markersize=9, markeredgewidth=1.1, label=label)
    if stopped is not None:
        at = [min(stopped.upper, 0.985 * curve.ceiling)]
        axis.plot(
            [stopped.coverage], at, "x", color=WARM, markersize=8, markeredgewidth=2, label="where it stopped"
        )


def _points(axis: Any, curve: Curve) -> None:
    if curve.naive and curve.naive.fresh.n:
        naive = curve.naive.fresh
        over = naive.rate > curve.ceiling
        at = min(naive.rate, 0.985 * curve.ceiling)
        label = (
            f"looked good when planned; now {naive.errors:,} wrong of {naive.n:,}{' (above)' if over else ''}"
        )
        axis.plot(
            [naive.coverage],
            [at],
            "D",
            mfc="white",
            mec=WARM,
            mew=1.8,
            ms=8,
            ls="none",
            label=label,
            clip_on=False,
        )
    if curve.certified:
        certified = curve.certified
        label = f"certified from {certified.threshold:.4f}: {certified.errors:,} wrong of {certified.n:,}"
        axis.axvline(certified.coverage, color=INK, linewidth=1, linestyle=":")
        axis.plot(
            [certified.coverage],
            [certified.rate],
            "o",
            color=ACCENT,
            mec="white",
            ms=10,
            label=label,
            clip_on=False,
        )


def _places(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    return [point.coverage for point in points], [point.upper for point in points]


def _said(curve: Curve) -> str:
    if curve.certified is None:
        return f"Not certified. {wanting(curve)}"
    share = f"{curve.certified.coverage:.1%}".replace("%", " %")
    sure = rate_text(1 - curve.delta)
    return f"Certified: {share} may go without a look, at most {rate_text(curve.alpha)} of them wrong, {sure} sure"


def _short(curve: Curve) -> str:
    if curve.certified is None:
        return wanting(curve) if curve.wanted is not None else "too many wrong at every threshold"
    return f"checked {curve.certified.n:,}, wrong {curve.certified.errors:,}"


def _kind(curve: Curve) -> str:
    return curve.cell.kind.replace("-", " ").capitalize()

"""The plots that stand beside a model: can its probabilities be trusted, and how much may go without a look."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike, NDArray

from training.metrics import exact_interval

INK, ACCENT, QUIET, WARM = "#1f2933", "#0b6e99", "#9aa5b1", "#c2410c"
POINTS = 200


def reliability(
    path: Path,
    *,
    probabilities: ArrayLike,
    outcomes: ArrayLike,
    title: str,
    event: str = "event",
    bins: int = 12,
) -> None:
    """Stated probability against what happened, in bins of equally many rows, each with its exact 95 % interval.

    Below it stands how often each probability is stated.
    """
    probability = np.asarray(probabilities, dtype=np.float64)
    outcome = np.asarray(outcomes, dtype=np.float64)
    figure = Figure(figsize=(6.4, 6.4), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=(4, 1), sharex=True)
    limit = min(1.0, max(0.05, float(probability.max(initial=0.0)) * 1.05))
    above.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle="--", label="perfectly calibrated")
    for stated, rate, low, high in _binned(probability, outcome, bins):
        above.plot([stated, stated], [low, high], color=ACCENT, linewidth=1.5)
        above.plot(stated, rate, "o", color=ACCENT, markersize=6, label=None)
    above.plot(
        [], [], "o-", color=ACCENT, label=f"observed, {probability.size:,} rows in {bins} bins, 95 % interval"
    )
    above.set(
        xlim=(0, limit), ylim=(0, 1 if limit > 0.6 else limit * 1.25), ylabel=f"observed rate of {event}"
    )
    above.legend(frameon=False, loc="upper left")
    below.hist(probability, bins=np.linspace(0, limit, 41), color=QUIET)
    below.set(xlabel=f"stated probability of {event}", ylabel="rows")
    for axis in (above, below):
        plain(axis)
    for axis in (above.xaxis, above.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    save(figure, path, title)


def precision_coverage(
    path: Path,
    *,
    confidence: ArrayLike,
    errors: ArrayLike,
    title: str,
    alpha: float | None = None,
    thresholds: Mapping[str, float] | None = None,
) -> None:
    """Of the most confident share of rows, how many are right: precision by coverage, with exact 95 % intervals.

    ``alpha`` draws the promised error rate, ``thresholds`` mark certified ones by name.
    """
    score = np.asarray(confidence, dtype=np.float64)
    order = np.argsort(-score, kind="stable")
    wrong = np.cumsum(np.asarray(errors, dtype=np.int64)[order])
    counts = np.unique(np.linspace(min(20, score.size), score.size, POINTS).astype(int))
    counts = counts[counts > 0]
    ends = np.array([exact_interval(int(count - wrong[count - 1]), int(count)) for count in counts])
    figure = Figure(figsize=(7.2, 4.6), layout="constrained")
    axis = figure.subplots()
    coverage = counts / score.size
    axis.fill_between(
        coverage, ends[:, 0], ends[:, 1], color=ACCENT, alpha=0.18, linewidth=0, label="95 % interval"
    )
    axis.plot(coverage, 1 - wrong[counts - 1] / counts, color=ACCENT, linewidth=2, label="precision")
    if alpha is not None:
        axis.axhline(
            1 - alpha, color=WARM, linewidth=1, linestyle="--", label=f"promised: {1 - alpha:.1%} right"
        )
    _mark(axis, score, thresholds or {})
    axis.set(xlim=(0, 1), xlabel="share of items that go without a look", ylabel="right")
    axis.set_ylim(min(0.98, float(ends[:, 0].min()) - 0.005), 1.0005)
    axis.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axis.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
    axis.legend(loc="lower left", edgecolor="none", framealpha=0.9)
    plain(axis)
    save(figure, path, title)


def _binned(
    probability: NDArray[np.float64], outcome: NDArray[np.float64], bins: int
) -> list[tuple[float, float, float, float]]:
    parts = np.array_split(np.argsort(probability, kind="stable"), min(bins, max(1, probability.size)))
    return [
        (
            float(probability[part].mean()),
            float(outcome[part].mean()),
            *exact_interval(int(outcome[part].sum()), part.size),
        )
        for part in parts
        if part.size
    ]


def _mark(axis: Any, score: NDArray[np.float64], thresholds: Mapping[str, float]) -> None:
    for number, (name, threshold) in enumerate(thresholds.items()):
        share = float((score >= threshold).mean())
        axis.axvline(share, color=INK, linewidth=1, linestyle=":")
        aside = 1 if share < 0.5 else -1  # the side with more room
        axis.annotate(
            f"certified, {name}",
            (share, 0.5),
            xycoords=("data", "axes fraction"),
            xytext=(5 * aside, -13 * number),
            textcoords="offset points",
            ha="left" if aside > 0 else "right",
            color=INK,
            fontsize=9,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
        )


def plain(axis: Any) -> None:
    """An axis without what does not help to read it."""
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_color(QUIET)
    axis.tick_params(colors=INK)
    axis.grid(color=QUIET, alpha=0.25, linewidth=0.6)
    axis.set_axisbelow(True)


def save(figure: Figure, path: Path, title: str) -> None:
    """Write a figure under its title; without a window and without global state."""
    figure.suptitle(title, color=INK, fontsize=13, x=0.02, ha="left")
    FigureCanvasAgg(figure)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120, metadata={"Software": None})

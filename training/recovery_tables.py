"""Judged review outcomes as a table for a person."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from training.reading import shown
from training.recovery_reviews import Judged

SHOWN = ("auc", "log_loss", "brier", "ece", "ece_excess")


def table(judged: Judged, figures: Mapping[str, float]) -> Table:
    """A row a method, its metrics with their 95 % intervals."""
    rate = judged.outcomes.mean()
    title = f"Review outcomes, {judged.name}: {judged.outcomes.size:,} rows, {rate:.1%} overturned"
    made = Table(title=f"{title}; learnt from {judged.learnt:,}", title_justify="left")
    for heading in ("method", *SHOWN):
        made.add_column(heading.replace("_", " "), justify="left" if heading == "method" else "right")
    for method in judged.said:
        start = method.replace(",", "").replace(" ", "_")
        made.add_row(method, *(shown(figures, f"{start}_{metric}") for metric in SHOWN))
    return made


def sentences(figures: Mapping[str, float]) -> list[str]:
    """The paired differences in words."""
    words = {
        "auc_above_lookup": "AUC, the model less the lookup table",
        "log_loss_above_lookup": "log-loss, the model less the lookup table",
        "log_loss_above_uncalibrated": "log-loss, the model less itself before calibration",
    }
    return [
        f"{text}: {figures[name]:+.4f} ({figures[f'{name}_low']:+.4f} to {figures[f'{name}_high']:+.4f}, paired)"
        for name, text in words.items()
    ]

"""What was found on networks, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from training.benchmarks.results import ENDS
from training.benchmarks.results import cell as shown
from training.benchmarks.routing.network_seed import STRESS


def promise(kind: str, found: Mapping[str, Any], scenario: str) -> Table:
    """A line a cell and way of choosing thresholds: was alpha kept?"""
    title = f"{kind}, {scenario}: certified on one period, run on the next 90 days; at most {found['alpha']:.1%} wrong"
    table = _table(
        title, "thresholds", "cell", "open in", "automatic %", "items wrong %", "dollars wrong %", "kept"
    )
    for lane, cells in found["promise"].items():
        for cell, figures in cells.items():
            table.add_row(
                lane,
                cell,
                f"{figures['open']} of {found['networks']}",
                _percent(figures, "automatic_share", digits=1),
                _percent(figures, "error_rate"),
                _percent(figures, "dollar_error_rate"),
                f"{figures['within']} of {figures['open']}",
            )
    return table


def watching(kind: str, found: Mapping[str, Any], scenario: str) -> Table:
    """A line a way of watching: is a change noticed, after how long, and what went wrong until then?"""
    title = f"{kind}: the automatic lane watched, from the change on"
    table = _table(
        title, "change", "lane", "open cells", "above alpha", "surely", "alarms", "of these false",
        "days to alarm", "checks", "wrong", "wrong $",
    )  # fmt: skip
    for lane, figures in found["watch"].items():
        stress = lane.startswith(STRESS)
        table.add_row(
            "stress" if stress else scenario,
            lane.removeprefix(STRESS),
            str(figures["open_cells"]),
            str(figures["truly_above"]),
            str(figures["surely_above"]),
            str(figures["alarms"]),
            str(figures["false_alarms"]),
            f"{figures['median_days']:.0f}" if "median_days" in figures else "–",
            f"{figures['checked'] / found['networks']:,.0f}",
            f"{figures['wrong_since']:,.1f}",
            f"{figures['dollars_wrong_since']:,.0f}",
        )
    return table


def _percent(figures: Mapping[str, Any], name: str, *, digits: int = 2) -> str:
    """A share in percent over its interval, which is cut at none and all."""
    told = {key: 100 * figures[key] for key in (name, *(name + end for end in ENDS)) if key in figures}
    return shown({key: min(max(share, 0.0), 100.0) for key, share in told.items()}, name, digits)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < 2 else "right")
    return table

"""Lanes that are hardly worse than was certified: how soon is 1.2 times alpha noticed, and at what false alarms?

Of answers to claims, those of a day are drawn independent or so that they hang together, as those of one remittance do:
a bet on the share of a day must keep its promise for both, one claim by claim does so only for the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table

from training.benchmarks.routing import monitor_methods as ways
from training.benchmarks.routing.monitor_delay import days_of, delay
from training.benchmarks.routing.monitor_methods import Stream
from training.metrics import exact_interval

DAYS, TIMES, CORRELATION = 240, (1.2, 1.5, 2.0), 0.3
STREAMS = 2_000


@dataclass(frozen=True)
class Lane:
    """A lane and how it is watched."""

    name: str
    alpha: float
    checks: int  # a day
    together: bool  # whether a day is one bet


LANES = (
    Lane("payments, checks", 0.005, 50, together=False),
    Lane("claims, answers by day", 0.1, 33, together=True),
    Lane("claims, answers by day", 0.1, 100, together=True),
    Lane("claims, one by one", 0.1, 33, together=False),
    Lane("claims, one by one", 0.1, 100, together=False),
)


def figures_of(seed: int) -> list[dict[str, Any]]:
    """Of each lane: false alarms of independent and of dependent items, and days to each rate from the first on."""
    return [_figures(lane, seed) for lane in LANES]


def missed(figures: list[dict[str, Any]], most: float) -> list[str]:
    """A line for each lane that the service watches so and that alarms falsely more often than is promised."""
    return [
        f"{one['lane']}, {one['checks']} a day: {one[name]:.1%} false alarms; bar: at most {most:.0%}"
        for one, lane in zip(figures, LANES, strict=True)
        for name in (("alone", "dependent") if lane.together else ())
        if one[name] > most
    ]


def shown(figures: list[dict[str, Any]]) -> Table:
    """A line a lane."""
    title = f"Hardly above alpha, from the first day on ({DAYS} days; medians, 95 % interval below)"
    table = Table(title=title, title_justify="left")
    for place, heading in enumerate(
        ("lane", "alpha", "a day", "false alarms", f"correlation {CORRELATION}", *_headings())
    ):
        table.add_column(heading, justify="right" if place else "left")
    for one in figures:
        false = [_rate(one, name) for name in ("alone", "dependent")]
        days = [days_of(one, f"days_{times}") for times in TIMES]
        table.add_row(one["lane"], f"{one['alpha']:.1%}", str(one["checks"]), *false, *days)
    return table


def _figures(lane: Lane, seed: int) -> dict[str, Any]:
    start = (ways.answers if lane.together else ways.e_detector)(lane.alpha)
    lot = lane.checks if lane.together else 1
    figures: dict[str, Any] = {"lane": lane.name, "alpha": lane.alpha, "checks": lane.checks}
    # items one by one hang together, too, when they are of one day: they are fed a day at a time for that
    for name, correlation, size in (("alone", 0.0, lot), ("dependent", CORRELATION, lane.checks)):
        null = Stream(lane.alpha, lane.checks, (lane.alpha,) * DAYS, correlation)
        figures |= _false(name, null.alarms(start, STREAMS, seed, lot=size))
    for times in TIMES:
        stream = Stream(lane.alpha, lane.checks, (times * lane.alpha,) * DAYS)
        figures |= delay(f"days_{times}", stream.alarms(start, STREAMS // 4, seed + 1, lot=lot))
    return figures


def _false(name: str, days: Any) -> dict[str, float]:
    found = int(np.isfinite(days).sum())
    low, high = exact_interval(found, days.size)
    return {name: found / days.size, f"{name}_low": low, f"{name}_high": high}


def _rate(one: Mapping[str, Any], name: str) -> str:
    return f"{one[name]:.1%}\n{one[f'{name}_low']:.1%}–{one[f'{name}_high']:.1%}"


def _headings() -> list[str]:
    return [f"days to {times} alpha" for times in TIMES]

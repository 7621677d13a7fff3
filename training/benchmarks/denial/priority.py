"""Priority: the money that an order of work recovers from a stream of denials, beside the most that any could.

A year of a provider's denials comes in day by day, each with its own deadline, to people with few minutes a day. Orders
are compared by the dollars expected of what they work in time. The bound knows everything that will come and may work
parts of denials, so no order can reach it. Static: all lies there at once and nothing has a deadline.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from rich.table import Table

from training.benchmarks.denial.knapsack import horizon, knapsack
from training.benchmarks.denial.parts import Task
from training.benchmarks.denial.stream import Stream, Year, read_year
from training.benchmarks.denial.working import ORDERS, Order, Worked, at_once, ours, work
from training.benchmarks.parts import Part, prefixed

BAR: Final = 0.95  # of the bound
DRAWS: Final = 20  # streams drawn anew for the intervals
LOADS: Final = (0.25, 0.5, 0.8)  # of the minutes that all denials take, the share that people have
STATIC_BUDGET: Final = 0.1  # of the minutes of all that lies there
TURNOVERS: Final = (15.0, 60.0)  # beside the default
FIFO: Final = "first in, first out"
BEFOREHAND: Final = "ours, as known beforehand"  # by the model's chances and the usual minutes
ORDERS_SHOWN: Final[Mapping[str, Order]] = {
    **ORDERS,
    **{f"ours, turnover {days:.0f} days": ours(turnover=days) for days in TURNOVERS},
}
Figures = dict[str, float]


def measure(task: Task) -> Part:
    """Measure on the last year of a network."""
    year = read_year(task.dataset, task.folder, seed=task.seed)
    random = np.random.default_rng(task.seed)
    drawn = [year, *(year.resampled(random) for _ in range(DRAWS))]
    settings = {
        "static": [_static(one) for one in drawn],
        **{f"dynamic {load:.0%}": [_dynamic(one, load) for one in drawn] for load in LOADS},
    }
    stream = year.true
    figures: dict[str, Any] = {"denials": len(stream.day), "minutes_a_denial": float(stream.minutes.mean())}
    tables, missed = [], []
    for setting, found in settings.items():
        shown = {order: _with_intervals([one[order] for one in found]) for order in found[0]}
        tables.append(_table(setting, shown))
        for order, values in shown.items():
            figures |= prefixed(f"{setting} {order}".replace("%", "").replace(",", ""), values)
        if shown["ours"]["of_bound"] < BAR:
            missed.append(f"{setting}: ours recovers {shown['ours']['of_bound']:.1%} of the bound")
    return Part("priority", tables, figures, missed, _sentences(stream, settings))


def _static(year: Year) -> dict[str, Figures]:
    """All lies there at once, in the order in which it came, and no deadline is nearer than another."""
    true = _at_once(year.true)
    budget = STATIC_BUDGET * float(true.minutes.sum())
    found = {name: at_once(true, true, budget, order) for name, order in ORDERS_SHOWN.items()}
    if year.known:
        found[BEFOREHAND] = at_once(_at_once(year.known), true, budget, ours())
    return _compared(found, knapsack(true.value, true.minutes, budget))


def _at_once(stream: Stream) -> Stream:
    first = np.arange(len(stream.day))
    return dataclasses.replace(stream, day=first, deadline=np.full_like(first, 2 * len(first)))


def _dynamic(year: Year, load: float) -> dict[str, Figures]:
    true = year.true
    minutes_a_day = load * float(true.minutes.sum()) / true.span
    found = {name: work(true, true, minutes_a_day, order) for name, order in ORDERS_SHOWN.items()}
    if year.known:
        found[BEFOREHAND] = work(year.known, true, minutes_a_day, ours())
    return _compared(found, horizon(true, minutes_a_day))


def _compared(found: Mapping[str, Worked], bound: float) -> dict[str, Figures]:
    base = found[FIFO].recovered
    return {
        name: {
            "recovered": one.recovered,
            "of_bound": one.recovered / bound,
            "times_fifo": one.recovered / base if base else float("nan"),
            "lapsed": one.lapsed,
        }
        for name, one in found.items()
    }


def _with_intervals(found: Sequence[Figures]) -> Figures:
    """The figures of the stream itself, with 95 % of those of the streams drawn from it."""
    own, drawn = found[0], found[1:]
    result: Figures = {}
    for name, value in own.items():
        low, high = np.quantile([one[name] for one in drawn], (0.025, 0.975))
        result |= {name: value, f"{name}_low": float(low), f"{name}_high": float(high)}
    return result


def _table(setting: str, shown: Mapping[str, Figures]) -> Table:
    table = Table(title=f"priority, {setting}", title_justify="left")
    table.add_column("order", no_wrap=True)
    for name in ("dollars recovered", "of the bound", "times first in, first out", "cheap ones lapsed"):
        table.add_column(name, justify="right")
    for order, one in shown.items():
        table.add_row(
            order,
            f"{one['recovered']:,.0f}",
            f"{one['of_bound']:.1%}\n{one['of_bound_low']:.1%}–{one['of_bound_high']:.1%}",
            f"{one['times_fifo']:.2f}\n{one['times_fifo_low']:.2f}–{one['times_fifo_high']:.2f}",
            f"{one['lapsed']:.1%}",
        )
    return table


def _sentences(stream: Stream, settings: Mapping[str, Sequence[Mapping[str, Figures]]]) -> list[str]:
    least = min(found[0]["ours"]["of_bound"] for found in settings.values())
    known = [found[0][BEFOREHAND]["of_bound"] for found in settings.values() if BEFOREHAND in found[0]]
    said = f"; as known beforehand at least {min(known):.1%}" if known else ""
    return [
        f"{len(stream.day):,} denials of the last {stream.span} days, {stream.minutes.mean():.0f} minutes each.",
        f"Ours recovers at least {least:.1%} of the bound in every setting{said}.",
        "As known beforehand: by the chances of a model of what was settled before the year, and by the usual minutes;"
        " all other orders know the simulation's own.",
        "Cheap ones lapsed: of the cheaper half whose value is above the cost of its work, the share never worked.",
    ]

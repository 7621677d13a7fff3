"""How often the monitor of a cell alarms falsely, and how soon it notices that the lane has become worse."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.table import Table

from models.monitoring import proven_threshold, standard_threshold
from models.policy import load_policy
from training.benchmarks.routing import monitor_methods as ways
from training.benchmarks.routing import monitor_near
from training.benchmarks.routing.monitor_delay import days_of, delay
from training.benchmarks.routing.monitor_methods import Stream, Watch
from training.benchmarks.routing.parts import Part
from training.metrics import exact_interval

ALPHA, CHECKS, DAYS, CHANGE = 0.005, 50, 240, 120
RATES = (0.01, 0.02, 0.04)
STREAMS, FEW = 10_000, 2_000
MOST_FALSE, MOST_DAYS = 0.05, 12
AUTOMATIC = (1_000, 200)  # items a day
Way = tuple[str, Callable[[int, int], Watch], int]  # name, how it begins, checks in a lot


def measure(arguments: argparse.Namespace) -> Part:
    """Simulate thousands of streams of checks for every way to watch them, at alpha and above."""
    seed = arguments.seed
    null = Stream(ALPHA, CHECKS, (ALPHA,) * DAYS)
    limit = ways.cusum_limit(null, STREAMS, seed + 1)
    watched: list[Way] = [
        ("e-detector, check by check", ways.e_detector(ALPHA), 1),
        ("e-detector, once a day", ways.e_detector(ALPHA), CHECKS),
        ("CUSUM for 4 alpha, calibrated", ways.cusum(ALPHA, limit), CHECKS),
        ("exact test of 30 days, daily", ways.exact_test(ALPHA), CHECKS),
        ("rolling rate of 20 days", ways.rolling_rate(ALPHA), CHECKS),
    ]
    figures: dict[str, Any] = {name: figures_of(start, lot, seed) for name, start, lot in watched}
    ours = figures[watched[0][0]]
    audited, near = audit_figures(seed), monitor_near.figures_of(seed)
    figures |= {"audit": audited, "near": near}
    return Part(
        "monitor",
        [
            _methods_table(figures, [name for name, *_ in watched]),
            _audit_table(audited),
            monitor_near.shown(near),
        ],
        figures,
        missed=[*missed(ours), *monitor_near.missed(near, MOST_FALSE)],
        sentences=[
            f"threshold {standard_threshold(ALPHA):,.0f}; by Doob's inequality alone it would be "
            f"{proven_threshold(ALPHA):,.0f}",
        ],
    )


def figures_of(start: Callable[[int, int], Watch], lot: int, seed: int) -> dict[str, float]:
    """False alarms at alpha; days to notice each rate from the first day on, and 2 % after 120 days at alpha."""
    streams = STREAMS if lot > 1 else FEW * 2
    null = Stream(ALPHA, CHECKS, (ALPHA,) * DAYS).alarms(start, streams, seed, lot=lot)
    found = int(np.isfinite(null).sum())
    low, high = exact_interval(found, streams)
    figures = {"false_alarms": found / streams, "false_alarms_low": low, "false_alarms_high": high}
    for rate in RATES:
        days = Stream(ALPHA, CHECKS, (rate,) * DAYS).alarms(start, FEW, seed + 2, lot=lot)
        figures |= delay(f"days_at_{rate:.0%}".replace("%", "_percent"), days)
    late = (ALPHA,) * CHANGE + (0.02,) * (DAYS - CHANGE)
    days = Stream(ALPHA, CHECKS, late).alarms(start, FEW, seed + 3, lot=lot)
    return figures | delay("days_late", days[days > CHANGE] - CHANGE)


def audit_figures(seed: int) -> dict[str, dict[str, float]]:
    """At the shipped policy's audit probability: days, and wrong items that went, until 2 % is noticed."""
    probability, found = load_policy().audit_probability, {}
    for items in AUTOMATIC:
        checks = round(items * probability)
        days = Stream(ALPHA, checks, (0.02,) * DAYS).alarms(ways.e_detector(ALPHA), FEW, seed + 4, lot=1)
        figures = delay("days", days)
        figures["wrong_items"] = figures["days"] * items * 0.02
        found[f"{items}_a_day"] = {"checks_a_day": checks, **figures}
    return found


def missed(ours: dict[str, float]) -> list[str]:
    """The bars that ours missed."""
    sentences = []
    if ours["false_alarms"] > MOST_FALSE:
        sentences.append(
            f"{ours['false_alarms']:.1%} false alarms in {DAYS} days; bar: at most {MOST_FALSE:.0%}"
        )
    if ours["days_at_2_percent"] > MOST_DAYS:
        sentences.append(f"{ours['days_at_2_percent']:.0f} days to notice 2 %; bar: at most {MOST_DAYS}")
    return sentences


def _methods_table(figures: dict[str, Any], names: list[str]) -> Table:
    title = f"{CHECKS} checks a day, alpha {ALPHA:.1%}, {DAYS} days (medians; 95 % interval below)"
    shown = Table(title=title, title_justify="left")
    shown.add_column("way to watch", no_wrap=True)
    for heading in (
        "false alarms",
        "days to 1 %",
        "days to 2 %",
        "90th percentile",
        "2 % after 120 days",
        "days to 4 %",
    ):
        shown.add_column(heading, justify="right")
    for name in names:
        one = figures[name]
        false = f"{one['false_alarms']:.1%}\n{one['false_alarms_low']:.1%}–{one['false_alarms_high']:.1%}"
        days = [days_of(one, f"days_at_{rate}_percent") for rate in (1, 2, 4)]
        worst = f"{one['days_at_2_percent_p90']:.0f}"
        shown.add_row(name, false, days[0], days[1], worst, days_of(one, "days_late"), days[2])
    return shown


def _audit_table(audited: dict[str, dict[str, float]]) -> Table:
    probability = load_policy().audit_probability
    title = f"The lane at 2 % instead of {ALPHA:.1%}, {probability:.0%} of its items checked, check by check"
    shown = Table(title=title, title_justify="left")
    for heading in ("automatic items a day", "checks a day", "days to notice", "wrong items until then"):
        shown.add_column(heading, justify="right")
    for items in AUTOMATIC:
        one = audited[f"{items}_a_day"]
        shown.add_row(
            f"{items:,}", f"{one['checks_a_day']:.0f}", days_of(one, "days"), f"{one['wrong_items']:,.0f}"
        )
    return shown

"""How long one routing decision takes, policy and certificate together, beside public rule engines."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from models.policy import load_policy
from models.routing import RoutingInput, route
from training.benchmarks.repeats import named_mean
from training.benchmarks.results import Row, table
from training.benchmarks.routing.decision_items import DAY, VERSION, certificates, items
from training.benchmarks.routing.decision_peers import by_hand, facts, installed
from training.benchmarks.routing.parts import Part

ITEMS, REPEATS = 2_000, 7
BAR = 50.0  # microseconds
OURS = "policy and certificate"
SHOWN = ("median_us", "p95_us", "p99_us")
Asked = TypeVar("Asked")


def measure(arguments: argparse.Namespace) -> Part:
    """Time ``route()`` on a mix of items, and the engines that are installed on a table of as many rules."""
    drawn = items(ITEMS, seed=arguments.seed)
    rows = [Row(OURS, timed(deciding(), drawn))]
    told = [facts(item) for item in drawn]
    sentences = []
    for name, engine in installed().items():
        rows.append(Row(f"{name}, policy only", timed(engine, told)))
        agreed = sum(engine(one) == by_hand(one) for one in told)
        sentences.append(f"{name} gives the lane of the table for {agreed:,} of {len(told):,} items")
    median = rows[0].figures["median_us"]
    return Part(
        "decision",
        [
            table(
                "One routing decision, in microseconds (95 % over repeats below)",
                rows,
                SHOWN,
                digits=1,
                taken=False,
            )
        ],
        {row.method: dict(row.figures) for row in rows},
        missed=[f"a decision takes {median:.0f} microseconds; bar: below {BAR:.0f}"] if median >= BAR else [],
        sentences=sentences,
    )


def deciding() -> Callable[[RoutingInput], object]:
    """``route()`` under the policy that ships, with a certificate in force for every cell."""
    policy = load_policy()
    live = certificates(policy)
    return lambda item: route(item, policy=policy, certificates=live, model_version=VERSION, at=DAY)


def timed(decide: Callable[[Asked], object], asked: Sequence[Asked]) -> dict[str, float]:
    """Median, 95th and 99th percentile of single decisions, microseconds, with an interval over repeats."""
    decide(asked[0])  # what is built at the first call is not part of a decision
    repeats = [np.percentile(_once(decide, asked), (50, 95, 99)) for _ in range(REPEATS)]
    columns = np.transpose(repeats).tolist()
    figures: dict[str, float] = {}
    for name, values in zip(SHOWN, columns, strict=True):
        figures |= named_mean(name, values)
    return figures


def _once(decide: Callable[[Asked], object], asked: Sequence[Asked]) -> list[float]:
    taken = []
    for one in asked:
        started = time.perf_counter_ns()
        decide(one)
        taken.append((time.perf_counter_ns() - started) / 1_000)
    return taken

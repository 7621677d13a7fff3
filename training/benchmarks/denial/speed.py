"""Part speed: features and scores of many claims, and of one claim at a time as a service is asked, in one process.

Claims of the network are taken over and over until there are enough. Times are of this machine, as it was loaded.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from itertools import cycle, islice

import numpy as np
from rich.table import Table

from features.x12.records import Claim
from models.denial_risk import DenialRiskModel
from training.benchmarks.denial.methods import Model
from training.benchmarks.denial.parts import Task
from training.benchmarks.denial.task import split
from training.benchmarks.parts import Part
from training.metrics import Floats

MANY = 100_000
ONE_BY_ONE = 2_000
WARM_UP = 100
MEDIAN_MS = 2.0


def measure(task: Task) -> Part:
    """Fit on the history, then score."""
    given = split(task.dataset, seed=task.seed)
    model = Model()
    model.fit(given.history)
    claims = list(islice(cycle(given.claims), MANY))
    seconds = together(model.product, claims)
    alone = one_by_one(model.product, claims[:ONE_BY_ONE])
    figures = {
        "claims": float(len(claims)),
        "seconds": seconds,
        "claims_a_second": len(claims) / seconds,
        "online_median_ms": float(np.median(alone)),
        "online_p99_ms": float(np.quantile(alone, 0.99)),
    }
    return Part("speed", [_table(figures)], dict(figures), misses(figures), [loaded()])


def together(model: DenialRiskModel, claims: Sequence[Claim]) -> float:
    """Seconds for features and scores of all."""
    model.score(claims[:WARM_UP])
    started = time.perf_counter()
    model.score(claims)
    return time.perf_counter() - started


def one_by_one(model: DenialRiskModel, claims: Sequence[Claim]) -> Floats:
    """Milliseconds of each claim's features and score, (n,)."""
    for claim in claims[:WARM_UP]:
        model.score([claim])
    taken = []
    for claim in claims:
        started = time.perf_counter()
        model.score([claim])
        taken.append(1000 * (time.perf_counter() - started))
    return np.array(taken)


def misses(figures: dict[str, float]) -> list[str]:
    """The bar is on the median of one claim."""
    median = figures["online_median_ms"]
    return [] if median < MEDIAN_MS else [f"one claim takes {median:.1f} ms at the median, not {MEDIAN_MS:g}"]


def loaded() -> str:
    """The machine, for times tell little without."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores{load} while this was measured"


def _table(figures: dict[str, float]) -> Table:
    result = Table(title="Speed of features and scores", title_justify="left", show_header=False)
    result.add_row(f"{figures['claims']:,.0f} claims together, s", f"{figures['seconds']:.1f}")
    result.add_row("claims a second", f"{figures['claims_a_second']:,.0f}")
    result.add_row("one claim, median ms", f"{figures['online_median_ms']:.2f}")
    result.add_row("one claim, 99th percentile ms", f"{figures['online_p99_ms']:.2f}")
    return result

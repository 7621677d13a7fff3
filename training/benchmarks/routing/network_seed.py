"""One network of one seed, end to end, in plain values: what went without a look, and how much of it was wrong.

``lanes`` of a kind are ways of running its period: under its ``certificates`` with nobody watching, ``watched`` with
the monitor, ``watched closely`` with a larger blind sample (where no answers tell of every item), ``naive`` under
thresholds that only looked good; and all but the last again under ``stress``. Each holds figures by value band.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.certificates import Cell
from models.policy import Policy, load_policy
from models.routing import cell_of
from training import datasets
from training.benchmarks.matching.shift import changed_on
from training.benchmarks.routing import network_denial, network_match
from training.benchmarks.routing.network_period import Deployed, Period, stress_day, stressed
from training.benchmarks.routing.network_replay import Watch, replay
from training.datasets import Dataset
from training.simulate import command as simulation

CLOSELY = 0.5  # of the automatic lane checked, where it is watched closely
CERTIFIED, WATCHED, CLOSE, NAIVE = "certified", "watched", "watched closely", "naive"
STRESS = "stress, "  # before the name of a lane
Deploy = Callable[..., Deployed]
KINDS: dict[str, Deploy] = {"remittance-match": network_match.deploy, "denial-risk": network_denial.deploy}


@dataclass(frozen=True)
class Run:
    """What one seed is asked."""

    seed: int
    claims: int
    scenario: str


def run(asked: Run, folder: Path | None = None) -> dict[str, Any]:
    """Simulate, unless there is a folder already, and go through every kind."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        if folder is None:
            folder = Path(scratch) / "network"
            simulation.write(folder, claims=asked.claims, seed=asked.seed, scenario=asked.scenario)
        whole, first = datasets.load(folder), changed_on(folder)
        past = datasets.load(folder, before=first)
        kinds = {kind: one(deploy, folder, past, whole, first, asked.seed) for kind, deploy in KINDS.items()}
    seconds = round(time.perf_counter() - started, 1)
    told = {"policy": load_policy().version, "first": first.isoformat()}
    return {**vars(asked), **told, "kinds": kinds, "seconds": seconds}


def one(
    deploy: Deploy, folder: Path, past: Dataset, whole: Dataset, first: date, seed: int
) -> dict[str, Any]:
    """One kind of exception on one network."""
    policy = load_policy()
    started = time.perf_counter()
    deployed = deploy(folder, past, whole, first=first, policy=policy, seed=seed)
    return {
        "seconds": round(time.perf_counter() - started, 1),
        "items": len(deployed.period.items),
        "cells": [_plain(certificate) for certificate in deployed.certificates],
        "lanes": dict(lanes(deployed, policy, seed)),
    }


def lanes(deployed: Deployed, policy: Policy, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The period run in every way, by name."""
    worse = stressed(deployed.period, first=deployed.first, seed=seed)
    began = stress_day(deployed.first)
    yield NAIVE, _lane(deployed, policy, deployed.period, deployed.first, None, naive=True)
    for prefix, period, change in (("", deployed.period, deployed.first), (STRESS, worse, began)):
        watches = {
            CERTIFIED: None,
            WATCHED: Watch(policy.audit_probability, seed),
        }
        if period.answers is None:
            watches[CLOSE] = Watch(CLOSELY, seed)
        for name, watch in watches.items():
            yield prefix + name, _lane(deployed, policy, period, change, watch)


def _lane(
    deployed: Deployed,
    policy: Policy,
    period: Period,
    change: date,
    watch: Watch | None,
    *,
    naive: bool = False,
) -> dict[str, Any]:
    """Figures by value band; ``change`` is the day from which what is wrong may be new."""
    went = replay(
        period,
        policy=policy,
        certificates=deployed.naive if naive else deployed.certificates,
        model_version=deployed.model_version,
        watch=watch,
    )
    cells = [certificate.cell for certificate in deployed.certificates]
    return {cell_name(cell): _cell(cell, policy, period, went, change, watch) for cell in cells}


def _cell(
    cell: Cell, policy: Policy, period: Period, went: NDArray[np.bool_], change: date, watch: Watch | None
) -> dict[str, Any]:
    inside = np.array([cell_of(item, policy) == cell for item in period.items], dtype=np.bool_)
    through = inside & went
    figures = {"items": int(inside.sum())} | _counts(period, through)
    later = through & (period.days >= np.datetime64(change))
    figures |= {f"{name}_since": count for name, count in _counts(period, later).items()}
    if watch is None:
        return figures
    alarm = watch.alarms.get(cell)
    days = None if alarm is None else (alarm - change).days
    return figures | {"checked": watch.checked[cell], "found": watch.found[cell], "alarm_after_days": days}


def _counts(period: Period, rows: NDArray[np.bool_]) -> dict[str, int]:
    """Items and cents of some rows, and how many of these are wrong."""
    cents = np.array([int((item.amount or 0) * 100) for item in period.items])
    wrong = rows & (period.errors == 1)
    return {
        "automatic": int(rows.sum()),
        "wrong": int(wrong.sum()),
        "cents": int(cents[rows].sum()),
        "cents_wrong": int(cents[wrong].sum()),
    }


def cell_name(cell: Cell) -> str:
    """As it stands in tables: the payer group only where there are several.

    >>> cell_name(Cell("remittance-match", "*", "under-1000"))
    'under-1000'
    """
    return cell.value_band if cell.payer_group == "*" else f"{cell.payer_group} {cell.value_band}"


def _plain(certificate: Any) -> dict[str, Any]:
    names = ("threshold", "n", "errors", "alpha", "delta")
    told = {name: getattr(certificate, name) for name in names}
    return {"cell": cell_name(certificate.cell), **told}

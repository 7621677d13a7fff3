"""Deployments under a risk that falls with the score: how often the promise is broken, how much goes by itself."""

from __future__ import annotations

import argparse

from training.benchmarks.results import Row, table
from training.benchmarks.routing.choosers import NAIVE, OURS, choosers
from training.benchmarks.routing.parts import Part, prefixed
from training.benchmarks.routing.simulated import ALPHA, DELTA, Falling, Tally, deploy, figures, oracle
from training.metrics import rate

BARS = {20_000: 0.91, 50_000: 0.95}  # labels in each window -> of the oracle's share, at least
SEEN = 0.45  # of naive thresholds break the promise, or the simulation sees no failure
SHOWN = ("violated", "automated", "of_oracle", "deployments")


def measure(arguments: argparse.Namespace) -> Part:
    """Every method on the same deployments, with windows of 20,000 and of 50,000 labels."""
    part = Part("deployments", [], {"alpha": ALPHA, "delta": DELTA})
    curve, most = Falling(), oracle(Falling(), ALPHA)
    for n, bar in BARS.items():
        ways = choosers(arguments.deployments)
        tallies = deploy(curve, ways, n=n, deployments=arguments.deployments, seed=arguments.seed)
        found = {name: figures(tally, most) for name, tally in tallies.items()}
        found["oracle"] = {"violated": 0.0, "automated": most, "of_oracle": 1.0}
        rows = [Row(name, values) for name, values in found.items()]
        part.tables.append(table(f"{n:,} labels a window, alpha 0.5 %, delta 5 %", rows, SHOWN, taken=False))
        for name, values in found.items():
            part.figures.update(prefixed(f"{name} {n}", values))
        part.missed.extend(_missed(n, bar, found, tallies[NAIVE]))
    return part


def _missed(n: int, bar: float, found: dict[str, dict[str, float]], naive: Tally) -> list[str]:
    violated, reached = found[OURS]["violated"], found[OURS]["of_oracle"]
    missed = []
    if violated > DELTA:
        missed.append(f"{violated:.1%} of deployments violated at {n:,} labels; bar: at most {DELTA:.0%}")
    if reached < bar:
        missed.append(f"{reached:.1%} of the oracle's share at {n:,} labels; bar: at least {bar:.0%}")
    if rate("violated", naive.broken, naive.tried)["violated"] <= SEEN:
        missed.append(f"naive thresholds break the promise in only {naive.broken:,} of {naive.tried:,}")
    return missed

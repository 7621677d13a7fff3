"""Deployments where the score says nothing and the error rate is just above alpha: to let anything go is wrong."""

from __future__ import annotations

import argparse

from training.benchmarks.results import Row, table
from training.benchmarks.routing.choosers import NAIVE, OURS, choosers
from training.benchmarks.routing.deployments import SEEN
from training.benchmarks.routing.parts import Part, prefixed
from training.benchmarks.routing.simulated import ALPHA, DELTA, Flat, deploy, figures, oracle

ABOVE = 1.02  # times alpha
N = 20_000
SHOWN = ("violated", "automated", "deployments")


def measure(arguments: argparse.Namespace) -> Part:
    """Every method on the same deployments, with windows of 20,000 labels."""
    curve = Flat(ABOVE * ALPHA)
    ways = choosers(arguments.deployments)
    tallies = deploy(curve, ways, n=N, deployments=arguments.deployments, seed=arguments.seed)
    found = {name: figures(tally, oracle(curve, ALPHA)) for name, tally in tallies.items()}
    found["oracle"] = {"violated": 0.0, "automated": 0.0}
    violated, naive = found[OURS]["violated"], found[NAIVE]["violated"]
    missed = []
    if violated > DELTA:
        missed.append(f"{violated:.1%} of deployments violated; bar: at most {DELTA:.0%}")
    if naive <= SEEN:
        missed.append(f"naive thresholds break the promise in only {naive:.1%}")
    rows = [Row(name, values) for name, values in found.items()]
    shown = table(f"Flat risk at {ABOVE} alpha, {N:,} labels a window", rows, SHOWN, taken=False)
    told = {key: value for name, values in found.items() for key, value in prefixed(name, values).items()}
    return Part("flat", [shown], {"alpha": ALPHA, "delta": DELTA, "above": ABOVE} | told, missed)

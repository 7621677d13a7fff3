"""Certified routing, in parts: simulated deployments, whole networks, the monitor, and how fast one decision is."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from typing import cast

from rich.console import Console

from training.benchmarks import bars
from training.benchmarks.folder import name_of
from training.benchmarks.parts import Part, chosen, missed_of, shown
from training.benchmarks.results import Found, recording, write
from training.benchmarks.routing.parts import Measure

WIDTH = 130
HERE = "training.benchmarks.routing"
PARTS = ("deployments", "flat", "payers", "dollars", "batches", "monitor", "network", "decision")
DRAWN = "drawn by the parts themselves"  # instead of the digest of files that were measured on


def run(arguments: argparse.Namespace) -> int:
    """Measure every part that is asked for, print and write; the answer is 0."""
    wanted = chosen("routing", PARTS, arguments.only)
    console = recording(WIDTH)
    parts = [measured(name, arguments, console) for name in wanted]
    missed = missed_of(parts)
    bars.say(console, missed)
    other = {"parts": {part.name: part.figures for part in parts}}
    described = f"{arguments.deployments:,} deployments"
    name = name_of(_named(wanted), arguments)
    found = Found(name, arguments.seed, DRAWN, described, [], missed, other)
    console.print(f"written to {write(arguments.out, found, console)}")
    return 0


def measured(name: str, arguments: argparse.Namespace, console: Console) -> Part:
    """One part, printed as soon as it is there."""
    module = cast("Measure", importlib.import_module(f"{HERE}.{name}"))
    return shown(name, lambda: module.measure(arguments), console)


def _named(wanted: Sequence[str]) -> str:
    """What the results are called: by their parts, so that one part does not write over all of them.

    >>> _named(PARTS), _named(("flat", "monitor"))
    ('routing', 'routing-flat-monitor')
    """
    return "routing" if tuple(wanted) == PARTS else "-".join(("routing", *wanted))

"""The service, in parts: requests from its own document, damaged files, kills, and how fast it answers."""

from __future__ import annotations

import argparse
import importlib
from typing import cast

from training.benchmarks import bars
from training.benchmarks.parts import chosen, missed_of, shown
from training.benchmarks.results import Found, recording, write
from training.benchmarks.routing.parts import Measure

WIDTH = 130
HERE = "training.benchmarks.service"
PARTS = ("contract", "mutated", "kills", "speed", "rate")
DRAWN = "made by the parts themselves"  # instead of the digest of files that were measured on


def run(arguments: argparse.Namespace) -> int:
    """Measure every part that is asked for, print and write; the answer is 0."""
    wanted = chosen("service", PARTS, arguments.only)
    console = recording(WIDTH)
    parts = []
    for name in wanted:
        module = cast("Measure", importlib.import_module(f"{HERE}.{name}"))
        parts.append(shown(name, lambda module=module: module.measure(arguments), console))  # type: ignore[misc]
    missed = missed_of(parts)
    bars.say(console, missed)
    name = "service" if tuple(wanted) == PARTS else "-".join(("service", *wanted))
    other = {"parts": {part.name: part.figures for part in parts}}
    found = Found(name, arguments.seed, DRAWN, f"{arguments.claims:,} claims", [], missed, other)
    console.print(f"written to {write(arguments.out, found, console)}")
    return 0

"""A benchmark whose parts are modules with ``measure``: those that are asked for are measured, printed and written."""

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
DRAWN = "drawn by the parts themselves"  # instead of the digest of files that were measured on


def run_modules(
    benchmark: str, parts: Sequence[str], arguments: argparse.Namespace, *, described: str
) -> int:
    """Measure the modules ``training.benchmarks.BENCHMARK.PART``, print and write; the answer is 0."""
    wanted = chosen(benchmark, parts, arguments.only)
    console = recording(WIDTH)
    found_parts = [_measured(f"training.benchmarks.{benchmark}", name, arguments, console) for name in wanted]
    missed = missed_of(found_parts)
    bars.say(console, missed)
    other = {"parts": {part.name: part.figures for part in found_parts}}
    name = name_of(named(benchmark, parts, wanted), arguments)
    found = Found(name, arguments.seed, DRAWN, described, [], missed, other)
    console.print(f"written to {write(arguments.out, found, console)}")
    return 0


def named(benchmark: str, parts: Sequence[str], wanted: Sequence[str]) -> str:
    """What the results are called: by their parts, so that one part does not write over all of them.

    >>> named("routing", ("flat", "monitor"), ("flat", "monitor")), named("routing", ("flat", "monitor"), ("flat",))
    ('routing', 'routing-flat')
    """
    return benchmark if tuple(wanted) == tuple(parts) else "-".join((benchmark, *wanted))


def _measured(folder: str, name: str, arguments: argparse.Namespace, console: Console) -> Part:
    """One part, printed as soon as it is there."""
    module = cast("Measure", importlib.import_module(f"{folder}.{name}"))
    return shown(name, lambda: module.measure(arguments), console)

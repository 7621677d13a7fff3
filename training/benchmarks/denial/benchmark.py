"""Denial risk and what follows from it, in parts, against the sealed truth: each part measures one network."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from typing import cast

from rich.console import Console

from training import datasets
from training.benchmarks import bars
from training.benchmarks.denial import summary
from training.benchmarks.denial.parts import Measure, Task
from training.benchmarks.folder import measured_folder, name_of
from training.benchmarks.parts import Part, chosen, missed_of, shown
from training.benchmarks.results import Found, recording, write

WIDTH = 130
HERE = "training.benchmarks.denial"
PARTS = ("risk", "category", "recovery", "patterns", "priority", "speed")


def run(arguments: argparse.Namespace) -> int:
    """Measure a network for each seed, and all of them together where there are several; the answer is 0."""
    wanted = chosen("denial", PARTS, arguments.only)
    seeds = {seed: one(arguments, seed, wanted) for seed in arguments.seeds or (arguments.seed,)}
    if len(seeds) > 1:
        console = recording(WIDTH)
        figures = summary.over_seeds(seeds)
        for shown in summary.tables(figures, list(seeds)):
            console.print(shown)
        path = summary.write(arguments.out, name_of("denial", arguments), seeds, figures)
        console.print(f"written to {path}")
        path.with_suffix(".txt").write_text(console.export_text(), encoding="utf-8")
    return 0


def one(arguments: argparse.Namespace, seed: int, wanted: Sequence[str]) -> list[Part]:
    """Simulate unless data is given, measure every part, print and write."""
    console = recording(WIDTH)
    given = argparse.Namespace(**{**vars(arguments), "seed": seed})
    with measured_folder(given) as folder:
        task = Task(given, folder, datasets.load(folder), seed)
        parts = [measured(name, task, console) for name in wanted]
    missed = missed_of(parts)
    bars.say(console, missed)
    described = f"{len(task.dataset.claims):,} claims"
    other = {"parts": {part.name: part.figures for part in parts}}
    found = Found(name_of("denial", given), seed, task.dataset.digest, described, [], missed, other)
    console.print(f"written to {write(arguments.out, found, console)}")
    return parts


def measured(name: str, task: Task, console: Console) -> Part:
    """One part, printed as soon as it is there."""
    module = cast("Measure", importlib.import_module(f"{HERE}.{name}"))
    return shown(name, lambda: module.measure(task), console)

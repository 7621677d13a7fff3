"""How hard the simulated data is, and a leak test: does any shortcut reach what an honest model reaches?

The bars: the oracle's AUC lies between 0.80 and 0.88; no single column, and neither file order, identifiers, lengths
nor format, reaches the honest model; shuffled labels teach nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from rich.table import Table

from training import datasets
from training.benchmarks import bars
from training.benchmarks.difficulty import denial, matching
from training.benchmarks.folder import measured_folder, name_of
from training.benchmarks.results import Found, Row, recording, write

WIDTH = 100
COLUMN = "column "
SHOWN_COLUMNS = 8  # of the single columns, the best; the file has all


def run(arguments: argparse.Namespace) -> int:
    """Simulate unless data is given, try everything, and print what came out; the answer is 0."""
    console = recording(WIDTH)
    seed: int = arguments.seed
    with measured_folder(arguments) as folder:
        dataset = datasets.load(folder)
        risk = denial.measure(dataset, folder, seed=seed)
        match = matching.measure(dataset, folder, seed=seed)
    rows = {"denial": risk.rows(seed=seed), "matching": match.rows()}
    missed = [*denial.misses(risk, seed=seed), *matching.misses(match)]
    described = f"{len(dataset.claims):,} claims, {len(dataset.claim_payments):,} claim payments"
    console.print(table("Denial risk: AUC (95 % interval)", rows["denial"], "auc"))
    console.print(f"models of shuffled labels: mean AUC {risk.control}")
    console.print(table("Remittance matching: best F1 (95 % interval)", rows["matching"], "best_f1"))
    console.print(f"models of shuffled labels less random picks: mean best F1 {match.control}")
    console.print(described)
    bars.say(console, missed)
    other = {
        "shuffled_labels_auc": risk.control._asdict(),
        "shuffled_labels_best_f1_above_chance": match.control._asdict(),
    }
    told = [replace(row, method=f"{task}: {row.method}") for task, given in rows.items() for row in given]
    found = Found(name_of("difficulty", arguments), seed, dataset.digest, described, told, missed, other)
    console.print(f"written to {write(arguments.out, found, console)}")
    return 0


def table(title: str, rows: Sequence[Row], figure: str) -> Table:
    """Honest methods and groups as they come, then the best single columns."""
    single = [row for row in rows if row.method.startswith(COLUMN)]
    best = sorted(single, key=lambda row: -row.figures[figure])[:SHOWN_COLUMNS]
    result = Table("learnt from", title=title, title_justify="left")
    result.add_column(figure.replace("_", " "), justify="right")
    for row in [*(row for row in rows if row not in single), *best]:
        value, low, high = (row.figures[figure + end] for end in ("", "_low", "_high"))
        result.add_row(row.method, f"{value:.3f} ({low:.3f}–{high:.3f})")
    result.caption = f"and {len(single) - len(best)} single columns below these"
    return result

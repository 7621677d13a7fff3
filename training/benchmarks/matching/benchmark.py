"""Remittance matching against the sealed truth, beside baselines, public peers, the ceiling and the controls.

The bar: F1 above both baselines by more than the intervals, models that learnt shuffled labels no better than random
picks, siblings enough to make it hard, and an automatic lane whose precision against the truth does not contradict its
certificate. With a scenario in which something changes, the same before and after the change is asked besides.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from features.errors import MissingDataError
from training.benchmarks import bars
from training.benchmarks.folder import measured_folder, name_of
from training.benchmarks.matching import label_noise, shift, summary
from training.benchmarks.matching.bars import misses
from training.benchmarks.matching.controls import SHUFFLES
from training.benchmarks.matching.network import MODEL, Measured, measure, methods_asked
from training.benchmarks.matching.tables import ceiling, f1_by, lane_by, rightly_by
from training.benchmarks.results import Found, recording, table, write
from training.benchmarks.runner import MEASURED

WIDTH = 100
JUDGED = ("f1", "precision", "recall", "posted_to_wrong_claim", "posted_without_claim")
SURE = ("best_f1", "share_at_999_precision", "ece", "ece_excess")


def run(arguments: argparse.Namespace) -> int:
    """Measure a network for each seed, and all of them together where there are several; the answer is 0."""
    seeds = [one(arguments, seed) for seed in arguments.seeds or (arguments.seed,)]
    if len(seeds) > 1:
        console = recording(WIDTH)
        rows, lanes = summary.over_seeds(seeds), summary.lanes(seeds)
        many = f"Means over {len(seeds)} networks (95 % intervals over networks)"
        console.print(table(many, rows, summary.SHOWN, taken=False))
        console.print(summary.table(seeds, lanes))
        around(console, shift.together([seed.shifted for seed in seeds]))
        path = summary.write(arguments.out, name_of("matching", arguments), seeds, rows, lanes)
        console.print(f"written to {path}")
        path.with_suffix(".txt").write_text(console.export_text(), encoding="utf-8")
    return 0


def one(arguments: argparse.Namespace, seed: int) -> summary.Seed:
    """Simulate unless data is given, ask every method, print and write."""
    console = recording(WIDTH)
    given = argparse.Namespace(**{**vars(arguments), "seed": seed})
    asked = methods_asked(arguments.method, arguments.only, peers=not arguments.without_peers)
    with measured_folder(given) as folder:
        measured = measure(folder, asked, seed=seed, in_process=arguments.in_process)
        other = measured.plain()
        missed = misses(measured)
        said(console, measured)
        if arguments.label_noise:
            noise = label_noise.study(measured.dataset, folder, seed=seed)
            other["label_noise"] = [{"wrong": share, **figures} for share, figures in noise]
            console.print(label_noise.table(noise))
        shifted = shifts(given, folder, asked) if changes(folder) else []
        other["shift"] = [found.plain() for found in shifted]
        around(console, shifted)
    bars.say(console, missed)
    found = Found(
        name_of("matching", given), seed, measured.dataset.digest, measured.given.described, measured.rows,
        missed, other,
    )  # fmt: skip
    console.print(f"written to {write(arguments.out, found, console)}")
    return kept(seed, measured, missed, shifted)


def said(console: Console, measured: Measured) -> None:
    """All tables and controls of a network."""
    answers, payments = measured.answers, measured.given.payments
    title = f"Matching of {len(payments):,} later payments (95 % intervals)"
    console.print(table(title, measured.rows, JUDGED, taken=False))
    console.print(table("How sure, and what it took", measured.rows, SURE))
    console.print(MEASURED)
    channels = [payment.channel for payment in payments]
    months = [f"{payment.payment_date or date.max:%Y-%m}" for payment in payments]
    console.print(f1_by("channel", answers, channels, measured.counts))
    console.print(rightly_by("event", answers, [true.event for true in measured.truth]))
    console.print(rightly_by("month", answers, months))
    console.print(lane_by("channel", measured.lane, channels))
    console.print(ceiling(measured.lane, measured.prepared, measured.wanted, measured.apart))
    for sentence in measured.lane.sentences():
        console.print(sentence)
    console.print(str(measured.siblings))
    console.print(
        f"{SHUFFLES} models of shuffled labels less as many random picks: mean best F1 {measured.leaked}"
    )
    console.print(str(measured.held))
    console.print(measured.given.described)
    console.print(measured.prepared.labels.describe())


def around(console: Console, shifted: Sequence[shift.Judged]) -> None:
    """A table a network of what was asked around the day of a change."""
    for network in dict.fromkeys(one.network for one in shifted):
        console.print(shift.table(network, shifted))


def changes(folder: Path) -> bool:
    """Whether something changes in a folder's network; a folder without a manifest is taken as steady."""
    try:
        return shift.changed_in(folder)
    except MissingDataError:
        return False


def shifts(arguments: argparse.Namespace, folder: Path, asked: Mapping[str, str]) -> list[shift.Judged]:
    """The questions about the change, asked of this network and of the steady one with the same seed."""
    questions = shift.questions(shift.changed_on(folder))
    networks = [(arguments.scenario, folder)]
    found = []
    steady = argparse.Namespace(**{**vars(arguments), "scenario": "steady"})
    with measured_folder(steady) as beside:
        if arguments.data is None:
            networks.append((steady.scenario, beside))
        for scenario, where in networks:
            network = shift.Network(where, scenario, arguments.seed, arguments.in_process)
            found += network.ask_model(questions)
            for name, method in asked.items():
                if name != MODEL:
                    found += network.ask(name, method, questions)
    return found


def kept(
    seed: int, measured: Measured, missed: Sequence[str], shifted: Sequence[shift.Judged]
) -> summary.Seed:
    """What the summary over seeds needs."""
    lane = measured.lane
    through = lane.through
    return summary.Seed(
        seed=seed,
        rows=measured.rows,
        answers=lane.answers,
        lane=lane.figures(),
        posted=int(through.sum()),
        rightly=int((through & lane.answers.right).sum()),
        facts=measured.facts(),
        missed=missed,
        shifted=shifted,
    )

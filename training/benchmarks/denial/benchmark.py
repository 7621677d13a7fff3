"""Denial risk against the sealed truth: the model, baselines, the ceiling, and a control with shuffled labels.

One model of shuffled labels leans one way or the other by chance, so the control is drawn several times.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass

from rich.table import Table

from training import datasets
from training.benchmarks import bars
from training.benchmarks.denial.control import SHUFFLES, chance
from training.benchmarks.denial.lane import certified
from training.benchmarks.denial.methods import Oracle
from training.benchmarks.denial.task import checked, outcomes, split
from training.benchmarks.folder import measured_folder, name_of
from training.benchmarks.repeats import Mean
from training.benchmarks.results import Found, Row, recording, table, write
from training.benchmarks.runner import MEASURED, Answered, Runner, here
from training.comparison import Measure, paired_difference
from training.metrics import Floats, auc, average_precision, brier, evaluate, log_loss

WIDTH = 120
SHOWN = ("auc", "average_precision", "log_loss", "brier", "ece_excess")
OURS = "training.benchmarks.denial.methods"
METHODS = {
    "model": f"{OURS}:Model",
    "plain LightGBM": f"{OURS}:PlainLightGBM",
    "lookup table": f"{OURS}:Lookup",
    "rule": f"{OURS}:Rule",
}
PAIRED: Mapping[str, Measure] = {
    "auc": auc,
    "average_precision": average_precision,
    "log_loss": log_loss,
    "brier": brier,
}


@dataclass(frozen=True)
class Measured:
    """The test window: what each method says of its claims, the model first, and whether they were denied."""

    denied: Floats
    said: Mapping[str, Floats]
    control: Mean  # the AUC of models that learnt shuffled labels


def run(arguments: argparse.Namespace) -> int:
    """Simulate unless data is given, ask every method, and judge the test window by the truth; the answer is 0."""
    console = recording(WIDTH)
    seed: int = arguments.seed
    with measured_folder(arguments) as folder:
        dataset = datasets.load(folder)
        given = split(dataset, seed=seed)
        denied = outcomes(given, folder)
        answered = everyone(Runner("denial", given, folder, seed, arguments.in_process), arguments.method)
        said = {name: checked(one.answers, given) for name, one in answered.items()}
        measured = Measured(denied, said, chance(given, denied))
        certificates = certified(dataset, seed=seed)
    rows = [Row.of(name, evaluate(said[name], denied, seed=seed), one) for name, one in answered.items()]
    missed = misses(measured, seed=seed)
    title = f"Denial risk on {denied.size:,} later claims, {denied.mean():.1%} denied (95 % intervals)"
    console.print(table(title, rows, SHOWN))
    console.print(MEASURED)
    console.print(differences(measured, seed=seed))
    console.print(f"{SHUFFLES} models of shuffled labels: mean AUC {measured.control}")
    console.print(given.described)
    for sentence in certificates:
        console.print(sentence)
    bars.say(console, missed)
    other = {"shuffled_labels_auc": measured.control._asdict(), "certificates": certificates}
    found = Found(name_of("denial", arguments), seed, dataset.digest, given.described, rows, missed, other)
    console.print(f"written to {write(arguments.out, found, console)}")
    return 0


def everyone(runner: Runner, own: list[str]) -> dict[str, Answered]:
    """Every method's answers, the model first, one's own next, the oracle last."""
    wanted = {"model": METHODS["model"]} | {method: method for method in own} | METHODS
    oracle = here("denial", Oracle(runner.folder), runner.given)
    return {name: runner.ask(method) for name, method in wanted.items()} | {"oracle": oracle}


def differences(measured: Measured, *, seed: int) -> Table:
    """The model less each other method, claim by claim: far narrower intervals than those of either alone."""
    shown = Table(
        title="The model less the other, on the same claims (paired 95 % intervals)", title_justify="left"
    )
    shown.add_column("other")
    for name in PAIRED:
        shown.add_column(name.replace("_", " "), justify="right")
    for other in measured.said:
        if other != "model":
            given = [difference(measured, measure, other, seed=seed) for measure in PAIRED.values()]
            shown.add_row(other, *(f"{value:+.3f}\n{low:+.3f} to {high:+.3f}" for value, low, high in given))
    return shown


def difference(measured: Measured, measure: Measure, other: str, *, seed: int) -> tuple[float, float, float]:
    """The model less another method in one metric: the value and its paired 95 % interval."""
    said = measured.said
    return paired_difference(measure, said["model"], said[other], measured.denied, seed=seed)


def misses(measured: Measured, *, seed: int) -> list[str]:
    """What falls short of the bar: a lower log-loss than each baseline, and a control that knows nothing."""
    missed = [
        f"the log-loss is not below that of the {baseline}, by the paired interval"
        for baseline in ("lookup table", "rule")
        if difference(measured, log_loss, baseline, seed=seed)[2] >= 0
    ]
    if measured.control.low > 0.5:
        missed.append("shuffled labels teach something: the evaluation leaks")
    return missed

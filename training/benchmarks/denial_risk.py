"""Denial risk against the sealed truth: the model, two baselines, the ceiling, and a control with shuffled labels.

One model of shuffled labels leans one way or the other by chance, so the control is drawn several times.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from features.denial_risk import encode
from features.errors import MissingDataError
from models.certification import load_certificates
from models.denial_risk import DenialRiskModel
from training import datasets
from training.benchmarks import bars
from training.benchmarks.repeats import Mean, mean
from training.comparison import Measure, paired_difference
from training.denial_baselines import lookup_baseline, rule_baseline
from training.denial_labels import DenialLabels, label
from training.denial_risk import fit_booster, train
from training.metrics import auc, average_precision, brier, evaluate, log_loss
from training.simulate import command as simulation
from training.simulate.rates import LAST_DAY
from training.windows import Windows

Floats = NDArray[np.float64]
WIDTH = 120  # columns; a pipe has no width of its own
SHOWN = ("auc", "average_precision", "log_loss", "brier", "ece_excess")
PAIRED: Mapping[str, Measure] = {
    "auc": auc,
    "average_precision": average_precision,
    "log_loss": log_loss,
    "brier": brier,
}
SHUFFLES = 10
TRUTH = "truth/claims.csv"


@dataclass(frozen=True)
class Measured:
    """The test window: what each method says of its claims, the model first, and whether they were denied."""

    denied: Floats
    said: Mapping[str, Floats]
    figures: Mapping[str, Mapping[str, float]]
    control: Mean  # the AUC of models that learnt shuffled labels


def run(arguments: argparse.Namespace) -> int:
    """Simulate unless data is given, train, and judge the test window by the truth; the answer is 0."""
    console = Console(file=sys.stdout, width=WIDTH, highlight=False)
    with tempfile.TemporaryDirectory() as scratch:
        data = arguments.data or _simulated(Path(scratch) / "network", arguments)
        started = time.perf_counter()
        dataset = datasets.load(data)
        loaded = time.perf_counter()
        trained = train(dataset, folder=Path(scratch) / "model", seed=arguments.seed, issued=dataset.end)
        finished = time.perf_counter()
        labels = label(dataset)
        rounds = int(trained.parameters["best_rounds"])
        model = DenialRiskModel.load(trained.folder)
        measured = measure(model, labels, data, seed=arguments.seed, rounds=rounds)
        certificates = load_certificates(trained.folder)
    console.print(table(measured))
    console.print(differences(measured, seed=arguments.seed))
    console.print(f"{SHUFFLES} models of shuffled labels: mean AUC {measured.control}")
    console.print(labels.describe())
    console.print(f"loaded in {loaded - started:.1f} s, trained in {finished - loaded:.1f} s")
    for certificate in certificates:
        reach = (
            "nothing"
            if certificate.threshold is None
            else f"confidence {certificate.threshold:.4f} and above"
        )
        console.print(
            f"certified at {certificate.alpha:.1%} in {certificate.cell.value_band}: {reach} "
            f"({certificate.errors} errors in {certificate.n} labels)"
        )
    bars.say(console, misses(measured, seed=arguments.seed))
    return 0


def measure(model: DenialRiskModel, labels: DenialLabels, data: Path, *, seed: int, rounds: int) -> Measured:
    """Every method on the claims of the test window, judged by the truth and not by the labels.

    The control learns shuffled labels for as many ``rounds`` as the model took.
    """
    truth = read_truth(data / TRUTH)
    windows = Windows.from_dates(labels.sent)
    learnt = np.asarray(labels.denied, dtype=np.float64)
    past, test = ([labels.claims[row] for row in rows] for rows in (windows.fit, windows.test))
    true = np.array([truth[claim.claim_id or ""] for claim in test])
    said = {
        "model": np.array([score.probability for score in model.score(test)]),
        "lookup table": lookup_baseline(past, learnt[windows.fit])(test),
        "rule": rule_baseline(past, learnt[windows.fit])(test),
        "oracle": true[:, 0],
    }
    figures = {name: evaluate(probability, true[:, 1], seed=seed) for name, probability in said.items()}
    blind = [shuffled(labels, windows, seed=seed + again, rounds=rounds) for again in range(SHUFFLES)]
    whole = np.ones((1, true.shape[0]))
    control = mean([float(auc(said_blindly, true[:, 1], whole)[0]) for said_blindly in blind])
    return Measured(denied=true[:, 1], said=said, figures=figures, control=control)


def read_truth(path: Path) -> dict[str, tuple[float, float]]:
    """By claim: the probability that the simulator drew the denial from, and whether it was denied."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return {
                row["claim_id"]: (float(row["denial_probability"]), float(row["denied"]))
                for row in csv.DictReader(stream)
            }
    except FileNotFoundError as error:
        raise MissingDataError(
            "there is no truth beside the data", path.name, "measure on simulated data"
        ) from error


def table(measured: Measured) -> Table:
    """A row a method, a column a metric, the 95 % interval below each value."""
    share = measured.denied.mean()
    title = f"Denial risk on {measured.denied.size:,} later claims, {share:.1%} denied (95 % intervals)"
    shown = Table(title=title, title_justify="left")
    shown.add_column("method")
    for name in SHOWN:
        shown.add_column(name.replace("_", " "), justify="right")
    for method, figures in measured.figures.items():
        shown.add_row(method, *(_shown(figures, name) for name in SHOWN))
    return shown


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


def shuffled(labels: DenialLabels, windows: Windows, *, seed: int, rounds: int) -> Floats:
    """What a fit of as many rounds says of the test window when its labels were dealt out at random.

    Not stopped early, for that would leave a constant, which could not show a leak; and free to fall where the
    model may only rise, for that is knowledge that does not come from labels.
    """
    dealt = np.random.default_rng(seed).permutation(labels.denied).astype(np.float64)
    encoding, booster = fit_booster(labels, dealt, windows, seed=seed, rounds=rounds, blind=True)
    rows = encode([labels.claims[row] for row in windows.test], encoding).rows
    return np.asarray(booster.predict(rows), dtype=np.float64)


def _simulated(folder: Path, arguments: argparse.Namespace) -> Path:
    simulation.run(
        argparse.Namespace(
            out=folder, claims=arguments.claims, seed=arguments.seed, until=date.fromisoformat(LAST_DAY)
        )
    )
    return folder


def _shown(figures: Mapping[str, float], name: str) -> str:
    if f"{name}_low" not in figures:
        return f"{figures[name]:.3f}"
    return f"{figures[name]:.3f}\n{figures[f'{name}_low']:.3f}–{figures[f'{name}_high']:.3f}"

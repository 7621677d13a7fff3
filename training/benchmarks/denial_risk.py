"""Denial risk against the sealed truth: the model, two baselines, the ceiling, and a control with shuffled labels."""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from training.denial_baselines import lookup_baseline, rule_baseline
from training.denial_labels import DenialLabels, label
from training.denial_risk import fit, train
from training.metrics import evaluate
from training.simulate import command as simulation
from training.simulate.rates import LAST_DAY
from training.windows import Windows

Floats = NDArray[np.float64]
WIDTH = 120  # columns; a pipe has no width of its own
SHOWN = ("auc", "average_precision", "log_loss", "brier", "ece_excess")
TRUTH = "truth/claims.csv"


@dataclass(frozen=True)
class Measured:
    """The test window: what each method says of its claims, the model first, and whether they were denied."""

    denied: Floats
    said: Mapping[str, Floats]
    figures: Mapping[str, Mapping[str, float]]


def run(arguments: argparse.Namespace) -> int:
    """Simulate unless data is given, train, measure; 0 where the model beats both baselines and the control fails."""
    console = Console(file=sys.stdout, width=WIDTH, highlight=False)
    with tempfile.TemporaryDirectory() as scratch:
        data = arguments.data or _simulated(Path(scratch) / "network", arguments)
        started = time.perf_counter()
        dataset = datasets.load(data)
        loaded = time.perf_counter()
        trained = train(dataset, folder=Path(scratch) / "model", seed=arguments.seed, issued=dataset.end)
        finished = time.perf_counter()
        labels = label(dataset)
        measured = measure(DenialRiskModel.load(trained.folder), labels, data, seed=arguments.seed)
        certificates = load_certificates(trained.folder)
    console.print(table(measured))
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
    return verdict(console, measured)


def measure(model: DenialRiskModel, labels: DenialLabels, data: Path, *, seed: int) -> Measured:
    """Every method on the claims of the test window, judged by the truth and not by the labels."""
    truth = read_truth(data / TRUTH)
    windows = Windows.from_dates(labels.sent)
    learnt = np.asarray(labels.denied, dtype=np.float64)
    past, test = ([labels.claims[row] for row in rows] for rows in (windows.fit, windows.test))
    true = np.array([truth[claim.claim_id or ""] for claim in test])
    said = {
        "model": np.array([score.probability for score in model.score(test)]),
        "lookup table": lookup_baseline(past, learnt[windows.fit])(test),
        "rule": rule_baseline(past, learnt[windows.fit])(test),
        "shuffled labels": _shuffled(labels, windows, seed=seed),
        "oracle": true[:, 0],
    }
    figures = {name: evaluate(probability, true[:, 1], seed=seed) for name, probability in said.items()}
    return Measured(denied=true[:, 1], said=said, figures=figures)


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


def verdict(console: Console, measured: Measured) -> int:
    """The bar: a lower log-loss than either baseline, and a control that has learnt nothing."""
    figures = measured.figures
    best = min(figures[name]["log_loss"] for name in ("lookup table", "rule"))
    beaten = figures["model"]["log_loss"] < best
    leaking = figures["shuffled labels"]["auc_low"] > 0.5
    console.print(f"beats both baselines: {'yes' if beaten else 'no'}; shuffled labels teach nothing: "
                  f"{'no' if leaking else 'yes'}")  # fmt: skip
    return 0 if beaten and not leaking else 1


def _shuffled(labels: DenialLabels, windows: Windows, *, seed: int) -> Floats:
    """What the same training says of the test window when its labels were dealt out at random."""
    dealt = np.random.default_rng(seed).permutation(labels.denied)
    control = replace(labels, denied=tuple(bool(denied) for denied in dealt))
    fitted = fit(control, dealt.astype(np.float64), windows, seed=seed)
    rows = encode([labels.claims[row] for row in windows.test], fitted.encoding).rows
    raw = np.asarray(fitted.booster.predict(rows, raw_score=True), dtype=np.float64)
    return fitted.calibration(raw)


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

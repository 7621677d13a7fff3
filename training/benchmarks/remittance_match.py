"""Remittance matching against the sealed truth, beside two baselines, the ceiling and two controls.

The bar: F1 above both baselines by more than the intervals, models that learnt shuffled labels no better than random
picks, and an automatic lane whose precision against the truth does not contradict its certificate.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from models.certification import load_certificates
from models.policy import load_policy
from models.remittance_match import KIND, RemittanceMatchModel
from training import datasets
from training.benchmarks import bars
from training.benchmarks.match_controls import (
    candidates_recall,
    indistinguishable,
    random_pick,
    with_shuffled_labels,
    without_control_number,
)
from training.benchmarks.match_truth import TruePayment, read_truth
from training.benchmarks.repeats import Mean, mean
from training.certificates import automatic
from training.match_baselines import baselines
from training.match_evaluation import Answers, Flags, batch_counts, calibration, decisions, ranking, rate
from training.match_fit import chosen
from training.metrics import Floats, exact_interval
from training.remittance_match import Prepared, answers_of, items_of, prepare, score, train
from training.simulate import command as simulation
from training.simulate.rates import LAST_DAY

SHUFFLES = 5
WIDTH = 165  # columns; the tables are wide, and a pipe has no width of its own
SHOWN = (
    "f1",
    "best_f1",
    "precision",
    "recall",
    "share_at_995_precision",
    "posted_to_wrong_claim",
    "posted_without_claim",
    "ece",
)


@dataclass(frozen=True)
class Measured:
    """The test window: who answered what, and what is true."""

    answers: Mapping[str, Answers]  # by method, the model first
    truth: Sequence[TruePayment]
    through: Floats  # 1 where a certificate lets the model's answer go without a look
    counts: Floats
    leak: Mean  # the best F1 of models that learnt shuffled labels, less that of random picks


def run(arguments: argparse.Namespace) -> int:
    """Simulate (or take ``--data``), train on the ledger, and judge the test window by the truth; the answer is 0."""
    console = Console(file=sys.stdout, width=WIDTH)
    seed = int(getattr(arguments, "seed", None) or 7)
    with _folder(arguments, seed) as folder, tempfile.TemporaryDirectory() as scratch:
        started = time.perf_counter()
        dataset = datasets.load(folder)
        loaded = time.perf_counter()
        trained = train(dataset, folder=Path(scratch), seed=seed)
        finished = time.perf_counter()
        model = RemittanceMatchModel.load(Path(scratch))
        prepared = prepare(dataset)
        measured = _measure(dataset, prepared, model, Path(scratch), folder, seed)
        console.print(_methods(measured, seed))
        console.print(_events(measured))
        console.print(_ceiling(measured, prepared, model))
        for certificate in load_certificates(Path(scratch)):
            threshold = "none" if certificate.threshold is None else f"{certificate.threshold:.4f}"
            counts = f"{certificate.errors} errors in {certificate.n}"
            console.print(f"certificate {certificate.cell.value_band}: threshold {threshold}, {counts}")
    console.print(*trained.notes)
    console.print(f"read {loaded - started:.1f} s, train and test {finished - loaded:.1f} s")
    console.print(
        f"{SHUFFLES} models of shuffled labels less as many random picks: mean best F1 {measured.leak}"
    )
    bars.say(console, misses(measured.answers, measured.through > 0, measured.counts, measured.leak))
    return 0


def misses(answers: Mapping[str, Answers], through: Flags, counts: Floats, leak: Mean) -> list[str]:
    """What falls short of the bar, in a sentence each."""
    model = answers["model"]
    figures = {method: decisions(given, counts) for method, given in answers.items()}
    missed = [
        f"F1 is not above that of the baseline '{baseline}'"
        for baseline in ("exact number", "rule")
        if figures["model"]["f1_low"] <= figures[baseline]["f1_high"]
    ]
    if leak.low > 0:
        missed.append("shuffled labels teach something: the evaluation leaks")
    if through.any():
        _, highest = exact_interval(int((through & model.right).sum()), int(through.sum()))
        if highest < 1 - load_policy().alpha(KIND):
            missed.append("the automatic lane is less precise than its certificate promises")
    return missed


@contextmanager
def _folder(arguments: argparse.Namespace, seed: int) -> Iterator[Path]:
    """The given folder, or a simulated one that is gone afterwards."""
    given = getattr(arguments, "data", None)
    if given is not None:
        yield Path(given)
        return
    with tempfile.TemporaryDirectory() as scratch:
        claims = int(getattr(arguments, "claims", None) or 20_000)
        wanted = argparse.Namespace(
            out=Path(scratch), claims=claims, seed=seed, until=date.fromisoformat(LAST_DAY)
        )
        simulation.run(wanted)
        yield Path(scratch)


def _measure(
    dataset: datasets.Dataset,
    prepared: Prepared,
    model: RemittanceMatchModel,
    saved: Path,
    folder: Path,
    seed: int,
) -> Measured:
    rows = prepared.windows.test
    payments, _, _ = chosen(prepared.labels, prepared.candidates, rows)
    truth = read_truth(folder, payments)
    wanted = [true.claim_id for true in truth]
    scores = score(model, prepared, rows)
    answers = answers_of(scores, prepared, rows, wanted=wanted)
    exact, rule = baselines(dataset.claims, payments)
    through = automatic(
        items_of(scores, prepared, rows),
        policy=load_policy(),
        certificates=load_certificates(saved),
        model_version=model.version,
        at=datetime.now(tz=UTC).date(),
    )
    seeds = range(seed, seed + SHUFFLES)
    picked = [random_pick(prepared, wanted, seed=one) for one in seeds]
    blind = [with_shuffled_labels(dataset, prepared, wanted, seed=one) for one in seeds]
    methods = {
        "model": answers,
        "exact number": Answers.of(exact, wanted),
        "rule": Answers.of(rule, wanted),
        "without control number": without_control_number(dataset, prepared, wanted, seed=seed),
        "random pick": picked[0],
        "shuffled labels": blind[0],
    }
    counts = batch_counts([prepared.labels.batch[row] for row in rows], seed=seed)
    above = [
        ranking(learnt, counts)["best_f1"] - ranking(chance, counts)["best_f1"]
        for learnt, chance in zip(blind, picked, strict=True)
    ]
    return Measured(methods, truth, through.astype(np.float64), counts, mean(above))


def _methods(measured: Measured, seed: int) -> Table:
    table = Table(title="Against the truth, test window (95 % interval)", title_justify="left")
    for heading in ("metric", *measured.answers):
        table.add_column(heading, justify="left" if heading == "metric" else "right")
    figures = {
        method: decisions(answers, measured.counts)
        | ranking(answers, measured.counts)
        | calibration(answers, seed=seed)
        for method, answers in measured.answers.items()
    }
    for name in SHOWN:
        table.add_row(name.replace("_", " "), *(shown(figures[method], name) for method in figures))
    return table


def _events(measured: Measured) -> Table:
    """By kind of event: a payment is answered rightly by its claim, or by none where it has none here."""
    table = Table(title="By kind of event", title_justify="left")
    for heading in (
        "event",
        "payments",
        "right: model",
        "exact number",
        "rule",
        "posted wrongly by the model",
    ):
        table.add_column(heading, justify="left" if heading == "event" else "right")
    kinds = np.array([true.event for true in measured.truth])
    for kind in sorted(set(kinds.tolist())):
        inside = kinds == kind
        model = measured.answers["model"]
        wrong = int((inside & model.posted & ~model.right).sum())
        cells = [
            _share(int((inside & rightly(measured.answers[method])).sum()), int(inside.sum()))
            for method in ("model", "exact number", "rule")
        ]
        table.add_row(kind, f"{int(inside.sum()):,}", *cells, f"{wrong:,}")
    return table


def _ceiling(measured: Measured, prepared: Prepared, model: RemittanceMatchModel) -> Table:
    """How good anyone could be: the right claim is among the candidates, and nothing else looks the same."""
    _, candidates, _ = chosen(prepared.labels, prepared.candidates, prepared.windows.test)
    wanted = [true.claim_id for true in measured.truth]
    there, of = candidates_recall(candidates, wanted)
    alike = indistinguishable(model, prepared, wanted)
    best = measured.answers["model"]
    through = measured.through > 0
    table = Table(title="Ceiling and automatic lane", title_justify="left", show_header=False)
    table.add_row("right claim among the candidates", _share(there, of))
    table.add_row("candidates a payment", f"{np.mean([len(claims) for claims in candidates]):.1f}")
    table.add_row("another claim with the same evidence", _share(alike, of))
    table.add_row("posted under a certificate", _share(int(through.sum()), through.size))
    table.add_row("of these right", _share(int((through & best.right).sum()), int(through.sum())))
    return table


def rightly(answers: Answers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether each answer is right: posted to the right claim, or to none where there is none."""
    return np.asarray(np.where(answers.has_claim, answers.posted & answers.right, ~answers.posted))


def shown(figures: Mapping[str, float], name: str) -> str:
    """A figure with its interval.

    >>> shown({"f1": 0.98, "f1_low": 0.97, "f1_high": 0.99}, "f1")
    '0.9800 (0.970-0.990)'
    """
    if name not in figures:
        return ""
    if f"{name}_low" not in figures:
        return f"{figures[name]:.4f}"
    return f"{figures[name]:.4f} ({figures[f'{name}_low']:.3f}-{figures[f'{name}_high']:.3f})"


def _share(hits: int, of: int) -> str:
    return shown(rate("share", hits, of), "share")

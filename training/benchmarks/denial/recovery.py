"""Recovery: on published review outcomes, and on the network against what the truth knows of appeals and corrections.

The network's model learns from what was settled before the last fifth of the work, and is judged on that fifth. The
oracle knows the chance that each appeal's outcome was drawn from, and that of a corrected claim's new decision, which
hangs on draws that no file shows.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from features.recovery_reviews import read_reviews
from training.benchmarks.denial.parts import Task
from training.benchmarks.denial.recovery_money import Money, realised
from training.benchmarks.denial.recovery_truth import true_chances
from training.benchmarks.parts import Part, prefixed
from training.comparison import paired_difference
from training.metrics import Floats, auc, evaluate
from training.reading import shown
from training.recovery import learn, lookup_of, outcomes_of, said_of, split
from training.recovery_outcomes import Outcome, read_outcomes, work_file
from training.recovery_reviews import judge, latest_year, random_fifth
from training.recovery_tables import sentences, table

REVIEWS = Path("denials/ca_dmhc_imr/imr_2001_2015_train.csv.gz")
SEED = 7  # of the reviews, which are the same for every network
SHOWN = ("auc", "average_precision", "log_loss", "ece_excess")
MODEL, LOOKUP, ORACLE = "model", "lookup table", "oracle"


def measure(task: Task) -> Part:
    """Both, and the money that the next best action is worth."""
    network, reviews = _network(task), _reviews(samples_of(task))
    return Part(
        name="recovery",
        tables=network.tables + reviews.tables,
        figures=network.figures | reviews.figures,
        missed=network.missed + reviews.missed,
        sentences=network.sentences + reviews.sentences,
    )


def samples_of(task: Task) -> Path | None:
    """The folder of public samples: ``--samples``, else ``CLEARLANE_SAMPLES``."""
    given = getattr(task.arguments, "samples", None) or os.environ.get("CLEARLANE_SAMPLES")
    return Path(given) if given else None


@cache
def _reviews(samples: Path | None) -> Part:
    """The latest year and a random fifth of the published outcomes; a sentence where they are not there."""
    if samples is None or not (samples / REVIEWS).exists():
        said = "review outcomes: skipped, set CLEARLANE_SAMPLES to a folder with " + REVIEWS.as_posix()
        return Part("recovery", [], {}, sentences=[said])
    reviews = read_reviews(samples / REVIEWS)
    figures: dict[str, Any] = {}
    tables, said_of_them, missed = [], [], []
    for name, halves in (
        ("latest year", latest_year(reviews)),
        ("random", random_fifth(reviews, seed=SEED)),
    ):
        judged = judge(name, *halves, seed=SEED)
        found = judged.figures(seed=SEED)
        tables.append(table(judged, found))
        figures |= prefixed(f"reviews {name}", found)
        said_of_them += [f"{name}: {sentence}" for sentence in sentences(found)]
        if found["auc_above_lookup_low"] <= 0:
            missed.append(f"reviews, {name}: AUC is not above the lookup table by the paired interval")
        if found["log_loss_above_uncalibrated"] > 0:
            missed.append(f"reviews, {name}: log-loss is above that before calibration")
    return Part("recovery", tables, figures, missed, said_of_them)


def _network(task: Task) -> Part:
    found = read_outcomes(task.dataset, work_file(task.dataset))
    past, test = split(found.finished)
    learnt = learn(task.dataset, found, seed=task.seed, before=test[0].day)
    outcomes = outcomes_of(test)
    chances = true_chances(task.folder, test)
    said = {MODEL: said_of(learnt.chance, test), LOOKUP: lookup_of(past, test), ORACLE: chances.taken}
    figures: dict[str, Any] = {}
    for method, probability in said.items():
        figures |= prefixed(method, evaluate(probability, outcomes, seed=task.seed))
    figures |= _differences(said, outcomes, seed=task.seed)
    for action in ("appeal", "corrected"):
        these = np.array([one.action == action for one in test])
        for method, probability in said.items():
            value = auc(probability[these], outcomes[these], np.ones((1, int(these.sum()))))
            figures |= prefixed(f"{action} {method}", {"auc": float(value[0])})
    money = realised(learnt, test, chances)
    figures |= money.figures()
    return Part("recovery", [_table(test, said, figures)], figures, _missed(figures), _said(figures, money))


def _differences(said: dict[str, Floats], outcomes: Floats, *, seed: int) -> dict[str, float]:
    value, low, high = paired_difference(auc, said[MODEL], said[LOOKUP], outcomes, seed=seed)
    return {"auc_above_lookup": value, "auc_above_lookup_low": low, "auc_above_lookup_high": high}


def _missed(figures: dict[str, Any]) -> list[str]:
    return ["network: AUC is not above the lookup table's"] if figures["auc_above_lookup"] <= 0 else []


def _table(test: list[Outcome], said: dict[str, Floats], figures: dict[str, Any]) -> Table:
    recovered = float(np.mean([one.recovered for one in test]))
    title = f"Recovery of {len(test):,} later corrections and appeals, {recovered:.1%} recovered"
    made = Table(title=title, title_justify="left")
    for heading in ("method", *SHOWN, "auc, appeals", "auc, corrections"):
        made.add_column(heading.replace("_", " "), justify="left" if heading == "method" else "right")
    for method in said:
        start = method.replace(" ", "_")
        by_action = [f"{action}_{start}_auc" for action in ("appeal", "corrected")]
        names = [*(f"{start}_{metric}" for metric in SHOWN), *by_action]
        made.add_row(method, *(shown(figures, name) for name in names))
    return made


def _said(figures: dict[str, Any], money: Money) -> list[str]:
    gain = f"{figures['auc_above_lookup']:+.3f} ({figures['auc_above_lookup_low']:+.3f} to "
    return [
        f"network: AUC, the model less the lookup table: {gain}{figures['auc_above_lookup_high']:+.3f}, paired)",
        money.sentence(),
    ]

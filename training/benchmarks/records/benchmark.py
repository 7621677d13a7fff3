"""Public record-matching sets: published splits, FEBRL4 beside its peers, candidates of whole tables, and controls."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np

from features.errors import MissingDataError
from features.progress import track
from training.benchmarks import bars
from training.benchmarks.records import ours
from training.benchmarks.records.ours import Judged
from training.benchmarks.records.scores import against_truth, f1_figures, with_oracle
from training.benchmarks.records.sets import (
    PAIR_SETS,
    TABLE_SETS,
    TableSet,
    febrl4,
    pair_set,
    samples_folder,
    table_set,
)
from training.benchmarks.results import Found, Row, recording, table, write

WIDTH = 130
SEEDS = 5
DIGITS = 2
SHUFFLED_MOST = 10.0  # F1 in hundredths: what shuffled labels may reach
FEBRL_BAR = 99.95
DEEPMATCHER: Final[Mapping[str, float]] = {  # Mudgal et al., SIGMOD 2018
    "DBLP-ACM": 98.4,
    "Walmart-Amazon": 66.9,
    "Amazon-Google": 69.3,
    "Fodors-Zagats": 100.0,
    "Beer": 72.7,
}
DITTO: Final[Mapping[str, float]] = {  # Li et al., VLDB 2020; a pretrained language model
    "DBLP-ACM": 99.0,
    "Walmart-Amazon": 86.8,
    "Amazon-Google": 75.6,
    "Fodors-Zagats": 100.0,
    "Beer": 94.4,
}
BARRED = ("DBLP-ACM", "Walmart-Amazon", "Amazon-Google")
CONTROLLED = "Amazon-Google"
NUMBERED = {True: "FEBRL4", False: "FEBRL4 without the social security number"}


def run(arguments: argparse.Namespace) -> int:
    """Measure on the sets of the samples folder; among all benchmarks, one without samples is left out and says so."""
    console = recording(WIDTH)
    try:
        folder = samples_folder(getattr(arguments, "samples", None))
    except MissingDataError as error:
        if arguments.benchmark != "all":
            raise
        console.print(f"benchmark records is left out: {error}")
        return 0
    seeds = range(arguments.seed, arguments.seed + SEEDS)
    console.print(DESCRIBED)
    pairs = {name: _published(folder, name, seeds) for name in track(PAIR_SETS, "published pairs")}
    console.print(table("Published splits, test F1", [*pairs.values()], SPLITS, digits=DIGITS))
    alone = _alone(folder, arguments.seed)
    console.print(table("Without a look at rivals", alone, CALLED, digits=DIGITS))
    found = [_candidates(folder, name) for name in TABLE_SETS]
    console.print(table(SEARCHED, found, ("recall", "candidates", "seconds"), digits=DIGITS, taken=False))
    controls = _controls(folder, arguments.seed)
    console.print(table("Controls", controls, CALLED, digits=DIGITS))
    persons: dict[str, list[Row]] = {}
    for numbered, name in NUMBERED.items():
        persons[name] = _persons(folder, numbered, seeds)
        console.print(table(name, persons[name], (*CALLED, "worst_seed"), digits=DIGITS))
    missed = [*_missed_pairs(pairs), *_missed_persons(persons), *_missed_controls(controls)]
    bars.say(console, missed)
    rows = [*pairs.values(), *(row for some in persons.values() for row in some), *alone, *found, *controls]
    write(arguments.out, Found("records", arguments.seed, _digest(folder), DESCRIBED, rows, missed), console)
    return 0


SPLITS = ("f1", "worst_seed", "best_seed", "DeepMatcher", "Ditto", "gap_to_Ditto", "ece", "ece_floor")
CALLED = ("f1", "precision", "recall")
SEARCHED = "Candidates of whole tables, searched without labels; candidates a record of either table"
DESCRIBED = (
    "Published splits: learnt on train, threshold chosen on valid, F1 on test, mean of five seeds; intervals are 95 % "
    "bootstraps over the test pairs; all in hundredths. FEBRL4: learnt on the matches of a tenth of the persons, "
    "searched and judged on the other nine tenths, at the threshold learnt; the peers have no labels, and the best "
    "threshold of all."
)


def mean_of(runs: Sequence[Judged]) -> dict[str, float]:
    """Each figure's mean over seeds, and the least and the greatest F1 of a seed as ``worst`` and ``best``."""
    values = [one.figures["f1"] for one in runs]
    means = {name: float(np.mean([one.figures[name] for one in runs])) for name in runs[0].figures}
    return {**means, "worst_seed": min(values), "best_seed": max(values), "deviation": float(np.std(values))}


def _published(folder: Path, name: str, seeds: Sequence[int]) -> Row:
    given = pair_set(folder, name)
    runs = [ours.published(given, seed=seed) for seed in seeds]
    figures = {
        **mean_of(runs),
        "DeepMatcher": DEEPMATCHER[name],
        "Ditto": DITTO[name],
        "gap_to_Ditto": mean_of(runs)["f1"] - DITTO[name],
    }
    return _row(name, figures, runs)


def _persons(folder: Path, numbered: bool, seeds: Sequence[int]) -> list[Row]:
    """Ours over the seeds, then each peer that is installed on the judged part of the first seed."""
    given = febrl4(folder, with_number=numbered)
    cuts = [ours.halves(given, seed=seed) for seed in seeds]
    runs = [
        ours.searched(cut, seed=seed)
        for cut, seed in track(list(zip(cuts, seeds, strict=True)), NUMBERED[numbered])
    ]
    rows = [_row("ours", mean_of(runs), runs)]
    for name, ask in _peers().items():
        started = perf_counter()
        found, sure = ask(cuts[0].judged, seeds[0])
        seconds = perf_counter() - started
        confidence, labels = against_truth(found, sure, cuts[0].judged.truth)
        figures = f1_figures(with_oracle(confidence, labels), labels, seed=seeds[0])
        rows.append(Row(f"{name}, best threshold", figures, answer_seconds=seconds))
    return rows


def _peers() -> dict[str, Callable[[TableSet, int], ours.Confident]]:
    peers: dict[str, Callable[[TableSet, int], ours.Confident]] = {}
    if importlib.util.find_spec("splink"):
        from training.benchmarks.records import splink_persons

        peers["Splink"] = lambda given, seed: splink_persons.linked(given, seed=seed)
    if importlib.util.find_spec("recordlinkage"):
        from training.benchmarks.records import recordlinkage_persons

        peers["recordlinkage ECM"] = lambda given, _seed: recordlinkage_persons.linked(given)
    return peers


def _candidates(folder: Path, name: str) -> Row:
    figures = ours.searched_candidates(table_set(folder, name))
    return Row(name, figures)


def _alone(folder: Path, seed: int) -> list[Row]:
    """Each pair judged without its records' rivals, one seed: what the agreement of two records alone tells."""
    runs = {name: ours.published(pair_set(folder, name), seed=seed, alone=True) for name in BARRED}
    return [_row(f"{name}, each pair alone", run.figures, [run]) for name, run in runs.items()]


def _controls(folder: Path, seed: int) -> list[Row]:
    """Shuffled labels of a published set and of FEBRL4, called at confidence 0.5."""
    pairs = ours.published(pair_set(folder, CONTROLLED), seed=seed, shuffled=True)
    persons = ours.searched(
        ours.halves(febrl4(folder, with_number=True), seed=seed), seed=seed, shuffled=True
    )
    return [
        _row(f"{CONTROLLED}, shuffled labels", pairs.figures, [pairs]),
        _row("FEBRL4, shuffled labels", persons.figures, [persons]),
    ]


def _row(name: str, figures: Mapping[str, float], runs: Sequence[Judged]) -> Row:
    fit = float(np.mean([one.fit_seconds for one in runs]))
    return Row(name, figures, fit, float(np.mean([one.answer_seconds for one in runs])))


def _missed_pairs(pairs: Mapping[str, Row]) -> list[str]:
    return [
        f"{name}: F1 {pairs[name].figures['f1']:.2f} does not beat DeepMatcher's {DEEPMATCHER[name]}"
        for name in BARRED
        if pairs[name].figures["f1"] <= DEEPMATCHER[name]
    ]


def _missed_persons(persons: Mapping[str, Sequence[Row]]) -> list[str]:
    return [
        f"{name}: F1 {rows[0].figures['f1']:.3f} is below {FEBRL_BAR}"
        for name, rows in persons.items()
        if rows[0].figures["f1"] < FEBRL_BAR
    ]


def _missed_controls(controls: Sequence[Row]) -> list[str]:
    return [
        f"{row.method}: F1 {row.figures['f1']:.2f}, so something leaks"
        for row in controls
        if row.figures["f1"] > SHUFFLED_MOST
    ]


def _digest(folder: Path) -> str:
    """SHA-256 over every file of the sets, in order of their names."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(folder).as_posix().encode())
            total.update(path.read_bytes())
    return total.hexdigest()

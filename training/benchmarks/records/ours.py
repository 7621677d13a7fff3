"""The machinery of ``match-records`` on the public sets, by their own protocols."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from features.records.candidates import candidates
from features.records.comparison import Comparison
from features.records.pair_files import PairRows
from features.records.standing import Standing
from features.records.tables import RecordTable
from models.record_match import RecordMatchModel
from training.benchmarks.records.scores import against_truth, f1_figures
from training.benchmarks.records.sets import PARTS, PairSet, TableSet, person
from training.metrics import ece, ece_floor
from training.records.fit import fit
from training.records.matching import Matcher, Task
from training.records.thresholds import best_f1

Floats = NDArray[np.float64]
Confident = tuple[PairRows, Floats]  # pairs (n,) and how sure each is a match (n,)
LEARNT_SHARE = 0.1  # of the persons of FEBRL4
KNOWN_LEAST = 0.01  # confidence of a pair that search keeps


@dataclass(frozen=True)
class Judged:
    """One run: figures of the test pairs, and the seconds that fitting and answering took."""

    figures: dict[str, float]
    fit_seconds: float
    answer_seconds: float


@dataclass(frozen=True)
class Halves:
    """FEBRL4 cut by persons: one part to learn from, the other to be judged on. No person is in both."""

    learnt: TableSet
    judged: TableSet


def published(given: PairSet, *, seed: int, shuffled: bool = False, alone: bool = False) -> Judged:
    """Learn on train, choose the threshold on valid, be judged on test.

    Records stand in the tables that all published pairs name; labels are of train alone. A control learns from
    shuffled labels and calls at confidence 0.5, for a threshold chosen on true labels would be a label, too. Another
    judges each pair ``alone``, without a look at its records' rivals in the tables, as the published matchers do.
    """
    comparison = Comparison.of(given.left, given.right, given.spec)
    standing = Standing.unknown(comparison)
    if not alone:
        standing = Standing.of_pairs(comparison, _together([given.parts[part][0] for part in PARTS]))
    pairs, labels = given.parts["train"]
    if shuffled:
        labels = np.random.default_rng(seed).permutation(labels)
    started = perf_counter()
    model = fit(standing, pairs, labels, seed=seed).model
    fitted = perf_counter()
    threshold = 0.5
    if not shuffled:
        threshold, _ = best_f1(model.confidences(standing, given.parts["valid"][0]), given.parts["valid"][1])
    middle = perf_counter()
    confidence = model.confidences(standing, given.parts["test"][0])
    seconds = perf_counter() - middle
    labels = given.parts["test"][1]
    figures = f1_figures(confidence >= threshold, labels, seed=seed)
    figures |= {"ece": 100 * ece(confidence, labels), "ece_floor": 100 * ece_floor(confidence, seed=seed)}
    return Judged(figures, fitted - started, seconds)


def halves(given: TableSet, *, seed: int) -> Halves:
    """A tenth of the persons to learn from, drawn anew for each seed."""
    persons = sorted({person(identifier) for identifier in given.left.ids})
    drawn = np.random.default_rng(seed).permutation(len(persons))[: int(LEARNT_SHARE * len(persons))]
    learnt = {persons[place] for place in drawn}
    return Halves(_of_persons(given, learnt, True), _of_persons(given, learnt, False))


def searched(cut: Halves, *, seed: int, shuffled: bool = False) -> Judged:
    """Learn from the matches of the one part, search the tables of the other at the threshold learnt there."""
    started = perf_counter()
    model = _learnt(cut.learnt, seed=seed, shuffled=shuffled)
    fitted = perf_counter()
    task = Task(cut.judged.left, cut.judged.right, cut.judged.spec, False, None, None, model)
    found = Matcher.of(task, seed=seed).scored(least=KNOWN_LEAST)
    seconds = perf_counter() - fitted
    confidence, labels = against_truth(found.pairs, found.confidence, cut.judged.truth)
    threshold = 0.5 if shuffled else model.threshold
    return Judged(f1_figures(confidence >= threshold, labels, seed=seed), fitted - started, seconds)


def searched_candidates(given: TableSet) -> dict[str, float]:
    """Recall of the candidates in hundredths, candidates a record of the smaller table, and seconds for all."""
    started = perf_counter()
    comparison = Comparison.of(given.left, given.right, given.spec)
    standing = Standing.of(comparison, np.arange(len(given.left)), np.arange(len(given.right)))
    found = candidates(comparison, standing)
    seconds = perf_counter() - started
    confidence, labels = against_truth(found, np.ones(len(found)), given.truth)
    return {
        "recall": 100 * float(labels[confidence > 0].sum() / labels.sum()),
        "candidates": len(found) / (len(given.left) + len(given.right)),
        "seconds": seconds,
    }


def _learnt(given: TableSet, *, seed: int, shuffled: bool) -> RecordMatchModel:
    comparison = Comparison.of(given.left, given.right, given.spec)
    standing = Standing.of(comparison, np.arange(len(given.left)), np.arange(len(given.right)))
    found = candidates(comparison, standing)
    _, labels = against_truth(found, np.ones(len(found)), given.truth)
    labels = labels[: len(found)]
    if shuffled:
        labels = np.random.default_rng(seed).permutation(labels)
    return fit(standing, found, labels, seed=seed).model


def _of_persons(given: TableSet, chosen: set[str], inside: bool) -> TableSet:
    """The records of the chosen persons, or of all others, and the true pairs among them."""
    sides, places = [], []
    for table in (given.left, given.right):
        rows = [row for row, identifier in enumerate(table.ids) if (person(identifier) in chosen) == inside]
        sides.append(_rows_of(table, rows))
        place = np.full(len(table), -1)
        place[rows] = np.arange(len(rows))
        places.append(place)
    left, right = places[0][given.truth.left], places[1][given.truth.right]
    kept = (left >= 0) & (right >= 0)
    return TableSet(given.name, sides[0], sides[1], given.spec, PairRows(left[kept], right[kept]))


def _rows_of(table: RecordTable, rows: list[int]) -> RecordTable:
    columns = {name: tuple(values[row] for row in rows) for name, values in table.columns.items()}
    return RecordTable(table.name, tuple(table.ids[row] for row in rows), columns)


def _together(some: list[PairRows]) -> PairRows:
    return PairRows(
        np.concatenate([pairs.left for pairs in some]), np.concatenate([pairs.right for pairs in some])
    )

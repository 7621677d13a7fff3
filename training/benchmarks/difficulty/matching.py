"""Whether a shortcut in remittance matching reaches what the honest model reaches."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from features.match_columns import claim_columns
from features.match_pairs import PAIR_FEATURES, Background
from features.progress import track
from models.remittance_match import pair_rows
from training.benchmarks.difficulty.booster import learnt
from training.benchmarks.difficulty.match_shortcuts import matrix, shortcuts
from training.benchmarks.matching.controls import LEAK, in_random_order, leak, random_pick
from training.benchmarks.matching.truth import read_truth
from training.benchmarks.repeats import Mean
from training.benchmarks.results import Row
from training.datasets import Dataset
from training.match_evaluation import Answers, batch_counts, ranking
from training.match_fit import ROUNDS, Candidates, chosen, right_pairs
from training.metrics import Floats
from training.remittance_match import Prepared, answer, fit_and_save, prepare


@dataclass(frozen=True)
class Difficulty:
    """The best F1 of the honest model, of chance, and of each shortcut, with intervals."""

    honest: Mapping[str, Mapping[str, float]]  # the model, and a random pick
    shortcuts: Mapping[str, Mapping[str, float]]
    control: Mean

    def rows(self) -> list[Row]:
        """Honest methods first."""
        return [Row(name, figures) for name, figures in (dict(self.honest) | dict(self.shortcuts)).items()]


def measure(dataset: Dataset, folder: Path, *, seed: int) -> Difficulty:
    """Fit all on the windows that the model learns from, and judge their answers to the test window by the truth."""
    prepared = prepare(dataset)
    test = prepared.windows.test
    payments, _, _ = chosen(prepared.labels, prepared.candidates, test)
    wanted = [true.claim_id for true in read_truth(folder, payments)]
    counts = batch_counts([prepared.labels.batch[row] for row in test], seed=seed)
    with tempfile.TemporaryDirectory() as scratch:
        model, _ = fit_and_save(dataset, prepared, folder=Path(scratch), seed=seed, rounds=ROUNDS)
    honest = {
        "model": answer(model, prepared, test, wanted=wanted),
        "random pick": random_pick(prepared, wanted, seed=seed),
    }
    tried = attempts(dataset, in_random_order(prepared, seed=seed), wanted, seed=seed)
    return Difficulty(
        {name: ranking(answers, counts) for name, answers in honest.items()},
        {name: ranking(answers, counts) for name, answers in tried.items()},
        leak(dataset, prepared, wanted, counts, seed=seed),
    )


def attempts(dataset: Dataset, prepared: Prepared, wanted: Sequence[str], *, seed: int) -> dict[str, Answers]:
    """The answers of a model on each shortcut, and on each column of a pair's features alone."""
    labels, windows = prepared.labels, prepared.windows
    past, claims, posted = chosen(labels, prepared.candidates, np.append(windows.fit, windows.calibration))
    later, candidates, _ = chosen(labels, prepared.candidates, windows.test)
    outcome = right_pairs(claims, posted).astype(np.float64)
    met = {id(claim): claim for found in claims for claim in found}
    background = Background.of(claim_columns(list(met.values())))
    before, after = (pair_rows(*sides, background)[0] for sides in ((past, claims), (later, candidates)))
    found: dict[str, Answers] = {}
    typed = (payment for payment in labels.payments if payment.channel != "835")
    for name, columns in shortcuts(dataset.claims, [*dataset.claim_payments, *typed]).items():
        rows = matrix(columns, past, claims), matrix(columns, later, candidates)
        found[name] = picked(learnt(rows[0], outcome, rows[1], seed=seed), candidates, wanted)
    for place, name in track(list(enumerate(PAIR_FEATURES)), "Trying columns", total=len(PAIR_FEATURES)):
        said = learnt(before[:, [place]], outcome, after[:, [place]], seed=seed)
        found[f"column {name}"] = picked(said, candidates, wanted)
    return found


def picked(said: Floats, candidates: Candidates, wanted: Sequence[str]) -> Answers:
    """The likeliest candidate of each payment; of those that tie, the first, which is any."""
    starts = np.append(0, np.cumsum([len(claims) for claims in candidates]))
    best = [
        (int(np.argmax(said[start:end])), float(said[start:end].max())) if end > start else None
        for start, end in pairwise(starts)
    ]
    names = [
        (claims[one[0]].claim_id or "") if one else "" for claims, one in zip(candidates, best, strict=True)
    ]
    given = Answers.of(names, wanted)
    sure = np.array([one[1] if one else 0.0 for one in best], dtype=np.float64)
    return Answers(sure, given.posted, given.right, given.has_claim)


def misses(found: Difficulty) -> list[str]:
    """What falls short, in a sentence each; resamples of one seed are of the same remittances."""
    bar = found.honest["model"]["best_f1_low"]
    missed = [
        f"matching: the shortcut '{name}' reaches what the honest model reaches"
        for name, figures in found.shortcuts.items()
        if figures["best_f1_high"] >= bar
    ]
    if found.control.low > LEAK:
        missed.append("matching: shuffled labels teach something")
    return missed

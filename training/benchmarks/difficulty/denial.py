"""How hard denial risk is, and whether a shortcut reaches what an honest model reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from features.denial_risk import CATEGORICAL, COLUMNS, Encoding, encode
from features.progress import track
from training.benchmarks.denial.control import chance
from training.benchmarks.denial.lived import Known
from training.benchmarks.denial.methods import Lookup, Model, Oracle
from training.benchmarks.denial.plain import PlainLightGBM
from training.benchmarks.denial.task import Split, checked, outcomes, split
from training.benchmarks.difficulty.booster import learnt
from training.benchmarks.difficulty.denial_shortcuts import matrix, shortcuts
from training.benchmarks.difficulty.places import Places
from training.benchmarks.repeats import Mean
from training.benchmarks.results import Row
from training.benchmarks.runner import here
from training.comparison import paired_difference
from training.datasets import Dataset
from training.metrics import Floats, auc, with_intervals

EASIEST, HARDEST = 0.88, 0.80  # AUC of the oracle
HONEST = ("model", "plain LightGBM")


@dataclass(frozen=True)
class Difficulty:
    """What each honest method and each shortcut says of the test window."""

    honest: Mapping[str, Floats]  # the oracle too
    shortcuts: Mapping[str, Floats]
    denied: Floats
    control: Mean

    def rows(self, *, seed: int) -> list[Row]:
        """AUC of all, honest methods first."""
        return [
            Row(name, with_intervals({"auc": auc}, said, self.denied, seed=seed))
            for name, said in (dict(self.honest) | dict(self.shortcuts)).items()
        ]


def measure(dataset: Dataset, folder: Path, *, seed: int) -> Difficulty:
    """Fit all on the history, and ask them about the test window."""
    given = split(dataset, seed=seed)
    methods = {
        "oracle": Oracle(folder),
        "model": Model(),
        "plain LightGBM": PlainLightGBM(),
        "lookup table": Lookup(),
    }
    honest = {name: checked(here("denial", method, given).answers, given) for name, method in methods.items()}
    denied = outcomes(given, folder)
    known = Known.of(given)
    tried = groups(dataset, given, seed=seed) | single_columns(given, known, seed=seed)
    return Difficulty(honest, tried, denied, chance(given, known, denied))


def groups(dataset: Dataset, given: Split, *, seed: int) -> dict[str, Floats]:
    """A model on each set of columns that should say nothing."""
    outcome = np.asarray(given.history.denied, dtype=np.float64)
    return {
        name: learnt(matrix(columns, given.history.claims), outcome, matrix(columns, given.claims), seed=seed)
        for name, columns in shortcuts(Places(dataset.claims)).items()
    }


def single_columns(given: Split, known: Known, *, seed: int) -> dict[str, Floats]:
    """A model on each column of the product's features, alone."""
    outcome = np.asarray(given.history.denied, dtype=np.float64)
    encoding = Encoding.of_claims(given.history.claims)
    past = encode(given.history.claims, encoding, known.history).rows
    later = encode(given.claims, encoding, known.asked).rows
    return {
        f"column {name}": learnt(
            past[:, [place]], outcome, later[:, [place]], seed=seed, codes=name in CATEGORICAL
        )
        for place, name in track(list(enumerate(COLUMNS)), "Trying columns", total=len(COLUMNS))
    }


def misses(found: Difficulty, *, seed: int) -> list[str]:
    """What falls short, in a sentence each."""
    whole = np.ones((1, found.denied.size))
    reached = {name: float(auc(said, found.denied, whole)[0]) for name, said in found.honest.items()}
    best = max(HONEST, key=lambda name: reached[name])
    missed = [
        f"denial: the shortcut '{name}' reaches what the honest model reaches, by the paired interval"
        for name, said in found.shortcuts.items()
        if paired_difference(auc, found.honest[best], said, found.denied, seed=seed)[1] <= 0
    ]
    if not HARDEST <= reached["oracle"] <= EASIEST:
        missed.append(
            f"denial: the oracle's AUC is {reached['oracle']:.3f}, not within {HARDEST:.2f} to {EASIEST:.2f}"
        )
    if found.control.low > 0.5:
        missed.append("denial: shuffled labels teach something")
    return missed

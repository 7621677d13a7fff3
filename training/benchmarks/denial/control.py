"""A control: what models reach that learnt labels which were dealt out at random."""

from __future__ import annotations

import numpy as np

from features.denial_risk import encode
from training.benchmarks.denial.methods import labels_of
from training.benchmarks.denial.task import Split
from training.benchmarks.history import history_windows
from training.benchmarks.repeats import Mean, mean
from training.denial_risk import fit_booster
from training.metrics import Floats, auc
from training.windows import SHARES

SHUFFLES = 10
ROUNDS = 60  # about what the model takes


def chance(given: Split, denied: Floats) -> Mean:
    """The mean AUC of models of shuffled labels."""
    seeds = range(given.history.seed, given.history.seed + SHUFFLES)
    whole = np.ones((1, denied.size))
    return mean([float(auc(shuffled(given, seed=seed), denied, whole)[0]) for seed in seeds])


def shuffled(given: Split, *, seed: int, rounds: int = ROUNDS) -> Floats:
    """What a fit says of the test window when the labels of the history were dealt out at random.

    Not stopped early, for that would leave a constant, which could not show a leak; and free to fall where the
    model may only rise, for that is knowledge that does not come from labels.
    """
    history = given.history
    dealt = np.random.default_rng(seed).permutation(history.denied).astype(np.float64)
    windows = history_windows(history.sent, SHARES)
    encoding, booster = fit_booster(labels_of(history), dealt, windows, seed=seed, rounds=rounds, blind=True)
    return np.asarray(booster.predict(encode(given.claims, encoding).rows), dtype=np.float64)

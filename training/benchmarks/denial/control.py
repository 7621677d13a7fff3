"""A control: what models reach that learnt labels which were dealt out at random."""

from __future__ import annotations

import numpy as np

from features.denial_risk import encode
from models.denial_heads import log_probability
from training.benchmarks.denial.lived import Known
from training.benchmarks.denial.methods import examples_of
from training.benchmarks.denial.task import Split
from training.benchmarks.history import history_windows
from training.benchmarks.repeats import Mean, mean
from training.denial_fit import SHARES, fit_blind
from training.metrics import Floats, auc

SHUFFLES = 10
ROUNDS = 30


def chance(given: Split, known: Known, denied: Floats) -> Mean:
    """The mean AUC of models of shuffled labels."""
    seeds = range(given.history.seed, given.history.seed + SHUFFLES)
    whole = np.ones((1, denied.size))
    return mean([float(auc(shuffled(given, known, seed=seed), denied, whole)[0]) for seed in seeds])


def shuffled(given: Split, known: Known, *, seed: int, rounds: int = ROUNDS) -> Floats:
    """What a fit says of the test window when the labels of the history were dealt out at random.

    Not stopped early, for that would leave a constant, which could not show a leak; and free to fall where the
    model may only rise, for that is knowledge that does not come from labels.
    """
    history = given.history
    order = np.random.default_rng(seed).permutation(len(history.claims))
    dealt = [known.carcs[row] for row in order]
    examples = examples_of(history, known.history, dealt)
    windows = history_windows(history.sent, SHARES)
    learnt = fit_blind(examples, windows, seed=seed, rounds=rounds)
    rows = encode(given.claims, learnt.encoding, known.asked).rows
    return log_probability(np.asarray(learnt.booster.predict(rows, raw_score=True), dtype=np.float64))

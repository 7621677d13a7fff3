"""The boosters of the remittance match: on pairs, stopped in time and cross-fitted, and on whole decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.match_pairs import FEATURES, Background
from models.match_decision import DECISION, Decided
from models.remittance_match import raw_log_odds
from training.match_examples import Examples, Flags, Floats
from training.windows import Indices

PATIENCE = 30
HARDEST = 8  # candidates of a payment, best first by the crude score, that the booster is fitted on
FOLDS = 3
THREADS = 1  # so few pairs that a second thread waits more than it works

PARAMETERS: Mapping[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
}
DECISION_ROUNDS = 100
DECISION_PARAMETERS: Mapping[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 4,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.5,
    "lambda_l2": 20.0,
}


@dataclass(frozen=True)
class PairTable:
    """Pairs to fit boosters on: the right one of each payment, and the likeliest of the others."""

    rows: Floats
    right: Flags
    payment: Indices  # (m,): the example that a pair is of
    kept: Flags

    @staticmethod
    def of(examples: Examples, background: Background, *, seed: int | None) -> PairTable:
        """With decoys and blanked postings, or without decoys where there is no seed."""
        given = examples.blanked()
        rows, pairs, right = (given if seed is None else given.with_decoys(seed=seed)).pairs(background)
        kept = right | (rows[:, list(FEATURES).index("crude_rank")] < HARDEST)
        return PairTable(rows, right, pairs.payment, kept)

    def data(self, examples: Flags) -> lgb.Dataset:
        """The kept pairs of some examples (n,)."""
        chosen = self.kept & examples[self.payment]
        return lgb.Dataset(
            self.rows[chosen],
            self.right[chosen].astype(np.float64),
            feature_name=list(FEATURES),
            params={"verbosity": -1},
        )


def folds(batches: Sequence[str], *, seed: int) -> NDArray[np.intp]:
    """A fold (n,) of 0 to 2 for each row; rows of one remittance are in the same one."""
    _, place = np.unique(np.array(batches, dtype=object).astype(str), return_inverse=True)
    drawn = np.random.default_rng(seed).permutation(int(place.max(initial=-1)) + 1) % FOLDS
    return np.asarray(drawn[place], dtype=np.intp)


def fit_stopped(table: PairTable, early: Flags, *, seed: int, rounds: int) -> lgb.Booster:
    """The booster, with as many trees as serve the latest part of the window best."""
    train = early if early.any() else ~early
    return lgb.train(
        _reproducible(PARAMETERS, seed),
        table.data(train),
        num_boost_round=rounds,
        valid_sets=[table.data(~early)],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
    )


def fit_again(table: PairTable, examples: Flags, *, trees: int, seed: int) -> lgb.Booster:
    """The booster with a known number of trees, on some examples (n,)."""
    return lgb.train(_reproducible(PARAMETERS, seed), table.data(examples), num_boost_round=trees)


def cross_fitted(
    table: PairTable, plain: Floats, starts: Indices, fold: NDArray[np.intp], *, trees: int, seed: int
) -> Floats:
    """Log-odds (m,) of plain pairs by boosters that did not see the remittances that they stand in."""
    raw = np.zeros(plain.shape[0])
    of_pair = np.repeat(fold, np.diff(starts))
    for one in range(FOLDS):
        there = of_pair == one
        if there.any() and (fold != one).any():
            other = fit_again(table, fold != one, trees=trees, seed=seed)
            raw[there] = raw_log_odds(other, plain[there], threads=THREADS)
    return raw


def fit_decision(decided: Decided, right: Flags, *, seed: int) -> lgb.Booster:
    """The second booster, on decisions about payments that the first had not seen."""
    data = lgb.Dataset(
        decided.table,
        right[decided.best].astype(np.float64),
        init_score=decided.log_odds,
        feature_name=list(DECISION),
        params={"verbosity": -1},
    )
    return lgb.train(_reproducible(DECISION_PARAMETERS, seed), data, num_boost_round=DECISION_ROUNDS)


def _reproducible(parameters: Mapping[str, Any], seed: int) -> dict[str, Any]:
    fixed = {
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": THREADS,
        "seed": seed,
        "verbosity": -1,
    }
    return {**parameters, **fixed}

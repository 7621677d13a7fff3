"""Fit the remittance-match model: boosters and softmax on one window, the calibration on a later one.

The softmax and the second booster are fitted on answers to payments of the fit window that the first booster was not
fitted on: by folds of whole remittances (cross-fitting), so that no payment has a part in the answer to itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.match_columns import claim_columns
from features.match_pairs import FEATURES, Frequencies
from features.x12.records import Claim, ClaimPayment
from models.calibration import SigmoidCalibration
from models.match_decision import DECISION, POOLED, Decided, MatchDecision, fit_sigmoids, with_confidence
from models.match_softmax import MatchSoftmax
from models.remittance_match import Scored, raw_log_odds
from models.venn_abers import VennAbersGrid
from training.match_examples import Candidates, Examples, Flags, Floats, Known, right_pairs, with_decoys
from training.match_labels import MatchLabels
from training.windows import Indices, Windows, late_slice

__all__ = ["PARAMETERS", "ROUNDS", "Candidates", "Fitted", "chosen", "fit", "right_pairs", "with_decoys"]

ROUNDS = 400
PATIENCE = 30
STOPPING_SHARE = 0.15  # of the fit window, its latest part
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
class Crossed:
    """Scores of the fit window by boosters that did not see the payment: enough to plan by, too good to certify by."""

    rows: Indices
    scored: Scored


@dataclass(frozen=True)
class Fitted:
    """What the fit and the calibration window give."""

    booster: lgb.Booster
    frequencies: Frequencies
    softmax: MatchSoftmax
    decision: MatchDecision
    intervals: VennAbersGrid
    pairs: int  # that the booster was fitted on
    crossed: Crossed


def fit(
    labels: MatchLabels,
    candidates: Candidates,
    earlier: Known,
    windows: Windows,
    *,
    seed: int,
    rounds: int = ROUNDS,
    decoys: bool = True,
) -> Fitted:
    """Everything of the model that is learnt, from the first two windows; a control may do without decoys."""
    frequencies = _frequencies(candidates, windows.fit)
    early, late = late_slice(windows.fit, windows.days, STOPPING_SHARE)
    learnt = Examples.of(labels, candidates, earlier, np.concatenate([early, late]))
    table = _Table.of(learnt, frequencies, seed=seed if decoys else None)
    booster = _stopped(table, np.arange(early.size + late.size) < early.size, seed=seed, rounds=rounds)
    batches = [labels.batch[row] for row in (*early, *late)]
    plain, pairs, right = learnt.pairs(frequencies)
    raw = _cross_fitted(table, plain, pairs.starts, folds(batches, seed=seed), booster, seed=seed)
    softmax = MatchSoftmax.fit(raw, pairs.starts, right)
    shares, none = softmax(raw, pairs.starts)
    decided = Decided.of(plain, raw, shares, none, pairs.starts)
    judge = _fit_decision(decided, right, seed=seed)
    later = Examples.of(labels, candidates, earlier, windows.calibration)
    decision, intervals = _calibrated(booster, frequencies, softmax, judge, later)
    sure = decision(decided, [payment.channel for payment in learnt.payments], threads=THREADS)
    scored = Scored(pairs.starts, *with_confidence(shares, none, pairs.starts, decided, sure))
    crossed = Crossed(np.concatenate([early, late]), scored)
    return Fitted(booster, frequencies, softmax, decision, intervals, int(table.kept.sum()), crossed)


@dataclass(frozen=True)
class _Table:
    """Pairs to fit boosters on: the right one of each payment, and the likeliest of the others."""

    rows: Floats
    right: Flags
    payment: Indices  # (m,): the example that a pair is of
    kept: Flags

    @staticmethod
    def of(examples: Examples, frequencies: Frequencies, *, seed: int | None) -> _Table:
        """With decoys and blanked postings, or without decoys where there is no seed."""
        given = examples.blanked()
        rows, pairs, right = (given if seed is None else given.with_decoys(seed=seed)).pairs(frequencies)
        kept = right | (rows[:, list(FEATURES).index("crude_rank")] < HARDEST)
        return _Table(rows, right, pairs.payment, kept)

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


def chosen(
    labels: MatchLabels, candidates: Candidates, rows: Indices
) -> tuple[list[ClaimPayment], list[tuple[Claim, ...]], list[str]]:
    """Payments, candidates and posted claims of some rows."""
    return (
        [labels.payments[row] for row in rows],
        [candidates[row] for row in rows],
        [labels.posted[row] for row in rows],
    )


def _stopped(table: _Table, early: Flags, *, seed: int, rounds: int) -> lgb.Booster:
    """The booster, with as many trees as serve the latest part of the window best."""
    train = early if early.any() else ~early
    return lgb.train(
        _reproducible(PARAMETERS, seed),
        table.data(train),
        num_boost_round=rounds,
        valid_sets=[table.data(~early)],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
    )


def _cross_fitted(
    table: _Table, plain: Floats, starts: Indices, fold: NDArray[np.intp], booster: lgb.Booster, *, seed: int
) -> Floats:
    """Log-odds (m,) of plain pairs by boosters that did not see the remittances that they stand in."""
    raw = np.zeros(plain.shape[0])
    of_pair = np.repeat(fold, np.diff(starts))
    for one in range(FOLDS):
        there = of_pair == one
        if there.any() and (fold != one).any():
            other = lgb.train(
                _reproducible(PARAMETERS, seed),
                table.data(fold != one),
                num_boost_round=max(booster.num_trees(), 1),
            )
            raw[there] = raw_log_odds(other, plain[there], threads=THREADS)
    return raw


def _fit_decision(decided: Decided, right: Flags, *, seed: int) -> lgb.Booster:
    """The second booster, on decisions about payments that the first had not seen."""
    data = lgb.Dataset(
        decided.table,
        right[decided.best].astype(np.float64),
        init_score=decided.log_odds,
        feature_name=list(DECISION),
        params={"verbosity": -1},
    )
    return lgb.train(_reproducible(DECISION_PARAMETERS, seed), data, num_boost_round=DECISION_ROUNDS)


def _calibrated(
    booster: lgb.Booster,
    frequencies: Frequencies,
    softmax: MatchSoftmax,
    judge: lgb.Booster,
    later: Examples,
) -> tuple[MatchDecision, VennAbersGrid]:
    """The sigmoids and the intervals, from payments that came later."""
    rows, pairs, right = later.pairs(frequencies)
    raw = raw_log_odds(booster, rows, threads=THREADS)
    decided = Decided.of(rows, raw, *softmax(raw, pairs.starts), pairs.starts)
    outcomes = right[decided.best].astype(np.float64)
    channels = [payment.channel for payment in later.payments]
    own = [channel for channel, some in zip(channels, decided.some, strict=True) if some]
    unheld = MatchDecision(judge, {POOLED: SigmoidCalibration.identity()})
    decision = MatchDecision(judge, fit_sigmoids(unheld.raw(decided, threads=THREADS), outcomes, own))
    return decision, VennAbersGrid.fit(decision(decided, channels, threads=THREADS), outcomes)


def _frequencies(candidates: Candidates, rows: Indices) -> Frequencies:
    """How common values are among the claims that the fit window has met, each counted once."""
    met = {id(claim): claim for row in rows for claim in candidates[row]}
    return Frequencies.of(claim_columns(list(met.values())))


def _reproducible(parameters: Mapping[str, Any], seed: int) -> dict[str, Any]:
    fixed = {
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": THREADS,
        "seed": seed,
        "verbosity": -1,
    }
    return {**parameters, **fixed}

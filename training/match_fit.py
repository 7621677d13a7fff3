"""Fit the remittance-match model: the booster on one window, the softmax and the intervals on a later one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.match_columns import claim_columns
from features.match_pairs import FEATURES, Frequencies, Pairs
from features.x12.records import Claim, ClaimPayment
from models.match_softmax import MatchSoftmax, padded
from models.remittance_match import pair_rows, raw_log_odds
from models.venn_abers import VennAbersGrid
from training.match_labels import MatchLabels
from training.windows import Indices, Windows, late_slice

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Candidates = Sequence[tuple[Claim, ...]]

ROUNDS = 400
PATIENCE = 30
STOPPING_SHARE = 0.15  # of the fit window, its latest part
HARDEST = 8  # candidates of a payment, best first by the crude score, that the booster is fitted on
DECOYS = 2  # claims of nobody's choosing beside the candidates of every third payment; see with_decoys
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


@dataclass(frozen=True)
class Fitted:
    """What the fit and the calibration window give."""

    booster: lgb.Booster
    frequencies: Frequencies
    softmax: MatchSoftmax
    intervals: VennAbersGrid
    pairs: int  # that the booster was fitted on


def fit(
    labels: MatchLabels,
    candidates: Candidates,
    windows: Windows,
    *,
    seed: int,
    rounds: int = ROUNDS,
    decoys: bool = True,
) -> Fitted:
    """Everything of the model that is learnt, from the first two windows; a control may do without decoys."""
    frequencies = _frequencies(candidates, windows.fit)
    booster, pairs = fit_booster(
        labels, candidates, windows, frequencies, seed=seed, rounds=rounds, decoys=decoys
    )
    payments, claims, posted = chosen(labels, candidates, windows.calibration)
    rows, table = pair_rows(payments, claims, frequencies)
    raw, right = raw_log_odds(booster, rows, threads=THREADS), right_pairs(claims, posted)
    softmax = MatchSoftmax.fit(raw, table.starts, right)
    return Fitted(booster, frequencies, softmax, _intervals(softmax, raw, table, right), pairs)


def fit_booster(
    labels: MatchLabels,
    candidates: Candidates,
    windows: Windows,
    frequencies: Frequencies,
    *,
    seed: int,
    rounds: int,
    decoys: bool = True,
) -> tuple[lgb.Booster, int]:
    """The booster, and the number of pairs that it has seen."""
    earlier, later = late_slice(windows.fit, windows.days, STOPPING_SHARE)
    if not earlier.size:
        earlier = later
    train, valid = (
        _pairs(labels, candidates, part, frequencies, seed if decoys else None) for part in (earlier, later)
    )
    booster = lgb.train(
        _reproducible(seed),
        train,
        num_boost_round=rounds,
        valid_sets=[valid],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
    )
    return booster, int(train.num_data())


def chosen(
    labels: MatchLabels, candidates: Candidates, rows: Indices
) -> tuple[list[ClaimPayment], list[tuple[Claim, ...]], list[str]]:
    """Payments, candidates and posted claims of some rows."""
    return (
        [labels.payments[row] for row in rows],
        [candidates[row] for row in rows],
        [labels.posted[row] for row in rows],
    )


def right_pairs(candidates: Candidates, posted: Sequence[str]) -> Flags:
    """Whether each pair (m,) is of the claim that the payment was posted to."""
    flags = (
        claim.claim_id == wanted
        for claims, wanted in zip(candidates, posted, strict=True)
        for claim in claims
    )
    return np.fromiter(flags, dtype=np.bool_)  # fmt: skip


def with_decoys(candidates: Candidates, *, seed: int) -> Candidates:
    """The candidates, and claims of other payments beside those of every third payment.

    Candidates share a key with their payment, so a booster that has seen no others has no opinion on a claim that
    has nothing to do with it; a caller of the service may well pass one.
    """
    pool = list({id(claim): claim for claims in candidates for claim in claims}.values())
    if not pool:
        return candidates
    drawn = np.random.default_rng(seed).integers(0, len(pool), size=(len(candidates), DECOYS))
    return [
        claims if row % 3 else (*claims, *(pool[place] for place in drawn[row] if pool[place] not in claims))
        for row, claims in enumerate(candidates)
    ]


def _frequencies(candidates: Candidates, rows: Indices) -> Frequencies:
    """How common values are among the claims that the fit window has met, each counted once."""
    met = {id(claim): claim for row in rows for claim in candidates[row]}
    return Frequencies.of(claim_columns(list(met.values())))


def _pairs(
    labels: MatchLabels, candidates: Candidates, rows: Indices, frequencies: Frequencies, seed: int | None
) -> lgb.Dataset:
    """The pairs of some payments: the right one, and the likeliest of the others."""
    payments, found, posted = chosen(labels, candidates, rows)
    claims = found if seed is None else with_decoys(found, seed=seed)
    columns, _ = pair_rows(payments, claims, frequencies)
    right = right_pairs(claims, posted)
    kept = right | (columns[:, list(FEATURES).index("crude_rank")] < HARDEST)
    return lgb.Dataset(
        columns[kept], right[kept].astype(np.float64), feature_name=list(FEATURES), params={"verbosity": -1}
    )


def _intervals(softmax: MatchSoftmax, raw: Floats, table: Pairs, right: Flags) -> VennAbersGrid:
    """How sure the best candidate's probability is, from the payments that have a candidate."""
    shares, _ = softmax(raw, table.starts)
    probability = padded(shares, table.starts)
    correct = padded(right.astype(np.float64), table.starts)
    best = np.argmax(probability, axis=1)
    some = np.diff(table.starts) > 0
    pick = (np.arange(best.size)[some], best[some])
    return VennAbersGrid.fit(probability[pick], correct[pick])


def _reproducible(seed: int) -> dict[str, Any]:
    fixed = {
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": THREADS,
        "seed": seed,
        "verbosity": -1,
    }
    return {**PARAMETERS, **fixed}  # fmt: skip

"""Fit the remittance-match model: boosters and softmax on one window, the calibration on a later one.

The softmax and the second booster are fitted on answers to payments of the fit window that the first booster was not
fitted on: by folds of whole remittances (cross-fitting), so that no payment has a part in the answer to itself.

A ledger has errors. The same answers show which postings the others contradict (confident learning, Northcutt et al.
2021), and the booster that is kept is fitted without these. It is calibrated on audited rows where there are enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from features.match_columns import claim_columns
from features.match_history import REVERSAL
from features.match_pairs import Background
from features.payer_numbers import PayerNumbers
from features.x12.records import Claim, ClaimPayment
from models.calibration import SigmoidCalibration
from models.match_decision import POOLED, Decided, MatchDecision, fit_sigmoids, with_confidence
from models.match_softmax import MatchSoftmax
from models.remittance_match import Scored, raw_log_odds
from models.venn_abers import VennAbersGrid
from training.match_boosters import (
    PARAMETERS,
    THREADS,
    PairTable,
    cross_fitted,
    fit_again,
    fit_decision,
    fit_stopped,
    folds,
)
from training.match_examples import Candidates, Examples, Flags, Floats, Known, right_pairs, with_decoys
from training.match_labels import MatchLabels
from training.windows import Indices, Windows, late_slice

__all__ = ["PARAMETERS", "ROUNDS", "Candidates", "Fitted", "chosen", "fit", "right_pairs", "with_decoys"]

ROUNDS = 400
STOPPING_SHARE = 0.15  # of the fit window, its latest part
DOUBTED = 0.1  # probability of a posting, by what the others teach, below which it is not learnt from
FEWEST_AUDITED = 1000  # rows of the calibration window from which these alone calibrate


@dataclass(frozen=True)
class Crossed:
    """Scores of the fit window by boosters that did not see the payment: enough to plan by, too good to certify by."""

    rows: Indices
    scored: Scored


@dataclass(frozen=True)
class Fitted:
    """What the fit and the calibration window give."""

    booster: lgb.Booster
    background: Background
    softmax: MatchSoftmax
    decision: MatchDecision
    intervals: VennAbersGrid
    pairs: int  # that the booster could be fitted on
    doubted: int  # postings of the fit window that it was not fitted on, as the others contradict them
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
    early, late = late_slice(windows.fit, windows.days, STOPPING_SHARE)
    learnt = Examples.of(labels, candidates, earlier, np.concatenate([early, late]))
    background = _background(learnt)
    table = PairTable.of(learnt, background, seed=seed if decoys else None)
    stopped = fit_stopped(table, np.arange(early.size + late.size) < early.size, seed=seed, rounds=rounds)
    batches = [labels.batch[row] for row in (*early, *late)]
    plain, pairs, right = learnt.pairs(background)
    trees = max(stopped.num_trees(), 1)
    raw = cross_fitted(table, plain, pairs.starts, folds(batches, seed=seed), trees=trees, seed=seed)
    softmax = MatchSoftmax.fit(raw, pairs.starts, right)
    shares, none = softmax(raw, pairs.starts)
    decided = Decided.of(plain, raw, shares, none, pairs.starts)
    judge = fit_decision(decided, right, seed=seed)
    trusted = trusted_postings(shares, none, pairs.starts, right)
    booster = fit_again(table, trusted, trees=trees, seed=seed)
    later = Examples.of(labels, candidates, earlier, _calibrating(labels, windows.calibration))
    decision, intervals = _calibrated(booster, background, softmax, judge, later)
    sure = decision(decided, [payment.channel for payment in learnt.payments], threads=THREADS)
    scored = Scored(pairs.starts, *with_confidence(shares, none, pairs.starts, decided, sure))
    crossed = Crossed(np.concatenate([early, late]), scored)
    doubted = int((~trusted).sum())
    return Fitted(booster, background, softmax, decision, intervals, int(table.kept.sum()), doubted, crossed)


def chosen(
    labels: MatchLabels, candidates: Candidates, rows: Indices
) -> tuple[list[ClaimPayment], list[tuple[Claim, ...]], list[str]]:
    """Payments, candidates and posted claims of some rows."""
    return (
        [labels.payments[row] for row in rows],
        [candidates[row] for row in rows],
        [labels.posted[row] for row in rows],
    )


def trusted_postings(shares: Floats, none: Floats, starts: Indices, right: Flags) -> Flags:
    """Which postings (n,) the cross-fitted answers do not contradict.

    ``shares`` and ``right`` (m,) of pairs, ``none`` (n,). A posting to no candidate has the probability of none. Where
    half of the postings would be doubted, the answers are no better than these, and all are trusted.
    """
    payment = np.repeat(np.arange(none.size), np.diff(starts))
    to_candidate = np.bincount(payment, weights=right, minlength=none.size) > 0
    of_posting = np.bincount(payment, weights=np.where(right, shares, 0.0), minlength=none.size)
    trusted = np.where(to_candidate, of_posting, none) >= DOUBTED
    return np.asarray(trusted if trusted.mean() > 0.5 else np.ones(none.size, dtype=np.bool_))


def _calibrating(labels: MatchLabels, rows: Indices) -> Indices:
    """The audited rows of the calibration window, or all where too few were audited."""
    looked = labels.checked()
    audited = np.array([row for row in rows if looked[row] is not None], dtype=np.intp)
    return audited if audited.size >= FEWEST_AUDITED else rows


def _calibrated(
    booster: lgb.Booster,
    background: Background,
    softmax: MatchSoftmax,
    judge: lgb.Booster,
    later: Examples,
) -> tuple[MatchDecision, VennAbersGrid]:
    """The sigmoids and the intervals, from payments that came later."""
    rows, pairs, right = later.pairs(background)
    raw = raw_log_odds(booster, rows, threads=THREADS)
    decided = Decided.of(rows, raw, *softmax(raw, pairs.starts), pairs.starts)
    outcomes = right[decided.best].astype(np.float64)
    channels = [payment.channel for payment in later.payments]
    own = [channel for channel, some in zip(channels, decided.some, strict=True) if some]
    unheld = MatchDecision(judge, {POOLED: SigmoidCalibration.identity()})
    decision = MatchDecision(judge, fit_sigmoids(unheld.raw(decided, threads=THREADS), outcomes, own))
    return decision, VennAbersGrid.fit(decision(decided, channels, threads=THREADS), outcomes)


def _background(learnt: Examples) -> Background:
    """How common values are among the claims that the fit window has met, each counted once, and how payers number."""
    met = {id(claim): claim for claims in learnt.candidates for claim in claims}
    latest_first = zip(
        reversed(learnt.payments), reversed(learnt.candidates), reversed(learnt.posted), strict=True
    )
    answered = [
        (payment, claim.submitted)
        for payment, claims, posted in latest_first
        for claim in claims
        if claim.claim_id == posted and claim.submitted and payment.status != REVERSAL
    ]
    return Background.of(claim_columns(list(met.values())), PayerNumbers.of(answered))

"""The methods that every run of the matching benchmark compares, each by the protocol that anyone's goes through."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from features.x12.records import Claim, ClaimPayment
from models.remittance_match import MatchScore, RemittanceMatchModel
from training.benchmarks.history import history_windows
from training.benchmarks.protocols import NONE, MatchHistory, Ranked
from training.match_baselines import baselines
from training.match_candidates import candidates_in_time, day_paid
from training.match_fit import fit
from training.match_history import Ledger, known_postings
from training.match_labels import MatchLabels
from training.remittance_match import SHARES


class Model:
    """The product's model, fitted and calibrated as in training; the certification window stays unused."""

    def fit(self, history: MatchHistory) -> None:
        """The booster on the earlier part, the softmax on the later."""
        labels = MatchLabels(
            history.payments, history.posted, history.paid_on, history.batch, unposted=0, ambiguous=0
        )
        candidates = candidates_in_time(history.claims, history.payments)
        earlier = known_postings(history.payments, candidates, history.posted, history.paid_on)
        windows = history_windows(history.paid_on, SHARES)
        fitted = fit(labels, candidates, earlier, windows, seed=history.seed)
        self._model = RemittanceMatchModel(
            "benchmark",
            fitted.booster,
            fitted.background,
            fitted.softmax,
            fitted.decision,
            fitted.intervals,
        )
        self._ledger = Ledger()
        for payment, claim_id in zip(history.payments, history.posted, strict=True):
            self._ledger.post(payment, claim_id)

    def rank(self, payments: Sequence[ClaimPayment], claims: Sequence[Claim]) -> Sequence[Ranked]:
        """The candidates by probability, and none among them; what it answered on earlier days it takes as posted."""
        candidates = candidates_in_time(claims, payments)
        answers: list[Ranked] = [[]] * len(payments)
        in_time = sorted(range(len(payments)), key=lambda row: day_paid(payments[row]))
        for _, same_day in groupby(in_time, key=lambda row: day_paid(payments[row])):
            rows = list(same_day)
            earlier = [self._ledger.of(candidates[row]) for row in rows]
            scores = self._model.score(
                [payments[row] for row in rows], [candidates[row] for row in rows], earlier
            )
            for row, score in zip(rows, scores, strict=True):
                answers[row] = _ranked(candidates[row], score)
                self._ledger.post(payments[row], answers[row][0][0])
        return answers


class ExactNumber:
    """The one claim with the very number that the payer wrote."""

    def fit(self, history: MatchHistory) -> None:
        """Nothing is learnt."""

    def rank(self, payments: Sequence[ClaimPayment], claims: Sequence[Claim]) -> Sequence[Ranked]:
        """One claim, or none."""
        exact, _ = baselines(claims, payments)
        return [_sure(claim_id) for claim_id in exact]


class Rule:
    """Open Dental's rule: number, charge and service date; else name, member, charge and service date."""

    def fit(self, history: MatchHistory) -> None:
        """Nothing is learnt."""

    def rank(self, payments: Sequence[ClaimPayment], claims: Sequence[Claim]) -> Sequence[Ranked]:
        """One claim, or none."""
        _, rule = baselines(claims, payments)
        return [_sure(claim_id) for claim_id in rule]


def _ranked(claims: Sequence[Claim], score: MatchScore) -> Ranked:
    """Best first; where a claim is no likelier than none, none stands before it."""
    none = (NONE, score.none_probability)
    found = [
        (claims[place].claim_id or NONE, sure)
        for place, sure in zip(score.order, score.probabilities, strict=True)
    ]
    return sorted([none, *found], key=lambda entry: -entry[1])


def _sure(claim_id: str) -> Ranked:
    return [] if claim_id == NONE else [(claim_id, 1.0)]

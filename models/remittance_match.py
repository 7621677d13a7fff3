"""The remittance-match model: which open claim a claim payment belongs to, or none of them, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.errors import ModelFileError
from features.evidence import Reason
from features.match_columns import claim_columns, payment_columns
from features.match_history import Postings
from features.match_pairs import FEATURES, Background, Pairs, pair_features
from features.payer_classes import payer_class
from features.payer_numbers import PayerNumbers
from features.service_types import service_type
from features.x12.records import Claim, ClaimPayment
from models.files import Parts, load_parts, save_parts
from models.match_decision import DECISION, Decided, MatchDecision, with_confidence
from models.match_reasons import NO_CANDIDATES, reasons
from models.match_softmax import MatchSoftmax
from models.match_weights import CandidateEvidence, candidate_evidence, contributions
from models.routing import RoutingInput
from models.venn_abers import VennAbersGrid

KIND = "remittance-match"
THREADS = 1  # of one request: the service answers several at a time
PRECISION = 9  # decimals of log-odds: candidates that nothing tells apart must tie
RETRAIN = "train it again with this release"
Floats = NDArray[np.float64]
Candidates = Sequence[Sequence[Claim]]
Earlier = Sequence[Sequence[Postings]]
"""What was posted to each candidate before: a row a payment, in the order of its candidates."""


class MatchScore(Struct, frozen=True):
    """One payment's answer: ``probabilities`` and ``none_probability`` sum to 1, up to rounding."""

    order: tuple[int, ...]  # places in the given candidates, best first
    probabilities: tuple[float, ...]  # 0..1, in the same order
    none_probability: float  # that no candidate is the right claim
    low: float | None  # the interval of the best candidate's probability; None where there is no candidate
    high: float | None
    margin: float | None  # likeliest answer less the next one, be they claims or none; 0..1; None as above

    @property
    def confidence(self) -> float | None:
        """That posting to the best candidate is right; None without candidates: there is nothing to be sure of."""
        return self.probabilities[0] if self.probabilities else None

    @property
    def proposes_action(self) -> bool:
        """Whether there is a claim to post to: one that is likelier than none."""
        return bool(self.probabilities) and self.probabilities[0] > self.none_probability


@dataclass(frozen=True)
class Scored:
    """Scores of n payments in arrays."""

    starts: NDArray[np.intp]  # (n + 1,): the pairs of payment i are starts[i] to starts[i + 1]
    probabilities: Floats  # (m,) of pairs
    none: Floats  # (n,)


@dataclass(frozen=True)
class RemittanceMatchModel:
    """A booster on ``features.match_pairs.FEATURES``, the softmax over candidates, the judgement of the whole list, and
    the table of intervals.
    """

    version: str
    booster: lgb.Booster
    background: Background
    softmax: MatchSoftmax
    decision: MatchDecision
    intervals: VennAbersGrid

    @staticmethod
    def load(folder: Path) -> RemittanceMatchModel:
        """Load a saved model; raises ModelFileError where it is damaged or made for other features."""
        return RemittanceMatchModel.from_parts(load_parts(folder, kind=KIND))

    @staticmethod
    def from_parts(parts: Parts) -> RemittanceMatchModel:
        """A model out of its checked parts; raises ModelFileError where they were made for other features."""
        known = (parts.manifest.get("features", ()), parts.manifest.get("decision_features", ()))
        if [list(names) for names in known] != [list(FEATURES), list(DECISION)]:
            raise ModelFileError("the model was trained on other features", remedy=RETRAIN)
        try:
            return RemittanceMatchModel(
                version=parts.version,
                booster=parts.boosters["pairs"],
                background=Background(
                    parts.arrays["frequency_last"],
                    parts.arrays["frequency_charge"],
                    PayerNumbers.from_dict(parts.manifest["payer_numbers"]),
                ),
                softmax=MatchSoftmax.from_dict(parts.manifest["softmax"]),
                decision=MatchDecision.from_parts(parts.boosters["decision"], parts.manifest["decision"]),
                intervals=VennAbersGrid.from_arrays(parts.arrays),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError("a part of the model is missing", remedy=RETRAIN) from error

    def score(
        self, payments: Sequence[ClaimPayment], candidates: Candidates, earlier: Earlier | None = None
    ) -> list[MatchScore]:
        """A score for each payment, in their order.

        ``candidates`` are each payment's own, in any order; ``earlier`` is what was posted to each of them before the
        day of the payment, where that is known.
        """
        return self.as_scores(self.distribution(payments, candidates, earlier)) if payments else []

    def as_scores(self, scored: Scored) -> list[MatchScore]:
        """Scores in arrays as a score for each payment, with their intervals."""
        starts, none = scored.starts, scored.none.tolist()
        ordered = [
            _best_first(scored.probabilities[starts[row] : starts[row + 1]]) for row in range(len(none))
        ]
        best = np.array([shares[0] if shares else np.nan for _, shares in ordered])
        low, high = self.intervals.interval(best)
        low, high = np.fmin(low, best), np.fmax(high, best)
        return [
            _score(order, shares, none[row], float(low[row]), float(high[row]))
            for row, (order, shares) in enumerate(ordered)
        ]

    def distribution(
        self, payments: Sequence[ClaimPayment], candidates: Candidates, earlier: Earlier | None = None
    ) -> Scored:
        """Probabilities of all pairs and of none, in arrays."""
        rows, pairs = pair_rows(payments, candidates, self.background, earlier)
        raw = raw_log_odds(self.booster, rows, threads=THREADS)
        shares, none = self.softmax(raw, pairs.starts)
        decided = Decided.of(rows, raw, shares, none, pairs.starts)
        channels = [payment.channel for payment in payments]
        sure = self.decision(decided, channels, threads=THREADS)
        return Scored(pairs.starts, *with_confidence(shares, none, pairs.starts, decided, sure))

    def explain(
        self,
        payment: ClaimPayment,
        candidates: Sequence[Claim],
        score: MatchScore,
        earlier: Sequence[Postings] | None = None,
    ) -> tuple[Reason, ...]:
        """At most four business reasons; off the hot path, for what a person will read."""
        if not score.order:
            return (NO_CANDIDATES,)
        rows, _ = pair_rows([payment], [candidates], self.background, _of_one(earlier))
        best = rows[score.order[0] : score.order[0] + 1]
        own = contributions(self.booster, best, threads=THREADS)[0, :-1]  # the last is the base
        return reasons(own, score.probabilities, score.none_probability)

    def evidence(
        self,
        payment: ClaimPayment,
        candidates: Sequence[Claim],
        score: MatchScore,
        earlier: Sequence[Postings] | None = None,
    ) -> tuple[CandidateEvidence, ...]:
        """Every candidate's fields with their weights, best first; off the hot path, as ``explain`` is."""
        rows, _ = pair_rows([payment], [candidates], self.background, _of_one(earlier))
        contributed = contributions(self.booster, rows, threads=THREADS)
        return candidate_evidence(payment, candidates, contributed, score.order, score.probabilities)


def routing_input(
    payment: ClaimPayment, score: MatchScore, *, flags: Sequence[str] = (), age_days: float = 0.0
) -> RoutingInput:
    """What the lane of a payment depends on; the action is to post it to the best candidate.

    Serving routes by it and training certifies by it, so that a certificate speaks of the rows that it lets go.
    ``flags`` are what was found beside the payment itself, such as that it was sent before.
    """
    return RoutingInput(
        kind=KIND,
        confidence=score.confidence,
        amount=payment.paid,
        payer=payment.payer_id or payment.payer_name,
        low=score.low,
        high=score.high,
        margin=score.margin,
        proposes_action=score.proposes_action,
        flags=(*own_flags(payment), *flags),
        age_days=age_days,
        payer_class=payer_class(payment.filing_indicator),
        service_type=service_type(payment),
    )


def own_flags(payment: ClaimPayment) -> tuple[str, ...]:
    """What a claim payment says against itself: that it does not add up, or that it pays more than one claim."""
    several = (payment.claims or 1) > 1
    return (
        *(() if payment.balanced else ("claim-payment-unbalanced",)),
        *(("several-claims",) if several else ()),
    )


def pair_rows(
    payments: Sequence[ClaimPayment],
    candidates: Candidates,
    background: Background,
    earlier: Earlier | None = None,
) -> tuple[Floats, Pairs]:
    """Features (m, len(FEATURES)) of every payment with each of its candidates; a claim is cleaned once."""
    places: dict[int, int] = {}
    distinct: list[Claim] = []
    for claims in candidates:
        for claim in claims:
            if id(claim) not in places:
                places[id(claim)] = len(distinct)
                distinct.append(claim)
    pairs = Pairs.of([[places[id(claim)] for claim in claims] for claims in candidates])
    posted: list[Postings] = [None] * pairs.claim.size
    if earlier is not None:
        posted = [postings for row in earlier for postings in row]
    status = [payment.status for payment in payments]
    told = [background.numbers.sent(payment) for payment in payments]
    sent = np.array([np.nan if day is None else day for day in told], dtype=np.float64)
    rows = pair_features(
        payment_columns(payments), status, claim_columns(distinct), pairs, background, posted, sent
    )
    return rows, pairs


def raw_log_odds(booster: lgb.Booster, rows: Floats, *, threads: int) -> Floats:
    """Uncalibrated log-odds (m,) that each pair is the right one."""
    if not rows.shape[0]:
        return np.zeros(0)
    raw = booster.predict(rows, raw_score=True, num_threads=threads)
    return np.asarray(raw, dtype=np.float64).round(PRECISION)


def save(
    folder: Path,
    *,
    booster: lgb.Booster,
    background: Background,
    softmax: MatchSoftmax,
    decision: MatchDecision,
    intervals: VennAbersGrid,
    facts: dict[str, Any],
) -> str:
    """Save a model and return its version; ``facts`` are what is known of its training, in plain values."""
    return save_parts(
        folder,
        kind=KIND,
        manifest={
            "features": list(FEATURES),
            "softmax": softmax.to_dict(),
            "decision_features": list(DECISION),
            "payer_numbers": background.numbers.to_dict(),
            "decision": decision.to_dict(),
            "facts": facts,
        },
        boosters={"pairs": booster, "decision": decision.booster},
        arrays={**background.to_arrays(), **intervals.to_arrays()},
    )


def _of_one(earlier: Sequence[Postings] | None) -> Earlier | None:
    return None if earlier is None else [earlier]


def _best_first(shares: Floats) -> tuple[tuple[int, ...], tuple[float, ...]]:
    order = np.argsort(-shares, kind="stable")
    return tuple(order.tolist()), tuple(shares[order].tolist())


def _score(
    order: tuple[int, ...], shares: tuple[float, ...], none: float, low: float, high: float
) -> MatchScore:
    if not shares:
        return MatchScore((), (), 1.0, None, None, None)
    likeliest, runner_up = sorted((none, *shares[:2]), reverse=True)[:2]
    return MatchScore(order, shares, none, low, high, likeliest - runner_up)

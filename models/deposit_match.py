"""The deposit-match model: how sure it is which payments a deposit holds, or that no remittance explains it.

A booster scores each candidate, and a conditional softmax makes of a deposit's scores one distribution over its
candidates and "none of these".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.deposits.books import Books, Candidate, Query
from features.deposits.pairs import FEATURES, Pairs
from features.errors import ModelFileError
from models.files import load_parts, save_parts
from models.match_softmax import MatchSoftmax

KIND = "deposit-match"
THREADS = 1
RETRAIN = "train it again with this release"
Floats = NDArray[np.float64]


class Answer(Struct, frozen=True):
    """What is said of one deposit: probabilities, which with those of the other candidates sum to 1."""

    best: Candidate | None  # the likeliest candidate; None where there is no candidate at all
    confidence: float  # of ``best``
    none: float  # that no candidate is right
    runner_up: Candidate | None
    runner_up_confidence: float

    @property
    def margin(self) -> float:
        """By how much the best exceeds what comes next: another candidate, or none."""
        return self.confidence - max(self.none, self.runner_up_confidence)


@dataclass(frozen=True)
class DepositMatchModel:
    """The booster on pairs, and what makes probabilities of its log-odds."""

    booster: lgb.Booster
    softmax: MatchSoftmax

    def answers(self, books: Books, queries: Sequence[Query]) -> list[Answer]:
        """One answer a query, in their order."""
        pairs = Pairs.of(books, queries)
        shares, none = self.softmax(raw_log_odds(self.booster, pairs.rows), pairs.starts)
        bounds = zip(pairs.starts[:-1], pairs.starts[1:], none, strict=True)
        return [
            _answer(pairs.candidates[start:end], shares[start:end], float(nothing))
            for start, end, nothing in bounds
        ]

    def save(self, folder: Path) -> str:
        """Save without pickle; the answer is the model's version."""
        manifest = {"features": list(FEATURES), "softmax": self.softmax.to_dict()}
        return save_parts(folder, kind=KIND, manifest=manifest, boosters={"pairs": self.booster}, arrays={})

    @staticmethod
    def load(folder: Path) -> DepositMatchModel:
        """Load a saved model; raises ModelFileError where it is damaged, incomplete, or of other features."""
        parts = load_parts(folder, kind=KIND)
        if parts.manifest.get("features") != list(FEATURES):
            raise ModelFileError("the model was trained on other features", remedy=RETRAIN)
        try:
            softmax = MatchSoftmax.from_dict(parts.manifest["softmax"])
            return DepositMatchModel(parts.boosters["pairs"], softmax)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError("a part of the model is missing", remedy=RETRAIN) from error


def raw_log_odds(booster: lgb.Booster, rows: Floats) -> Floats:
    """Log-odds (m,) of pairs with features (m, k)."""
    if not rows.shape[0]:
        return np.zeros(0)
    return np.asarray(booster.predict(rows, raw_score=True, num_threads=THREADS), dtype=np.float64)


def _answer(candidates: Sequence[Candidate], shares: Floats, none: float) -> Answer:
    order = np.argsort(-shares, kind="stable")[:2]
    found = [(candidates[place], float(shares[place])) for place in order]
    (best, confidence), (second, less) = (*found, (None, 0.0), (None, 0.0))[:2]
    return Answer(best, confidence, none, second, less)

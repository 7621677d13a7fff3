"""Labelled payments with their candidates: what a match is learnt from, and what it is judged on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.match_history import Postings
from features.match_pairs import Background, Pairs
from features.x12.records import Claim, ClaimPayment
from models.remittance_match import pair_rows
from training.match_labels import MatchLabels
from training.windows import Indices

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Candidates = Sequence[tuple[Claim, ...]]
Known = Sequence[tuple[Postings, ...]]
"""Of each payment: what was posted to each of its candidates before its day."""

DECOYS = 2  # claims of nobody's choosing beside the candidates of every third payment; see with_decoys
BLANKED = 5  # of so many payments one is learnt from as if nothing were known of earlier postings


@dataclass(frozen=True)
class Examples:
    """Payments, their candidates, what is known of these, and the claims that they were posted to, in parallel."""

    payments: Sequence[ClaimPayment]
    candidates: Candidates
    earlier: Known
    posted: Sequence[str]

    @staticmethod
    def of(labels: MatchLabels, candidates: Candidates, earlier: Known, rows: Indices) -> Examples:
        """Some rows of a data set."""
        return Examples(
            [labels.payments[row] for row in rows],
            [candidates[row] for row in rows],
            [earlier[row] for row in rows],
            [labels.posted[row] for row in rows],
        )

    def pairs(self, background: Background) -> tuple[Floats, Pairs, Flags]:
        """Features (m, len(FEATURES)), the pairs, and whether each (m,) is of the claim that was posted to."""
        rows, pairs = pair_rows(self.payments, self.candidates, background, self.earlier)
        return rows, pairs, right_pairs(self.candidates, self.posted)

    def blanked(self) -> Examples:
        """Every fifth without its earlier postings: a caller may not know them, and the model must bear with that."""
        earlier = [known if row % BLANKED else (None,) * len(known) for row, known in enumerate(self.earlier)]
        return Examples(self.payments, self.candidates, earlier, self.posted)

    def with_decoys(self, *, seed: int) -> Examples:
        """With claims of other payments among the candidates, to which nothing was posted."""
        candidates = with_decoys(self.candidates, seed=seed)
        earlier = [
            (*known, *((),) * (len(claims) - len(known)))
            for claims, known in zip(candidates, self.earlier, strict=True)
        ]
        return Examples(self.payments, candidates, earlier, self.posted)


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

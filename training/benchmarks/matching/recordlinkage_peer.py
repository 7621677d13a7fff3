"""The Python Record Linkage Toolkit, a public peer (BSD-3): its unsupervised and its supervised classifier.

Blocking, comparing and classifying as its documentation shows: pairs by several blocking rules, similarities by
Jaro-Winkler for names and Damerau-Levenshtein for numbers, then the ECM classifier (Fellegi and Sunter's model, on
similarities cut to yes and no) or a logistic regression on the similarities with the postings as labels.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import recordlinkage
from numpy.typing import NDArray

from features.x12.records import Claim, ClaimPayment
from training.benchmarks.matching.peer_tables import (
    BLOCKS,
    claim_table,
    in_time,
    payment_table,
    rankings,
    recent,
    true_pairs,
)
from training.benchmarks.protocols import MatchHistory, Ranked

ALIKE = 0.85  # the similarity from which two texts agree, as in the toolkit's guides
CERTAIN = 1e-15  # the least that a probability is away from 0 and 1
NUMBERS = ("control", "member", "service_from")
NAMES = ("last_name", "first_name")
EXACT = ("charge", "payer", "provider", "procedures")


class RecordLinkageECM:
    """No labels: expectation/conditional maximisation on the pairs of the history."""

    def fit(self, history: MatchHistory) -> None:
        """Compare the recent payments with the claims of their time, and learn."""
        payments, posted = recent(history)
        with warnings.catch_warnings():
            _ignore_deprecations()
            vectors = _vectors(payments, history.claims)
            self._classifier = self.learn(vectors, true_pairs(history.claims, posted))

    def learn(self, vectors: pd.DataFrame, _: Sequence[tuple[int, int]], /) -> Any:
        """A classifier on agreements."""
        classifier = recordlinkage.ECMClassifier(binarize=ALIKE)
        classifier.fit(vectors)
        return classifier

    def rank(self, payments: Sequence[ClaimPayment], claims: Sequence[Claim]) -> Sequence[Ranked]:
        """Claims by the classifier's probability."""
        with warnings.catch_warnings():
            _ignore_deprecations()
            vectors = _vectors(payments, claims)
            sure = np.asarray(self._classifier.prob(vectors), dtype=np.float64)
        claim, payment = _places(vectors)
        sure = np.clip(sure, CERTAIN, 1 - CERTAIN)
        weights = np.log2(sure / (1 - sure))
        scored = zip(claim.tolist(), payment.tolist(), weights.tolist(), strict=True)
        return rankings(scored, payments, claims)


class RecordLinkageLogistic(RecordLinkageECM):
    """The postings as labels: logistic regression on the similarities."""

    def learn(self, vectors: pd.DataFrame, pairs: Sequence[tuple[int, int]], /) -> Any:
        """A classifier on similarities."""
        right = vectors.index.intersection(pd.MultiIndex.from_tuples(pairs))
        classifier = recordlinkage.LogisticRegressionClassifier()
        classifier.fit(vectors, right)
        return classifier


def _vectors(payments: Sequence[ClaimPayment], claims: Sequence[Claim]) -> pd.DataFrame:
    """Similarities 0 to 1 of every blocked pair whose claim came in time, by the rows of claim and payment."""
    left, right = claim_table(claims), payment_table(payments)
    indexer = recordlinkage.Index()
    for columns in BLOCKS:
        indexer.block(list(columns))
    pairs = indexer.index(left, right)
    known = [in_time(claims[claim], payments[payment]) for claim, payment in pairs]
    comparer = recordlinkage.Compare()
    for name in NUMBERS:
        comparer.exact(name, name, label=f"{name}_same")
        comparer.string(name, name, method="damerau_levenshtein", label=name)
    for name in NAMES:
        comparer.string(name, name, method="jarowinkler", label=name)
    for name in EXACT:
        comparer.exact(name, name, label=name)
    vectors: pd.DataFrame = comparer.compute(pairs[np.array(known, dtype=np.bool_)], left, right)
    return vectors


def _places(vectors: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    index = vectors.index
    return (
        index.get_level_values(0).to_numpy(dtype=np.intp),
        index.get_level_values(1).to_numpy(dtype=np.intp),
    )


def _ignore_deprecations() -> None:
    """The toolkit's last release was written for an older pandas, which the newest still understands."""
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", FutureWarning)

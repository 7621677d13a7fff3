"""Fit the linear member."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from models.record_match import PairFeatures
from models.records.linear import Linear, Scale

Floats = NDArray[np.float64]
STRENGTH = 0.1  # the inverse of the penalty; 0.5 was no better on any public set
LEAST = 3  # pairs that a word is told by
MOST = 20_000  # words
ROUNDS = 300
ENOUGH = 25_000  # pairs; of more, as many are drawn, for the boosters learn from all of them


def fit_linear(features: PairFeatures, labels: Floats, scale: Scale) -> Linear:
    """A penalised logistic regression on labelled pairs; words that few pairs tell by are left out."""
    if labels.size > ENOUGH:
        drawn = np.sort(np.random.default_rng(0).permutation(labels.size)[:ENOUGH])
        features, labels = features.taken(drawn), labels[drawn]
    wording = features.wording.often(LEAST, MOST)
    rows = csr_matrix(hstack([csr_matrix(scale(features.values)), wording.rows]))
    found = LogisticRegression(C=STRENGTH, max_iter=ROUNDS, tol=1e-3).fit(rows, labels)
    weights = np.asarray(found.coef_[0], dtype=np.float64)
    dense = 2 * features.values.shape[1]
    words = dict(zip(wording.names, weights[dense:].tolist(), strict=True))
    return Linear(scale, weights[:dense], float(found.intercept_[0]), words)

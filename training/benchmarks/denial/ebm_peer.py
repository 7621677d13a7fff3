"""A public peer: InterpretML's explainable boosting machine (Nori et al. 2019), a sum of curves and of pairs.

With its own settings but for fewer outer bags (its own 14 take twice as long), on the product's columns of the claim
itself; pairs are its own choice.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier

from features.denial_risk import CATEGORICAL, COLUMNS, Encoding, encode
from features.x12.records import Claim
from training.benchmarks.protocols import DenialHistory
from training.metrics import Floats

BAGS = 4


class Ebm:
    """An explainable boosting machine on the claim's own columns."""

    def fit(self, history: DenialHistory) -> None:
        """On all of the history."""
        self._encoding = Encoding.of_claims(history.claims)
        kinds = ["nominal" if column in CATEGORICAL else "continuous" for column in COLUMNS]
        self._machine = ExplainableBoostingClassifier(
            feature_names=list(COLUMNS),
            feature_types=kinds,
            outer_bags=BAGS,
            n_jobs=1,
            random_state=history.seed,
        )
        with (
            warnings.catch_warnings()
        ):  # it can learn from what is missing, and only its pictures cannot show it
            warnings.filterwarnings("ignore", message="Missing values detected", category=UserWarning)
            self._machine.fit(self._rows(history.claims), np.asarray(history.denied, dtype=np.int64))

    def risk(self, claims: Sequence[Claim]) -> Sequence[float]:
        """As the machine says."""
        said = self._machine.predict_proba(self._rows(claims))[:, 1]
        return [float(probability) for probability in said]

    def _rows(self, claims: Sequence[Claim]) -> Floats:
        return encode(claims, self._encoding).rows

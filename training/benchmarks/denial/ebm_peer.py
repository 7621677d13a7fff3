"""A public peer: InterpretML's explainable boosting machine (Nori et al. 2019), a sum of curves and of pairs.

With its own settings but for fewer outer bags than its own 14, and on all columns fewer pairs than three times their
number: either takes several times as long. Which pairs is its own choice.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier

from features.denial_risk import CATEGORICAL
from features.x12.records import Claim
from training.benchmarks.denial.columns import ByColumns
from training.metrics import Floats

BAGS = 4


class Ebm(ByColumns):
    """An explainable boosting machine on what the claim itself says."""

    with_history = False
    pairs: ClassVar[int | str] = "3x"  # its own: three times the columns

    def learn(self, claims: Sequence[Claim], rows: Floats, denied: Floats) -> None:  # noqa: ARG002
        """Curves of every column that has values at all."""
        kinds = ["nominal" if column in CATEGORICAL else "continuous" for column in self.columns]
        self._kept = ~np.isnan(rows).all(axis=0)
        self._machine = ExplainableBoostingClassifier(
            feature_names=list(np.array(self.columns)[self._kept]),
            feature_types=list(np.array(kinds)[self._kept]),
            interactions=self.pairs,
            outer_bags=BAGS,
            n_jobs=1,
            random_state=self.seed,
        )
        with (
            warnings.catch_warnings()
        ):  # it can learn from what is missing, and only its pictures cannot show it
            warnings.filterwarnings("ignore", message="Missing values detected", category=UserWarning)
            self._machine.fit(rows[:, self._kept], denied.astype(np.int64))

    def say(self, claims: Sequence[Claim], rows: Floats) -> Floats:  # noqa: ARG002
        """As the machine says."""
        return np.asarray(self._machine.predict_proba(rows[:, self._kept])[:, 1], dtype=np.float64)


class EbmWithHistory(Ebm):
    """The same on all of the product's columns."""

    with_history = True
    pairs = 20

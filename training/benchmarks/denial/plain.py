"""Plain LightGBM: its own defaults on the product's columns, without tuning, calibration or prior knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightgbm as lgb
import numpy as np

from features.denial_risk import CATEGORICAL
from features.x12.records import Claim
from training.benchmarks.denial.columns import ByColumns
from training.metrics import Floats

ROUNDS = 100  # LightGBM's own default


class PlainLightGBM(ByColumns):
    """On all columns."""

    def learn(self, claims: Sequence[Claim], rows: Floats, denied: Floats) -> None:  # noqa: ARG002
        """With its own defaults."""
        columns = lgb.Dataset(
            rows, denied, feature_name=list(self.columns), categorical_feature=list(CATEGORICAL),
            params={"verbosity": -1},
        )  # fmt: skip
        fixed: dict[str, Any] = {
            "objective": "binary", "seed": self.seed, "deterministic": True, "force_row_wise": True,
            "num_threads": 1, "verbosity": -1,
        }  # fmt: skip
        self._booster = lgb.train(fixed, columns, num_boost_round=ROUNDS)

    def say(self, claims: Sequence[Claim], rows: Floats) -> Floats:  # noqa: ARG002
        """As the booster says."""
        return np.asarray(self._booster.predict(rows, num_threads=1), dtype=np.float64)

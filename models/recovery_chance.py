"""The chance that a denial is overturned, from categories and ordered values, where the base rate drifts.

Two models of the same rows, many small effects (``recovery_effects``) and boosted trees (``recovery_trees``), each
alone or both together, by what was best on later periods of the training data. The same estimator learns from an
external review's published outcomes and from a provider's own history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.errors import ModelFileError
from features.recovery_columns import Columns, Floats, Rows
from models.calibration import SigmoidCalibration
from models.recovery_effects import Effects
from models.recovery_trees import Trees
from models.venn_abers import VennAbersGrid

BOOSTER = "chance"


@dataclass(frozen=True)
class Chance:
    """``trees_share`` 0..1 is how much of the log-odds comes from the trees, the rest from the effects."""

    columns: Columns
    effects: Effects
    trees: Trees
    trees_share: float
    calibration: SigmoidCalibration
    intervals: VennAbersGrid

    def log_odds(self, rows: Rows) -> Floats:
        """Before calibration, (n,)."""
        return mixed(self.effects.log_odds(rows), self.trees.log_odds(rows), self.trees_share)

    def probabilities(self, rows: Rows) -> Floats:
        """Calibrated, (n,) in 0..1."""
        return self.calibration(self.log_odds(rows))

    def with_intervals(self, rows: Rows) -> tuple[Floats, Floats, Floats]:
        """Probabilities and the ends of their intervals, which hold them; each (n,)."""
        probability = self.probabilities(rows)
        low, high = self.intervals.interval(probability)
        return probability, np.minimum(low, probability), np.maximum(high, probability)

    def to_plain(self) -> dict[str, Any]:
        """For a manifest."""
        return {
            "columns": self.columns.to_plain(),
            "effects": self.effects.to_plain(),
            "trees": self.trees.to_plain(),
            "trees_share": self.trees_share,
            "calibration": self.calibration.to_dict(),
        }

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """For ``models.files.save_parts``."""
        return {**self.effects.to_arrays(), **self.intervals.to_arrays()}

    def boosters(self) -> dict[str, lgb.Booster]:
        """For ``models.files.save_parts``."""
        return {BOOSTER: self.trees.booster}

    @staticmethod
    def from_parts(
        plain: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        boosters: Mapping[str, lgb.Booster],
    ) -> Chance:
        """The inverse; raises ModelFileError where something is missing."""
        try:
            return Chance(
                columns=Columns.from_plain(plain["columns"]),
                effects=Effects.from_plain(plain["effects"], arrays),
                trees=Trees.from_plain(plain["trees"], boosters[BOOSTER]),
                trees_share=float(plain["trees_share"]),
                calibration=SigmoidCalibration.from_dict(plain["calibration"]),
                intervals=VennAbersGrid.from_arrays(arrays),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(
                "a part of the model is missing", remedy="train it again with this release"
            ) from error


def mixed(effects: Floats, trees: Floats, trees_share: float) -> Floats:
    """Log-odds of both, weighted."""
    return np.asarray((1 - trees_share) * effects + trees_share * trees)

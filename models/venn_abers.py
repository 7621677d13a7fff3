"""How sure a probability is: inductive Venn-Abers intervals from a table that is computed once.

For a new score, isotonic regression is fitted to the calibration rows and the new one, first as if its outcome were
0, then as if it were 1; the two values at the score are p0 and p1 (Vovk, Petej and Fedorova 2015). Both rise with the
score. Here they are computed at a few hundred knots; between two knots the lower end is p0 of the knot below and the
upper end p1 of the knot above, so the stated interval holds the exact one, and equals it at the knots.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.calibration import checked

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class VennAbersGrid:
    """Knots (k,) rising; ``low`` and ``high`` (k,) are p0 and p1 there, in 0..1."""

    knots: Floats
    low: Floats
    high: Floats

    @staticmethod
    def fit(scores: ArrayLike, outcomes: ArrayLike, *, knots: int = 200) -> VennAbersGrid:
        """Compute the table from calibration rows: ``scores`` (n,) finite, ``outcomes`` (n,) 0 or 1.

        All distinct scores are knots where there are at most ``knots`` of them, else that many quantiles. Raises
        MissingDataError for no rows and BadInputError for values that are not finite.
        """
        score, outcome = checked(scores, outcomes)
        distinct, where = np.unique(score, return_inverse=True)
        weight = np.bincount(where).astype(np.float64)
        positives = np.bincount(where, weights=outcome).astype(np.float64)
        chosen = distinct if distinct.size <= knots else _quantiles(score, knots)
        low = [_value_at(knot, 0.0, distinct, weight, positives) for knot in chosen]
        high = [_value_at(knot, 1.0, distinct, weight, positives) for knot in chosen]
        return VennAbersGrid(chosen, np.maximum.accumulate(low), np.maximum.accumulate(high))

    def interval(self, scores: ArrayLike) -> tuple[Floats, Floats]:
        """Lower and upper ends, each (m,) in 0..1, for ``scores`` (m,); NaN gets the widest, 0 to 1."""
        score = np.asarray(scores, dtype=np.float64)
        known = ~np.isnan(score)
        low = np.append(0.0, self.low)[np.searchsorted(self.knots, score, side="right") * known]
        high = np.append(self.high, 1.0)[np.where(known, np.searchsorted(self.knots, score), self.knots.size)]
        return low, high

    def to_arrays(self, prefix: str = "venn_abers_") -> dict[str, NDArray[Any]]:
        """Arrays for ``models.files.save_parts``."""
        return {f"{prefix}knots": self.knots, f"{prefix}low": self.low, f"{prefix}high": self.high}

    @staticmethod
    def from_arrays(arrays: Mapping[str, NDArray[Any]], prefix: str = "venn_abers_") -> VennAbersGrid:
        """The inverse of ``to_arrays``."""
        return VennAbersGrid(arrays[f"{prefix}knots"], arrays[f"{prefix}low"], arrays[f"{prefix}high"])


def _quantiles(score: Floats, knots: int) -> Floats:
    """Scores that occur, about evenly by rank, the smallest and the largest among them."""
    return np.unique(np.quantile(score, np.linspace(0, 1, knots), method="nearest"))


def _value_at(knot: float, assumed: float, distinct: Floats, weight: Floats, positives: Floats) -> float:
    """The isotonic fit at ``knot``, one of the distinct scores, with one more row there of the assumed outcome.

    scikit-learn is imported here because a service that has only what it needs does without: it reads a table.
    """
    from sklearn.isotonic import IsotonicRegression

    at = int(np.searchsorted(distinct, knot))
    heavier, more = weight.copy(), positives.copy()
    heavier[at] += 1
    more[at] += assumed
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0).fit(distinct, more / heavier, sample_weight=heavier)
    return float(fitted.predict([knot])[0])

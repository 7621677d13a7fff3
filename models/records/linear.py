"""The linear member: a logistic regression on all features of a pair and on the words that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from features.records.wording import Wording

Floats = NDArray[np.float64]
SPREAD = 4.0  # standard deviations beyond which a feature counts no more


@dataclass(frozen=True)
class Scale:
    """Features brought to mean 0 and deviation 1, absent ones to the mean, and a flag for each absent one."""

    mean: Floats  # (k,)
    deviation: Floats  # (k,), none 0

    @staticmethod
    def of(values: Floats) -> Scale:
        """From training rows (n, k); a column without any value gets mean 0."""
        known = np.isfinite(values)
        count = np.fmax(known.sum(axis=0), 1)
        filled = np.where(known, values, 0.0)
        mean = filled.sum(axis=0) / count
        variance = (np.where(known, values - mean, 0.0) ** 2).sum(axis=0) / count
        return Scale(mean, np.where(variance > 1e-12, np.sqrt(variance), 1.0))

    def __call__(self, values: Floats) -> Floats:
        """(n, k) to (n, 2k): values, then absences."""
        return np.hstack(self._parts(values))

    def weighed(self, values: Floats, coefficients: Floats) -> Floats:
        """``self(values) @ coefficients``, without the wide matrix between."""
        standard, absent = self._parts(values)
        half = self.mean.size
        return np.asarray(standard @ coefficients[:half] + absent @ coefficients[half:], dtype=np.float64)

    def _parts(self, values: Floats) -> tuple[Floats, Floats]:
        known = np.isfinite(values)
        standard = np.where(known, (values - self.mean) / self.deviation, 0.0)
        return np.clip(standard, -SPREAD, SPREAD), (~known).astype(np.float64)


@dataclass(frozen=True)
class Linear:
    """``intercept + scale(features) @ coefficients + words``."""

    scale: Scale
    coefficients: Floats  # (2k,)
    intercept: float
    words: Mapping[str, float]  # weights by the names of features.records.wording

    ARRAYS: ClassVar = ("mean", "deviation", "coefficients", "intercept")

    def __call__(self, values: Floats, wording: Wording) -> Floats:
        """Log-odds (n,)."""
        return np.asarray(
            self.scale.weighed(values, self.coefficients) + self.intercept + wording.weighed(self.words),
            dtype=np.float64,
        )

    @staticmethod
    def mean(some: Sequence[Linear]) -> Linear:
        """The one member whose log-odds are the mean of those of several with the same scale."""
        words: dict[str, float] = {}
        for one in some:
            for name, weight in one.words.items():
                words[name] = words.get(name, 0.0) + weight / len(some)
        return Linear(
            some[0].scale,
            np.asarray(np.mean([one.coefficients for one in some], axis=0), dtype=np.float64),
            float(np.mean([one.intercept for one in some])),
            {name: round(weight, 6) for name, weight in words.items()},
        )

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays for ``models.files.save_parts``; the words go into the manifest."""
        return {
            "mean": self.scale.mean,
            "deviation": self.scale.deviation,
            "coefficients": self.coefficients,
            "intercept": np.array([self.intercept]),
        }

    @staticmethod
    def from_arrays(arrays: Mapping[str, NDArray[Any]], words: Mapping[str, float]) -> Linear:
        """The inverse of ``to_arrays``."""
        scale = Scale(arrays["mean"], arrays["deviation"])
        return Linear(scale, arrays["coefficients"], float(arrays["intercept"][0]), dict(words))

"""A figure that was drawn several times: its mean, and how sure the mean is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

LEVEL = 0.95


class Mean(NamedTuple):
    """The mean of repeated draws with its 95 % interval by Student's t."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def mean(values: Sequence[float]) -> Mean:
    """Of two or more draws.

    >>> str(mean([0.48, 0.52, 0.50]))
    '0.500 (0.450 to 0.550)'
    """
    value = float(np.mean(values))
    half = float(
        student.ppf((1 + LEVEL) / 2, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    )
    return Mean(value, value - half, value + half)


def named_mean(name: str, values: Sequence[float]) -> dict[str, float]:
    """A figure with its interval, as results have it; of one draw there is no interval.

    >>> named_mean("f1", [0.5])
    {'f1': 0.5}
    """
    if len(values) == 1:
        return {name: values[0]}
    value, low, high = mean(values)
    return {name: value, f"{name}_low": low, f"{name}_high": high}

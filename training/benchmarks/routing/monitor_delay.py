"""Days until an alarm, over many streams: figures and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom


def delay(name: str, days: NDArray[np.float64]) -> dict[str, float]:
    """The median (without an alarm: infinite) with its interval by order statistics, and the 90th percentile."""
    ranked, count = np.sort(days), days.size
    if not count:
        return {name: float("nan")}
    low, high = (int(binom.ppf(tail, count, 0.5)) for tail in (0.025, 0.975))
    return {
        name: float(ranked[(count - 1) // 2]),
        f"{name}_low": float(ranked[max(low - 1, 0)]),
        f"{name}_high": float(ranked[min(high, count - 1)]),
        f"{name}_p90": float(ranked[min(int(0.9 * count), count - 1)]),
    }


def days_of(one: Mapping[str, float], name: str) -> str:
    """The median over its interval; a dash where half of the streams have no alarm."""
    if not np.isfinite(one[name]):
        return "–"
    return f"{one[name]:.0f}\n{one[f'{name}_low']:.0f}–{one[f'{name}_high']:.0f}"

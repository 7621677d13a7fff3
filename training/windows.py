"""Windows in time: the model is fitted on the past, calibrated, certified and tested on what came after, in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.errors import MissingDataError

Indices = NDArray[np.intp]
NAMES = ("fit", "calibration", "certification", "test")
SHARES = (0.6, 0.13, 0.14, 0.13)


@dataclass(frozen=True)
class Windows:
    """Row numbers of each window, rising in time; no day belongs to two windows, so no batch of a day does either.

    Four, because a row may serve once only: what chose a threshold cannot certify it, and what certified it cannot
    test it.
    """

    days: NDArray[np.datetime64]  # the day of every row that was given
    fit: Indices
    calibration: Indices
    certification: Indices
    test: Indices

    @staticmethod
    def from_dates(days: Sequence[date], shares: Sequence[float] = SHARES) -> Windows:
        """Cut rows into four windows that hold about these shares of them.

        Raises MissingDataError where there are too few days to cut.
        """
        day = np.asarray(days, dtype="datetime64[D]")
        order = np.argsort(day, kind="stable").astype(np.intp)
        ordered = day[order]
        wanted = np.cumsum(shares)[:-1] / sum(shares) * day.size
        cuts = [
            int(np.searchsorted(ordered, ordered[min(int(cut), day.size - 1)])) for cut in wanted if day.size
        ]
        parts = np.split(order, cuts) if cuts else [order]
        if len(parts) < len(NAMES) or any(not part.size for part in parts):
            raise MissingDataError(
                f"{day.size} labelled rows over {np.unique(day).size} days do not make {len(NAMES)} windows in time",
                remedy="give a longer history",
            )
        return Windows(day, *parts)

    def span(self, name: str) -> tuple[date, date]:
        """The first and the last day of a window."""
        days = self.days[getattr(self, name)]
        return days.min().item(), days.max().item()

    def describe(self) -> dict[str, str]:
        """Each window's rows and days, for parameters and model cards."""
        return {
            name: f"{getattr(self, name).size} rows, {' to '.join(map(str, self.span(name)))}"
            for name in NAMES
        }


def late_slice(rows: Indices, days: NDArray[np.datetime64], share: float) -> tuple[Indices, Indices]:
    """Rows of a window as an earlier and a later part, cut between two days; for early stopping."""
    ordered = rows[np.argsort(days[rows], kind="stable")]
    cut_day = days[ordered[min(int(ordered.size * (1 - share)), ordered.size - 1)]]
    cut = int(np.searchsorted(days[ordered], cut_day))
    return ordered[:cut], ordered[cut:]

"""The windows in time that the product's own models cut the history into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from features.errors import MissingDataError
from training.windows import Windows


def history_windows(days: Sequence[date], shares: Sequence[float]) -> Windows:
    """As training cuts them, with the shares of fit, calibration and certification; the test window is the judge's.

    Raises MissingDataError where the history is too short.
    """
    day = np.asarray(days, dtype="datetime64[D]")
    order = np.argsort(day, kind="stable").astype(np.intp)
    ordered = day[order]
    wanted = np.cumsum(shares[:3])[:-1] / sum(shares[:3]) * day.size
    cuts = [int(np.searchsorted(ordered, ordered[int(cut)])) for cut in wanted if day.size]
    parts = np.split(order, cuts)
    if len(parts) < 3 or not all(part.size for part in parts):
        raise MissingDataError("the history is too short to learn from", remedy="give a longer one")
    fit, calibration, certification = parts
    return Windows(day, fit, calibration, certification, np.empty(0, dtype=np.intp))

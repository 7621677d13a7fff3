"""Labels as a certificate is tested on them: checked columns of scores, errors, batches and amounts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from features.errors import BadInputError

Floats = NDArray[np.float64]


def checked_labels(scores: ArrayLike, errors: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    """Scores as floats and errors as 0 or 1, both (n,); raises BadInputError."""
    score = np.asarray(scores, dtype=np.float64)
    error = np.asarray(errors, dtype=np.float64)
    if score.ndim != 1 or score.shape != error.shape:
        raise BadInputError("scores and errors must be two columns of the same length")
    if not np.isin(error, (0.0, 1.0)).all():
        raise BadInputError("errors must be 0 or 1")
    return score, error.astype(np.int64)


def falling(thresholds: Sequence[float]) -> Floats:
    """Thresholds as they are walked, (k,); raises BadInputError where they are not finite and falling."""
    tried = np.asarray(thresholds, dtype=np.float64)
    if not np.isfinite(tried).all() or (np.diff(tried) >= 0).any():
        raise BadInputError("thresholds must be finite and fall from strict to loose")
    return tried


def check_level(alpha: float, delta: float) -> None:
    """Raises BadInputError where alpha or delta is not inside 0..1."""
    if not (0 < alpha < 1 and 0 < delta < 1):
        raise BadInputError("alpha and delta must lie between 0 and 1")


def candidates(scores: Floats, steps: int) -> Floats:
    """Thresholds at even steps of coverage, strict to loose, (k,), k at most ``steps``; of finite scores only.

    >>> candidates(np.array([0.1, 0.9, np.nan, 0.5, 0.9]), 10).tolist()
    [0.9, 0.5, 0.1]
    """
    ranked = -np.sort(-scores[~np.isnan(scores)])
    if not ranked.size:
        return ranked
    tried = ranked[np.linspace(0, ranked.size - 1, min(steps, ranked.size)).astype(int)]
    return np.asarray(np.unique(tried[np.isfinite(tried)])[::-1])

"""How strongly counts speak against what was expected: log-likelihood ratios of Poisson counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def evidence(seen: ArrayLike, expected: ArrayLike) -> Floats:
    """Twice-free log-likelihood ratio of a higher rate, in nats; 0 where no more was seen than expected.

    >>> evidence([10, 1], [2.0, 2.0]).round(2).tolist()
    [8.09, 0.0]
    """
    count, mean = np.asarray(seen, dtype=np.float64), np.maximum(np.asarray(expected, dtype=np.float64), 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(count > 0, count * np.log(count / mean), 0.0) - (count - mean)
    return np.where(count > mean, ratio, 0.0)

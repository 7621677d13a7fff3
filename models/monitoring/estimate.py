"""The error rate of all automatic items, from those that were drawn to be checked, each with its own probability."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from features.errors import BadInputError
from models.exact_test import exact_interval

Floats = NDArray[np.float64]


class WeightedRate(Struct, frozen=True):
    """An estimate with its interval; ``population`` times a rate is a number of items."""

    rate: float | None  # 0..1; None where nothing was checked
    low: float
    high: float
    checked: int
    wrong: int
    population: int


def weighted_error_rate(
    errors: ArrayLike,
    probabilities: ArrayLike,
    *,
    population: int,
    level: float = 0.95,
    least_probability: float | None = None,
) -> WeightedRate:
    """The share of ``population`` items that is wrong, from the checked ones.

    ``errors`` (n,) are 0 or 1, ``probabilities`` (n,) in (0, 1] those with which each checked item was drawn; an item
    counts for as many as it stands for, 1 / probability (Horvitz & Thompson 1952), over the sum of these (Hajek 1971).
    ``least_probability`` in (0, 1] is that of the whole population, where items that are rarer drawn were among it.

    The interval is exact where all were drawn alike (Clopper & Pearson 1934). Otherwise it is the gamma interval for a
    weighted sum of counts (Fay & Feuer 1997), which is the exact Poisson one for equal weights and holds its level with
    few errors, where a normal one does not: without any error, its upper end is that of the rarest weight. Raises
    BadInputError for impossible input.

    >>> found = weighted_error_rate([1, 0, 0, 0], [0.1, 0.1, 0.5, 0.5], population=24)
    >>> round(found.rate, 3)  # 10 of 10 + 10 + 2 + 2
    0.417
    >>> weighted_error_rate([0] * 598, [0.05] * 598, population=12_000, level=0.9).high < 0.00501
    True
    """
    wrong, weights = _checked(errors, probabilities, population, level)
    if least_probability is not None and not 0 < least_probability <= 1:
        raise BadInputError(
            "the probability of a draw lies above 0 and is at most 1", "least_probability", "leave it out"
        )
    count, found = int(wrong.size), int(wrong.sum())
    if not count:
        return WeightedRate(None, 0.0, 1.0, 0, 0, population)
    heaviest = max(1 / (least_probability or 1.0), float(weights.max()))
    rate = float((weights * wrong).sum() / weights.sum())
    alike = np.allclose(weights, heaviest)
    low, high = (
        exact_interval(found, count, tail=(1 - level) / 2)
        if alike
        else _gamma(weights, wrong, heaviest, level)
    )
    return WeightedRate(rate, min(low, rate), max(high, rate), count, found, population)


def _gamma(weights: Floats, wrong: Floats, heaviest: float, level: float) -> tuple[float, float]:
    """Both ends for the weighted sum of counts, as shares of all that the checked items stand for."""
    tail, whole = (1 - level) / 2, float(weights.sum())
    total, variance = float((weights * wrong).sum()), float((weights**2 * wrong).sum())
    low = 0.0
    if total > 0:
        low = variance / (2 * total) * float(chi2.ppf(tail, 2 * total**2 / variance))
    scale = (variance + heaviest**2) / (2 * (total + heaviest))
    freedom = 2 * (total + heaviest) ** 2 / (variance + heaviest**2)
    return low / whole, min(1.0, scale * float(chi2.ppf(1 - tail, freedom)) / whole)


def _checked(
    errors: ArrayLike, probabilities: ArrayLike, population: int, level: float
) -> tuple[Floats, Floats]:
    wrong = np.asarray(errors, dtype=np.float64)
    drawn = np.asarray(probabilities, dtype=np.float64)
    if wrong.ndim != 1 or wrong.shape != drawn.shape or not np.isin(wrong, (0.0, 1.0)).all():
        raise BadInputError("errors and probabilities are two columns of the same length, errors 0 or 1")
    if not ((drawn > 0) & (drawn <= 1)).all():
        raise BadInputError("the probability of a draw lies above 0 and is at most 1", "probabilities")
    if population < wrong.size or not 0 < level < 1:
        raise BadInputError(
            "no more items than the population can be checked, and a level lies between 0 and 1"
        )
    return wrong, 1 / drawn

"""How many checked items a cell wants before it is likely to be certified."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, poisson

from models.certification import Step, labels_needed

LIKELY = 0.8  # chance that the test with so many labels passes
MOST_ERRORS = 2000  # beyond these the error rate is so near alpha that no test is worth waiting for


def labels_wanted(steps: Sequence[Step], labels: int, *, alpha: float, level: float) -> int | None:
    """Labels of the cell that a new test wants, so that it passes with a chance of 80 % if nothing changes.

    ``steps`` are counts at thresholds among ``labels`` known outcomes of the cell; the best threshold is the one that
    wants the fewest. What a test has looked at is spent, so these are fresh labels. Where so little is known that no
    threshold looks safe, though none of its items was wrong, it is what one error would take. None: at every
    threshold too many were wrong, and more labels would only show it better.
    """
    seen = [step for step in steps if step.n]
    likely = [_wanted(step, labels, alpha, level) for step in seen]
    found = [wanted for wanted in likely if wanted is not None]
    if found:
        return min(found)
    clean = max((step.n for step in seen if not step.errors), default=0 if seen else labels)
    least = labels_needed(1, alpha=alpha, delta=level)
    return int(np.ceil(least * labels / clean)) if clean else (None if seen else least)


def _wanted(step: Step, labels: int, alpha: float, level: float) -> int | None:
    """For one threshold; a strict one without an error yet is not free of risk, so half an error is added."""
    rate = (step.errors + 0.5) / (step.n + 1)
    if rate >= alpha:
        return None
    above = _needed(alpha, level)
    passes = np.asarray(poisson.cdf(np.arange(above.size), above * rate)) >= LIKELY
    if not passes.any():
        return None
    needed = labels_needed(int(np.argmax(passes)), alpha=alpha, delta=level)
    return int(np.ceil(needed * labels / step.n))


@lru_cache(maxsize=64)
def _needed(alpha: float, level: float) -> NDArray[np.float64]:
    """Labels with which 0, 1, 2, ... errors still pass, as the Poisson distribution has it: within 1 % at 0.5 %."""
    errors = np.arange(MOST_ERRORS)
    return np.asarray(chi2.ppf(1 - level, 2 * (errors + 1)) / (2 * alpha), dtype=np.float64)

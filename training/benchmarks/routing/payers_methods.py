"""Ways to certify fifteen payers at once, each from labels of an earlier window and fresh ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.allocation import Labels, certify_family, plan_family
from models.certification import Certified, certify, plan
from training.benchmarks.routing.naive import naive_threshold

Floats = NDArray[np.float64]
Method = Callable[[Sequence[Labels], Sequence[Labels]], Floats]  # prior, fresh -> threshold of each payer
ALPHA, DELTA = 0.005, 0.05
STEPS = 30  # candidate thresholds a payer, for all methods alike: few, as thousands of plans are made


def naive(prior: Sequence[Labels], fresh: Sequence[Labels]) -> Floats:
    """What looked good on all labels of a payer."""
    both = zip(prior, fresh, strict=True)
    return _thresholds(naive_threshold(*_together(pair), ALPHA) for pair in both)


def pooled(prior: Sequence[Labels], fresh: Sequence[Labels]) -> Floats:
    """One certificate for all payers together."""
    before, now = _together(prior), _together(fresh)
    tried = plan(*before, now[0].size, ALPHA, delta=DELTA, steps=STEPS)
    return np.repeat(_thresholds([_of(certify(*now, tried, ALPHA, DELTA))]), len(fresh))


def split(prior: Sequence[Labels], fresh: Sequence[Labels]) -> Floats:
    """A certificate for each payer at delta / 15."""
    level = DELTA / len(fresh)
    found = []
    for before, now in zip(prior, fresh, strict=True):
        tried = plan(before.scores, before.errors, now.count(), ALPHA, delta=level, steps=STEPS)
        found.append(_of(certify(now.scores, now.errors, tried, ALPHA, level)))
    return _thresholds(found)


def pooled_sets(prior: Sequence[Labels], fresh: Sequence[Labels]) -> Floats:
    """Ours: a closed test whose sets of payers are tested on their pooled counts."""
    return _family(prior, fresh, independent=True)


def any_sets(prior: Sequence[Labels], fresh: Sequence[Labels]) -> Floats:
    """Ours where payers depend on each other: sets are tested by Bonferroni's inequality."""
    return _family(prior, fresh, independent=False)


METHODS: dict[str, Method] = {
    "naive": naive,
    "pooled": pooled,
    "delta / 15": split,
    "closed, Bonferroni": any_sets,
    "closed, pooled": pooled_sets,
}


def _family(prior: Sequence[Labels], fresh: Sequence[Labels], *, independent: bool) -> Floats:
    counts = [labels.count() for labels in fresh]
    planned = plan_family(prior, counts, alpha=ALPHA, delta=DELTA, independent=independent, steps=STEPS)
    found = certify_family(planned, fresh, alpha=ALPHA, delta=DELTA)
    return _thresholds(_of(one.certified) for one in found)


def _together(labels: Sequence[Labels]) -> tuple[Floats, NDArray[np.int64]]:
    scores = np.concatenate([np.asarray(one.scores, dtype=np.float64) for one in labels])
    return scores, np.concatenate([np.asarray(one.errors, dtype=np.int64) for one in labels])


def _of(certified: Certified | None) -> float | None:
    return None if certified is None else certified.threshold


def _thresholds(found: Iterator[float | None] | Sequence[float | None]) -> Floats:
    """Nothing certified is a threshold that nothing reaches."""
    return np.array([np.inf if one is None else one for one in found])

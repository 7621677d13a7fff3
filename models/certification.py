"""Permission to act without a person: thresholds chosen by a test on fresh labels, and the certificates of them.

Learn Then Test (Angelopoulos et al. 2021) with a fixed sequence: thresholds are planned on an earlier period, then
walked strict to loose on fresh labels with the exact binomial p-value, and the walk stops at the first that fails. The
chance of ending on a threshold whose true error rate exceeds alpha is then at most delta, however many are walked.
``None`` is a full answer: nothing could be certified, so everything goes to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.certificates import (
    Cell,
    Certificate,
    Certified,
    Uncertified,
    issue,
    load_certificates,
    revoke,
    save_certificates,
)
from models.certification_labels import check_level, checked_labels, falling
from models.certification_plan import plan
from models.exact_test import labels_needed, p_value

__all__ = [
    "Cell",
    "Certificate",
    "Certified",
    "Step",
    "Uncertified",
    "certify",
    "checked_labels",
    "issue",
    "labels_needed",
    "load_certificates",
    "one_per_batch",
    "p_value",
    "plan",
    "revoke",
    "save_certificates",
    "walk",
]


class Step(NamedTuple):
    """One threshold on fresh labels."""

    threshold: float
    n: int  # labels that score at or above it
    errors: int  # of these, wrong


def certify(
    scores: ArrayLike,
    errors: ArrayLike,
    thresholds: Sequence[float],
    alpha: float,
    delta: float,
) -> Certified | None:
    """Walk the planned thresholds on fresh labels and keep the last one that passed before the first that failed.

    ``scores`` (n,) and ``errors`` (n,) 0 or 1: independent rows (see ``one_per_batch``) that had no part in the
    model, the calibration or the plan. None where not even the first threshold passed: nothing is certified. Raises
    BadInputError where thresholds are not finite and falling, or alpha or delta is not inside 0..1.
    """
    check_level(alpha, delta)
    certified = None
    for step in walk(scores, errors, thresholds):
        if p_value(step.n, step.errors, alpha) > delta:
            break
        certified = Certified(step.threshold, step.n, step.errors)
    return certified


def walk(scores: ArrayLike, errors: ArrayLike, thresholds: Sequence[float]) -> tuple[Step, ...]:
    """What stands at or above every threshold, in their order: how many labels, and how many of them are errors.

    A score that is NaN is at or above no threshold. Raises BadInputError where thresholds are not finite and falling.

    >>> walk([0.9, 0.8, 0.7], [0, 0, 1], [0.8, 0.5])
    (Step(threshold=0.8, n=2, errors=0), Step(threshold=0.5, n=3, errors=1))
    """
    score, error = checked_labels(scores, errors)
    tried = falling(thresholds)
    known = ~np.isnan(score)
    order = np.argsort(-score[known], kind="stable")
    wrong = np.concatenate(([0], np.cumsum(error[known][order])))
    n = np.searchsorted(-score[known][order], -tried, side="right")
    return tuple(
        Step(float(threshold), int(many), int(wrong[many])) for threshold, many in zip(tried, n, strict=True)
    )


def one_per_batch(batch_ids: Sequence[Any] | NDArray[Any], seed: int) -> NDArray[np.intp]:
    """Row numbers, rising: one row of each batch, drawn at random, as errors within one remittance hang together.

    ``batch_ids`` (n,) are whatever can be a key of a mapping: numbers, names, pairs of these. The certified rate is
    then that of a random row of a random batch.
    """
    numbers: dict[Any, int] = {}
    batches = np.array([numbers.setdefault(one, len(numbers)) for one in batch_ids], dtype=np.intp)
    shuffled = np.random.default_rng(seed).permutation(batches.size)
    _, first = np.unique(batches[shuffled], return_index=True)
    return np.sort(shuffled[first])

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
from scipy.stats import binom

from features.errors import BadInputError
from models.certificates import (
    Cell,
    Certificate,
    Certified,
    issue,
    load_certificates,
    revoke,
    save_certificates,
)
from models.exact_test import labels_needed, p_value

__all__ = [
    "Cell",
    "Certificate",
    "Certified",
    "Step",
    "certify",
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

Floats = NDArray[np.float64]
COUNTS = (-2.0, -1.0, 0.0, 1.0, 2.0)  # standard deviations


class Step(NamedTuple):
    """One threshold on fresh labels."""

    threshold: float
    n: int  # labels that score at or above it
    errors: int  # of these, wrong


def plan(
    scores: ArrayLike,
    errors: ArrayLike,
    n_certify: int,
    alpha: float,
    *,
    delta: float = 0.05,
    steps: int = 200,
) -> tuple[float, ...]:
    """Thresholds, strict to loose, for ``certify`` to walk; the first is the one most likely to pass.

    ``scores`` (m,) and ``errors`` (m,) 0 or 1 are labels of an earlier period, never the ones that certify;
    ``n_certify`` is how many fresh labels there will be. Candidates stand at even steps of coverage; where there will
    be too few labels for any to pass, only the loosest is walked, which has the most. Empty where there are no prior
    labels: nothing is planned, and nothing can be certified.
    """
    score, error = checked_labels(scores, errors)
    score, error = score[~np.isnan(score)], error[~np.isnan(score)]
    if not score.size or n_certify <= 0:
        return ()
    order = np.argsort(-score, kind="stable")
    ranked, wrong = score[order], np.cumsum(error[order])
    candidates = np.unique(ranked[np.linspace(0, ranked.size - 1, steps).astype(int)])[::-1]
    accepted = np.searchsorted(-ranked, -candidates, side="right")
    power = _power(accepted, wrong[accepted - 1], n_certify, score.size, alpha, delta)
    start = int(np.argmax(power)) if power.any() else candidates.size - 1
    return tuple(float(threshold) for threshold in candidates[start:])


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
    if not (0 < alpha < 1 and 0 < delta < 1):
        raise BadInputError("alpha and delta must lie between 0 and 1")
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
    tried = _falling(thresholds)
    known = ~np.isnan(score)
    order = np.argsort(-score[known], kind="stable")
    wrong = np.concatenate(([0], np.cumsum(error[known][order])))
    n = np.searchsorted(-score[known][order], -tried, side="right")
    return tuple(
        Step(float(threshold), int(many), int(wrong[many])) for threshold, many in zip(tried, n, strict=True)
    )


def one_per_batch(batch_ids: Sequence[Any] | NDArray[Any], seed: int) -> NDArray[np.intp]:
    """Row numbers, rising: one row of each batch, drawn at random, as errors within one remittance hang together.

    The certified rate is then that of a random row of a random batch.
    """
    batches = np.asarray(batch_ids)
    shuffled = np.random.default_rng(seed).permutation(batches.size)
    _, first = np.unique(batches[shuffled], return_index=True)
    return np.sort(shuffled[first])


def checked_labels(scores: ArrayLike, errors: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    """Scores as floats and errors as 0 or 1, both (n,); raises BadInputError."""
    score = np.asarray(scores, dtype=np.float64)
    error = np.asarray(errors, dtype=np.float64)
    if score.ndim != 1 or score.shape != error.shape:
        raise BadInputError("scores and errors must be two columns of the same length")
    if not np.isin(error, (0.0, 1.0)).all():
        raise BadInputError("errors must be 0 or 1")
    return score, error.astype(np.int64)


def _power(
    accepted: NDArray[np.intp], wrong: NDArray[np.int64], n: int, of: int, alpha: float, delta: float
) -> Floats:
    """The chance that each candidate passes on ``n`` fresh labels, if errors come as among the ``of`` earlier ones.

    How many of the fresh labels lie above a threshold is chance too, and a few too few make a test impossible to pass:
    so the chance is averaged over counts up to two standard deviations away.
    """
    share = accepted / of
    spread = np.sqrt(n * share * (1 - share) + 1)
    rate = (wrong + 0.5) / (accepted + 1)  # a strict threshold without an error yet is not free of risk
    powers = []
    for away in COUNTS:
        fresh = np.clip(np.floor(n * share + away * spread), 0, n)
        allowed = binom.ppf(delta, fresh, alpha)
        allowed = np.where(binom.cdf(allowed, fresh, alpha) <= delta, allowed, allowed - 1)
        powers.append(np.where(allowed >= 0, binom.cdf(allowed, fresh, rate), 0.0))
    return np.asarray(np.mean(powers, axis=0))


def _falling(thresholds: Sequence[float]) -> Floats:
    tried = np.asarray(thresholds, dtype=np.float64)
    if not np.isfinite(tried).all() or (np.diff(tried) >= 0).any():
        raise BadInputError("thresholds must be finite and fall from strict to loose")
    return tried

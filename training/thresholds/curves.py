"""The curve of a cell from the labels that its certificate was tried on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.certificate_curves import Curve, Naive, Point, upper_bound
from models.certificates import Certificate
from models.certification import Step, checked_labels, walk
from models.certification_labels import candidates
from training.thresholds.wanted import labels_wanted

Floats = NDArray[np.float64]
POINTS = 100  # along a curve


def curve_of(
    certificate: Certificate,
    *,
    prior_scores: ArrayLike,
    prior_errors: ArrayLike,
    scores: ArrayLike,
    errors: ArrayLike,
    thresholds: Sequence[float],
) -> Curve:
    """How a cell came to ``certificate``: labels of planning (m,), fresh labels (n,), both as ``certify`` had them.

    ``thresholds`` are the planned ones. Raises BadInputError as ``walk`` does.
    """
    alpha, level = certificate.alpha, certificate.level
    fresh = checked_labels(scores, errors)
    look = _Looking(*fresh, level)
    threshold = certificate.threshold
    walked = _walked(look, thresholds, threshold)
    every = look.steps(candidates(fresh[0], POINTS).tolist())
    return Curve(
        certificate=certificate.id,
        cell=certificate.cell,
        alpha=alpha,
        delta=certificate.delta,
        level=level,
        labels=fresh[0].size,
        labels_a_day=fresh[0].size / _days(certificate),
        points=tuple(look.point(step) for step in every),
        walked=tuple(look.point(step) for step in walked),
        planned=len(thresholds),
        certified=None if threshold is None else look.point(look.steps([threshold])[0]),
        unit=certificate.unit,
        naive=_naive(look, *checked_labels(prior_scores, prior_errors), alpha),
        wanted=labels_wanted([*every, *walked], fresh[0].size, alpha=alpha, level=level)
        if threshold is None
        else None,
    )


def naive_threshold(scores: ArrayLike, errors: ArrayLike, alpha: float) -> Step | None:
    """What one would choose by looking: the largest coverage whose error rate here is at most alpha, with its counts.

    None where even the strictest threshold looks worse.
    """
    score, error = checked_labels(scores, errors)
    known = ~np.isnan(score)
    order = np.argsort(-score[known], kind="stable")
    ranked, wrong = score[known][order], np.cumsum(error[known][order])
    whole = np.append(ranked[:-1] > ranked[1:], True)[: ranked.size]  # ties go together
    good = np.flatnonzero(whole & (wrong <= alpha * np.arange(1, ranked.size + 1)))
    return Step(float(ranked[good[-1]]), int(good[-1]) + 1, int(wrong[good[-1]])) if good.size else None


class _Looking:
    """Counts at thresholds on the fresh labels of a cell."""

    def __init__(self, scores: Floats, errors: NDArray[np.int64], level: float) -> None:
        self.scores, self.errors, self.level = scores, errors, level

    def steps(self, thresholds: Sequence[float]) -> tuple[Step, ...]:
        return walk(self.scores, self.errors, thresholds)

    def point(self, step: Step) -> Point:
        return Point(
            threshold=step.threshold,
            coverage=step.n / self.scores.size if self.scores.size else 0.0,
            n=step.n,
            errors=step.errors,
            upper=upper_bound(step.n, step.errors, self.level),
        )


def _walked(look: _Looking, thresholds: Sequence[float], certified: float | None) -> list[Step]:
    """The thresholds tried: all that passed, and the first that failed.

    Of a family, levels change during the walk (see ``models.allocation``), so the certificate says how far it went.
    """
    steps = look.steps(thresholds)
    passed = 0 if certified is None else sum(step.threshold >= certified for step in steps)
    return list(steps[: passed + 1])


def _naive(look: _Looking, prior: Floats, wrong: NDArray[np.int64], alpha: float) -> Naive | None:
    chosen = naive_threshold(prior, wrong, alpha)
    if chosen is None:
        return None
    return Naive(chosen.n, chosen.errors, look.point(look.steps([chosen.threshold])[0]))


def _days(certificate: Certificate) -> int:
    return (certificate.window_to - certificate.window_from).days + 1

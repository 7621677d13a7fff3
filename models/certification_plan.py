"""Which thresholds to walk: where to begin and in which steps, so that as much as possible can be expected to pass.

A walk that begins too strict has too few labels to pass at all, one that begins too loose has too many errors, and
every further step is one more chance to stop early. So the earlier labels are taken for what they say of the risk, with
its uncertainty, fresh labels are drawn from that many times, each ladder is walked on every draw, and the one with
the highest mean share of items certified is planned. Nothing of it touches the fresh labels: the test stays exact
whatever is planned.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression
from scipy.special import bdtr

from models.certification_labels import Floats, candidates, check_level, checked_labels

DRAWS = 200  # of fresh labels
STRIDES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)  # candidates from one step to the next
AS_GOOD = 0.006  # a difference in mean coverage that is left to chance
UNSEEN = 0.5  # an error not yet seen among the surest: no error in few labels is not free of risk (Jeffreys)
SEED = 20_260


def plan(
    scores: ArrayLike,
    errors: ArrayLike,
    n_certify: int,
    alpha: float,
    *,
    delta: float = 0.05,
    steps: int = 200,
) -> tuple[float, ...]:
    """Thresholds, strict to loose, for ``certify`` to walk: the ladder with the most certified on average.

    ``scores`` (m,) and ``errors`` (m,) 0 or 1 are labels of an earlier period, never the ones that certify;
    ``n_certify`` is how many fresh labels there will be. At most ``steps`` candidates stand at even steps of
    coverage. Where none of them can be expected to pass, the one that comes nearest is walked alone. Empty where there
    are no prior labels: nothing is planned, and nothing can be certified. The same labels give the same plan.
    """
    score, error = checked_labels(scores, errors)
    check_level(alpha, delta)
    score, error = score[~np.isnan(score)], error[~np.isnan(score)]
    if not score.size or n_certify <= 0:
        return ()
    thresholds, rows, wrong = _stretches(score, error, steps)
    if not thresholds.size:
        return ()
    passed = _passes(rows, wrong, n_certify, alpha, delta)
    ladder = _best(passed, np.cumsum(rows) / score.size)
    if ladder is None:
        ladder = np.array([_nearest(rows, wrong, n_certify, alpha)])
    return tuple(float(threshold) for threshold in thresholds[ladder])


def _stretches(
    score: Floats, error: NDArray[np.int64], steps: int
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Thresholds, and how many rows and expected errors lie between each and the one before; all (k,).

    The error rate is taken to fall with the score: neighbours that say otherwise are pooled (isotonic regression),
    which leaves all errors together as they are and tells more of the strict end, where there are few.
    """
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    thresholds = candidates(score, steps)
    if not thresholds.size:
        return thresholds, np.zeros(0, dtype=np.int64), thresholds
    accepted = np.searchsorted(-ranked, -thresholds, side="right")
    above = np.concatenate(([0], np.cumsum(error[order])))[accepted]
    rows = np.diff(accepted, prepend=0)
    rate = isotonic_regression(np.diff(above, prepend=0) / rows, weights=rows).x
    return thresholds, rows, np.asarray(rate * rows, dtype=np.float64)


def _passes(
    rows: NDArray[np.int64], wrong: Floats, n_certify: int, alpha: float, delta: float
) -> NDArray[np.bool_]:
    """Whether each candidate passes on each draw of fresh labels, (draws, k).

    A draw has a risk curve of its own, a gamma variate for each stretch between candidates, and then as many labels
    and errors in each stretch as chance gives.
    """
    random = np.random.default_rng(SEED)
    size = (DRAWS, rows.size)
    expected = wrong.copy()
    expected[:1] += UNSEEN
    risk = np.minimum(random.gamma(np.maximum(expected, 1e-9), size=size) / rows, 1.0)
    labels = random.poisson(n_certify * rows / rows.sum(), size=size)
    errors = np.cumsum(random.binomial(labels, risk), axis=1)
    n = np.cumsum(labels, axis=1)
    return np.asarray((bdtr(errors, n, alpha) <= delta) & (n > 0))


def _best(passed: NDArray[np.bool_], coverage: Floats) -> NDArray[np.intp] | None:
    """The candidates of the ladder that certifies the most on average; None where none ever passes.

    Of the starts that are as good within what the draws can tell, the middle one: on either side a walk is likelier
    to certify nothing at all than the few draws show.
    """
    certified = np.array([_certified_share(passed, coverage, stride) for stride in STRIDES])
    if not certified.any():
        return None
    good = certified >= (1 - AS_GOOD) * certified.max()
    starts = np.flatnonzero(good.any(axis=0))
    start = int(starts[starts.size // 2])
    stride = STRIDES[int(np.argmax(certified[:, start]))]
    return np.arange(start, coverage.size, stride)


def _certified_share(passed: NDArray[np.bool_], coverage: Floats, stride: int) -> Floats:
    """The mean coverage that a ladder of this stride certifies from every start, (k,).

    Backwards: a walk that passes a candidate certifies what the rest of the walk does, and at least the candidate.
    """
    share = np.where(passed.T, coverage[:, None], 0.0)  # (k, draws)
    for last in range(coverage.size - stride, 0, -stride):
        here, after = (
            share[max(last - stride, 0) : last],
            share[max(last - stride, 0) + stride : last + stride],
        )
        np.copyto(here, np.maximum(here, after), where=here > 0)
    return np.asarray(share.mean(axis=1))


def _nearest(rows: NDArray[np.int64], wrong: Floats, n_certify: int, alpha: float) -> int:
    """The candidate whose expected counts would be the greatest surprise at an error rate of alpha."""
    n = np.floor(n_certify * np.cumsum(rows) / rows.sum()).astype(np.int64)
    errors = np.floor(n_certify * (np.cumsum(wrong) + UNSEEN) / rows.sum())
    surprise = np.where(n > 0, bdtr(np.minimum(errors, n), np.maximum(n, 1), alpha), 1.0)
    return int(surprise.size - 1 - np.argmin(surprise[::-1]))

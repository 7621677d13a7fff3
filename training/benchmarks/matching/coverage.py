"""How much can be posted without a look at a precision: by an oracle's threshold, or by one certified on other data.

Coverage is of the payments that have a claim here: those of them that are posted, and rightly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.certification import certify, one_per_batch, plan
from training.match_evaluation import Answers, Flags
from training.metrics import HIGH, LOW, Floats, rate

WANTED = 0.999  # the precision of what is posted without a look
DELTA = 0.05  # the chance that a certified threshold is worse than that
PLANNED = 0.35  # of the other data, what plans thresholds; the rest certifies


def part(answers: Answers, rows: Flags | NDArray[np.intp]) -> Answers:
    """Some of the answers, by a mask or in an order."""
    return Answers(*(column[rows] for column in vars(answers).values()))


def at_oracle_threshold(answers: Answers, counts: Floats) -> dict[str, float]:
    """The most that could be posted where precision on these very rows is still as wanted: generous to any method.

    ``counts`` (resamples, n) say how often each row is drawn; the threshold is chosen anew in each resample.
    """
    order = np.argsort(-answers.confidence, kind="stable")
    ordered = part(answers, order)
    whole = float(_most(ordered, np.ones((1, order.size)))[0])
    low, high = np.quantile(_most(ordered, counts[:, order]), (LOW, HIGH))
    return {
        "share_at_999_precision": whole,
        "share_at_999_precision_low": float(low),
        "share_at_999_precision_high": float(high),
    }


def best_posted(answers: Answers) -> Flags:
    """What an oracle's threshold lets go; all that is proposed where a method knows no degrees.

    A method that is as sure of every answer, as rules are, cannot be held to a precision: it posts what it posts, and
    its precision is stated beside.
    """
    sure = answers.confidence[answers.posted]
    if np.unique(sure).size <= 1:
        return answers.posted
    tried = np.unique(sure)[::-1]
    order = np.argsort(-sure, kind="stable")
    hits = np.cumsum(answers.right[answers.posted][order])
    many = np.searchsorted(-sure[order], -tried, side="right")
    good = hits[many - 1] >= WANTED * many
    return above(answers, float(tried[good].min()) if good.any() else None)


def certified_threshold(
    confidence: Floats, errors: NDArray[np.int64], batches: Sequence[str], *, seed: int
) -> float | None:
    """The loosest threshold that other data certify, one row a batch, the earlier rows planning; None where none is.

    Rows (n,) stand in the order of their days, or in any order where they come from several networks.
    """
    cut = int(PLANNED * confidence.size)
    later = cut + one_per_batch(batches[cut:], seed)
    alpha = 1 - WANTED
    planned = plan(confidence[:cut], errors[:cut], later.size, alpha, delta=DELTA)
    certified = certify(confidence[later], errors[later], planned, alpha, DELTA)
    return certified.threshold if certified else None


def above(answers: Answers, threshold: float | None) -> Flags:
    """Which answers a threshold lets go: a claim is proposed, and as surely as that."""
    if threshold is None:
        return np.zeros(answers.posted.size, dtype=np.bool_)
    return np.asarray(answers.posted & (answers.confidence >= threshold))


def posted(name: str, through: Flags, answers: Answers) -> dict[str, float]:
    """Coverage and precision of what is let through, each with its exact interval."""
    hits = int((through & answers.right).sum())
    share = rate(f"{name}_share", hits, int(answers.has_claim.sum()))
    return share | rate(f"{name}_precision", hits, int(through.sum()))


def _most(ordered: Answers, counts: Floats) -> Floats:
    """Coverage at the best threshold; only the last row of a tie is a threshold."""
    hits = np.cumsum(counts * (ordered.right & ordered.posted), axis=1)
    through = np.cumsum(counts * ordered.posted, axis=1)
    last = np.append(np.diff(ordered.confidence) != 0, True)
    good = last & (hits >= WANTED * through)
    of = np.maximum(counts @ ordered.has_claim, 1)
    return np.asarray(np.where(good, hits, 0.0).max(axis=1) / of)

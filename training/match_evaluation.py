"""How good matches are, every figure with an interval; rows of one remittance are resampled together.

A payment is *posted* when something proposes a claim for it. Precision is of the posted ones, recall of the payments
that have a claim here. Two errors are told apart: posted to a wrong claim, and posted though there is no claim.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.certification import Certificate
from training.match_labels import NOWHERE
from training.metrics import HIGH, LOW, RESAMPLES, ece, ece_floor, log_loss, rate, resampled

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
WANTED_PRECISION = 0.995


@dataclass(frozen=True)
class Answers:
    """Answers to payments, with what is right; all (n,)."""

    confidence: Floats  # 0..1, that the proposed claim is right; 0 where there is no candidate
    posted: Flags  # a claim is proposed rather than none
    right: Flags  # the best claim is the right one, posted or not
    has_claim: Flags  # there is a right claim here

    @staticmethod
    def of(proposed: Sequence[str], wanted: Sequence[str]) -> Answers:
        """Answers that are sure of themselves: a claim's id, or NOWHERE."""
        posted = np.array([claim != NOWHERE for claim in proposed], dtype=np.bool_)
        right = np.array([a == b != NOWHERE for a, b in zip(proposed, wanted, strict=True)], dtype=np.bool_)
        has_claim = np.array([claim != NOWHERE for claim in wanted], dtype=np.bool_)
        return Answers(posted.astype(np.float64), posted, right, has_claim)

    def errors(self) -> NDArray[np.int64]:
        """1 where posting to the best claim would be wrong."""
        return (~self.right).astype(np.int64)


def decisions(answers: Answers, counts: Floats, *, prefix: str = "") -> dict[str, float]:
    """F1, precision and recall of what is posted, and the two kinds of error as shares of what is posted."""
    posted, hits = answers.posted, answers.posted & answers.right
    of_posted, of_claims = int(posted.sum()), int(answers.has_claim.sum())
    figures = _with_interval("f1", _f1(answers, counts), _f1(answers, _whole(posted.size)))
    figures |= rate("precision", int(hits.sum()), of_posted) | rate("recall", int(hits.sum()), of_claims)
    wrong = posted & answers.has_claim & ~answers.right
    nowhere = posted & ~answers.has_claim
    figures |= rate("posted_to_wrong_claim", int(wrong.sum()), of_posted)
    figures |= rate("posted_without_claim", int(nowhere.sum()), of_posted)
    return {f"{prefix}{name}": value for name, value in figures.items()}


def ranking(answers: Answers, counts: Floats) -> dict[str, float]:
    """The best F1 over all thresholds, and the share posted where precision is still 99.5 % (an oracle's choice)."""
    order = np.argsort(-answers.confidence, kind="stable")
    tried = Answers(*(column[order] for column in vars(answers).values()))
    resampled_counts, whole = counts[:, order], _whole(order.size)
    best = _with_interval("best_f1", _best_f1(tried, resampled_counts), _best_f1(tried, whole))
    share = _with_interval(
        "share_at_995_precision", _share(tried, resampled_counts), _share(tried, whole)
    )  # fmt: skip
    return best | share


def calibration(answers: Answers, *, seed: int) -> dict[str, float]:
    """Log-loss and calibration error of the best candidate's probability."""
    right = answers.right.astype(np.float64)
    error, floor = ece(answers.confidence, right), ece_floor(answers.confidence, seed=seed)
    loss = float(log_loss(answers.confidence, right, _whole(right.size))[0])
    return {"log_loss": loss, "ece": error, "ece_floor": floor, "ece_excess": max(0.0, error - floor)}


def lane_metrics(automatic: Flags, answers: Answers, certificates: Sequence[Certificate]) -> dict[str, float]:
    """The share of payments that are posted without a look, and how many of them rightly."""
    if not certificates:
        return {"automatic_share": 0.0}  # by decision, so that there is no interval
    share = rate("automatic_share", int(automatic.sum()), automatic.size)
    right = int((automatic & answers.right).sum())
    return share | rate("automatic_precision", right, int(automatic.sum()))


def batch_counts(batches: Sequence[Hashable], *, seed: int, resamples: int = RESAMPLES) -> Floats:
    """How often each row occurs in each bootstrap resample (resamples, n), whole batches at a time."""
    places: dict[Hashable, int] = {}
    where = np.array([places.setdefault(batch, len(places)) for batch in batches], dtype=np.intp)
    return resampled(len(places), resamples, seed=seed)[:, where]


def _whole(rows: int) -> Floats:
    return np.ones((1, rows))


def _f1(answers: Answers, counts: Floats) -> Floats:
    hits = counts @ (answers.posted & answers.right)
    return _ratio(2 * hits, counts @ answers.posted + counts @ answers.has_claim)


def _best_f1(ordered: Answers, counts: Floats) -> Floats:
    """The best of all thresholds, rows in falling confidence; only the last row of a tie is a threshold."""
    hits, posted = np.cumsum(counts * ordered.right, axis=1), np.cumsum(counts, axis=1)
    f1 = _ratio(2 * hits, posted + (counts @ ordered.has_claim)[:, None])
    return np.asarray(np.where(_last_of_ties(ordered), f1, 0.0).max(axis=1))


def _share(ordered: Answers, counts: Floats) -> Floats:
    hits, posted = np.cumsum(counts * ordered.right, axis=1), np.cumsum(counts, axis=1)
    good = (_ratio(hits, posted) >= WANTED_PRECISION) & _last_of_ties(ordered) & (ordered.confidence > 0)
    return np.asarray(np.where(good, posted, 0.0).max(axis=1) / counts.sum(axis=1))


def _last_of_ties(ordered: Answers) -> Flags:
    return np.append(np.diff(ordered.confidence) != 0, True)


def _with_interval(name: str, spread: Floats, value: Floats) -> dict[str, float]:
    low, high = np.quantile(spread, (LOW, HIGH))
    return {name: float(value[0]), f"{name}_low": float(low), f"{name}_high": float(high)}


def _ratio(above: Floats, below: Floats) -> Floats:
    quotient = np.zeros(np.broadcast_shapes(np.shape(above), np.shape(below)))
    np.divide(above, below, out=quotient, where=below > 0)
    return quotient

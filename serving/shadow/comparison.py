"""A challenger against the champion on the same live items: lanes, confidences, and what came out since.

Measures are those of training, so that what a version was told to be worth and what it shows are the same figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

import numpy as np

from models.measures import Floats, ece, ece_floor, log_loss, paired_difference, with_intervals
from models.monitoring.estimate import weighted_error_rate
from serving.items import LaneName
from serving.shadow.records import Comparison, Judged, LanePair, OwnLane, Quality, ShadowReport, Spread
from serving.store.shadow_reading import Both, Pairing, ShadowReading, Truth

LATEST: Final = 5_000  # items that are compared, and judged ones that both are measured on
FEWEST: Final = 30  # judged items, below which a figure would say nothing
SEED: Final = 0
_ENDS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_TENTH: Final = 0.1
AUTOMATIC: Final = "auto"


def report(reading: ShadowReading, at: datetime, *, latest: int = LATEST) -> ShadowReport:
    """Every comparison, over at most the ``latest`` items of each; what came out by a time. Raises StoreError."""
    return ShadowReport(tuple(_comparison(reading, one, at, latest) for one in reading.pairings()))


def _comparison(reading: ShadowReading, of: Pairing, at: datetime, latest: int) -> Comparison:
    both = reading.both(of, limit=latest)
    lanes = Counter((one.champion_lane, one.lane) for one in both)
    same = sum(count for (one, other), count in lanes.items() if one == other)
    return Comparison(
        kind=of.kind,
        challenger=of.challenger,
        champion=of.champion,
        began_at=of.began_at,
        ended_at=of.ended_at,
        items=of.items,
        compared=len(both),
        agreement=same / len(both) if both else None,
        lanes=tuple(_pair(*pair, count) for pair, count in sorted(lanes.items())),
        differences=_spread(both),
        judged=_judged(reading.truths(of, at, limit=latest)),
    )


def _pair(champion: str, challenger: str, count: int) -> LanePair:
    return LanePair(cast("LaneName", champion), cast("LaneName", challenger), count)


def _spread(both: Sequence[Both]) -> Spread | None:
    found = np.array(
        [
            one.confidence - one.champion_confidence
            for one in both
            if one.confidence is not None and one.champion_confidence is not None
        ]
    )
    if not found.size:
        return None
    low, quarter, median, three_quarters, high = np.quantile(found, _ENDS).tolist()
    return Spread(
        items=int(found.size),
        mean=float(found.mean()),
        low=low,
        quarter=quarter,
        median=median,
        three_quarters=three_quarters,
        high=high,
        beyond_a_tenth=float((np.abs(found) > _TENTH).mean()),
    )


def _judged(truths: Sequence[Truth]) -> Judged:
    """Both on all judged items; the interval of the difference is that of a paired bootstrap."""
    theirs, ours = np.array([one.champion_share for one in truths]), np.array([one.share for one in truths])
    difference: tuple[float | None, ...] = (None, None, None)
    if len(truths) >= FEWEST:
        difference = paired_difference(log_loss, ours, theirs, np.ones(ours.size), seed=SEED)
    return Judged(
        items=len(truths),
        by=dict(Counter(one.by for one in truths)),
        champion=_quality(
            theirs,
            [one.said.champion_confidence for one in truths],
            [one.champion_right for one in truths],
            [one.probability if one.said.champion_lane == AUTOMATIC else None for one in truths],
        ),
        challenger=_quality(
            ours,
            [one.said.confidence for one in truths],
            [one.right for one in truths],
            [one.probability if one.said.lane == AUTOMATIC else None for one in truths],
        ),
        difference=difference[0],
        difference_low=difference[1],
        difference_high=difference[2],
    )


def _quality(
    shares: Floats,
    confidences: Sequence[float | None],
    right: Sequence[bool],
    drawn: Sequence[float | None],
) -> Quality:
    """Of n judged items: the probability given to what came out, the confidence, whether what it speaks of was so.

    ``drawn`` is the probability of having been looked at of an item of the model's own automatic lane, else None.
    """
    lane = _own_lane([(ok, one) for ok, one in zip(right, drawn, strict=True) if one is not None])
    if shares.size < FEWEST:
        return Quality(None, None, None, None, None, lane)
    found = with_intervals({"log_loss": log_loss}, shares, np.ones(shares.size), seed=SEED)
    outcome, confidence = np.array(right, dtype=np.float64), np.array(confidences, dtype=np.float64)
    return Quality(
        log_loss=found["log_loss"],
        log_loss_low=found["log_loss_low"],
        log_loss_high=found["log_loss_high"],
        ece=ece(confidence, outcome),
        ece_floor=ece_floor(confidence, seed=SEED),
        automatic=lane,
    )


def _own_lane(judged: Sequence[tuple[bool, float]]) -> OwnLane:
    """Each item counts for as many as it stands for: one that was drawn stands for those that were not."""
    errors, drawn = [float(not right) for right, _ in judged], [probability for _, probability in judged]
    found = weighted_error_rate(errors, drawn, population=len(judged))
    precision = None if found.rate is None else 1.0 - found.rate
    return OwnLane(found.checked, found.wrong, precision, 1.0 - found.high, 1.0 - found.low)

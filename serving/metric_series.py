"""Series that are there before anything has happened: of one that begins with 1 an increase is never seen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Final, get_args

from serving.champion_folder import INVOICES, KINDS

if TYPE_CHECKING:
    from prometheus_client import Counter

    from serving.metrics import Metrics

CERTIFIED: Final = (*KINDS, INVOICES)  # kinds of which items go automatically, by a certificate
VERDICTS: Final = ("right", "wrong")
OF_FILES: Final = ("taken", "known", "refused")
OF_SWAPS: Final = ("taken", "refused")
OF_ANCHORS: Final = ("written", "failed")


def begin(metrics: Metrics) -> None:
    """Have every series whose labels are known beforehand begin at 0."""
    for counter, *labels in _closed(metrics):
        for one in product(*labels):
            counter.labels(*one)


def _closed(metrics: Metrics) -> Iterator[tuple[Counter, *tuple[tuple[str, ...], ...]]]:
    """Counters, each with the values of its labels in their order."""
    from serving.periodic import Name
    from serving.store.outbox import Status

    yield metrics.incidents, CERTIFIED
    yield metrics.checks, CERTIFIED, VERDICTS
    yield metrics.files, OF_FILES
    yield metrics.swaps, OF_SWAPS
    yield metrics.challenger_swaps, OF_SWAPS
    yield metrics.anchors, OF_ANCHORS
    yield metrics.deliveries, tuple(outcome_of(status) for status in get_args(Status))
    yield metrics.background_failures, get_args(Name)


def outcome_of(status: str) -> str:
    """What came of an attempt, by what its delivery is then: one that waits for another attempt has failed.

    >>> outcome_of("waiting"), outcome_of("dead")
    ('failed', 'dead')
    """
    return "failed" if status == "waiting" else status

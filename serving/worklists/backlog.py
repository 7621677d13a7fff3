"""The backlog as a lead sees it: open items by queue and age, against the hours that they should wait at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from msgspec import Struct

from serving.clock import utc_now
from serving.store.store import Store
from serving.store.worklists import BANDS, Standing

NAMES = (
    f"under {BANDS[0]} day",
    *(f"{first} to {last} days" for first, last in pairwise(BANDS)),
    f"{BANDS[-1]} days and more",
)


class AgeBand(Struct, frozen=True):
    """Open items of a queue that are about as old."""

    name: str
    items: int
    dollars: Decimal
    overdue: int


class QueueBacklog(Struct, frozen=True):
    """A queue's open items."""

    queue: str
    items: int
    minutes: float  # of work
    dollars: Decimal  # of the items' amounts
    expected: Decimal  # dollars that working them is expected to bring
    overdue: int  # items that have waited longer than their service level allows
    overdue_dollars: Decimal
    ages: tuple[AgeBand, ...]  # youngest first, empty ones too


class Backlog(Struct, frozen=True):
    """All open items."""

    at: datetime  # UTC
    queues: tuple[QueueBacklog, ...]  # most overdue items first
    items: int
    overdue: int
    dollars: Decimal
    overdue_dollars: Decimal


def backlog_of(standings: Sequence[Standing], at: datetime) -> Backlog:
    """The backlog that standings add up to."""
    queues = {one.queue for one in standings}
    found = [_queue(queue, [one for one in standings if one.queue == queue]) for queue in queues]
    return Backlog(
        at=at,
        queues=tuple(sorted(found, key=lambda one: (-one.overdue, -one.items, one.queue))),
        items=sum(one.items for one in standings),
        overdue=sum(one.overdue for one in standings),
        dollars=_sum(one.dollars for one in standings),
        overdue_dollars=_sum(one.overdue_dollars for one in standings),
    )


class Backlogs:
    """Makes the backlog from the store as it is now."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._clock = clock

    def now(self) -> Backlog:
        """The backlog."""
        at = self._clock()
        return backlog_of(self._store.standings(at), at)


def _queue(queue: str, standings: Sequence[Standing]) -> QueueBacklog:
    bands = [[one for one in standings if one.band == band] for band in range(len(NAMES))]
    return QueueBacklog(
        queue=queue,
        items=sum(one.items for one in standings),
        minutes=sum(one.minutes for one in standings),
        dollars=_sum(one.dollars for one in standings),
        expected=_sum(one.expected for one in standings),
        overdue=sum(one.overdue for one in standings),
        overdue_dollars=_sum(one.overdue_dollars for one in standings),
        ages=tuple(_band(name, own) for name, own in zip(NAMES, bands, strict=True)),
    )


def _band(name: str, standings: Sequence[Standing]) -> AgeBand:
    return AgeBand(
        name=name,
        items=sum(one.items for one in standings),
        dollars=_sum(one.dollars for one in standings),
        overdue=sum(one.overdue for one in standings),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal())

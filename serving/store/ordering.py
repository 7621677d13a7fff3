"""The order of a list: strictest lane first, then what is lost a minute by leaving it, passed deadlines last.

Ranks are constants of the items (``models.priority``), so a page that is read later goes on where the one before
ended; only a deadline that passes moves an item, to the end of its lane.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, or_
from sqlalchemy.sql import ColumnElement

from models.lanes import Lane
from models.priority import priority_from_rank
from serving.deadlines import queue_of
from serving.items import ItemPlace, ItemRow, Status
from serving.store.schema import items

ROW = (
    items.c.id,
    items.c.kind,
    items.c.lane,
    items.c.strictness,
    items.c.status,
    items.c.confidence,
    items.c.amount,
    items.c.payer_name,
    items.c.claim_id,
    items.c.received_at,
    items.c.due_at,
    items.c.version,
    items.c.queue,
    items.c.role,
    items.c.expected,
    items.c.minutes,
    items.c.deadline,
    items.c.lapses,
    items.c.rank,
)


def first_in_order(
    connection: Connection,
    query: Select[Any],
    statuses: Sequence[Status],
    day: date,
    *,
    most: int,
    after: ItemPlace | None = None,
) -> list[RowMapping]:
    """The first rows of a query of items as the list of a day stands, at most so many; ``after``: behind a place.

    The query selects ``ROW``. Lane by lane, and what has passed behind what has not: of each status such a stretch
    stands in an index in its order, so that no more is read than is asked for, however long the list is.
    """
    found: list[RowMapping] = []
    for strictness, passed in STRETCHES:
        if after and (strictness, not passed) > (after.strictness, not after.passed):
            continue
        stretch = query.where(items.c.strictness == strictness, _passed(day) if passed else ~_passed(day))
        if after and (strictness, passed) == (after.strictness, after.passed):
            stretch = stretch.where(_behind(after))
        ordered = stretch.order_by(items.c.rank.desc(), items.c.id).limit(most - len(found))
        of_each = (
            connection.execute(ordered.where(items.c.status == status)).mappings().all()
            for status in statuses
        )
        found += islice(merge(*of_each, key=_in_stretch), most - len(found))
        if len(found) >= most:
            break
    return found


def _in_stretch(row: RowMapping) -> tuple[float, str]:
    return -row["rank"], row["id"]


def place_of(values: RowMapping, day: date) -> ItemPlace:
    """Where a row stands on a day."""
    passed = is_passed(values["lapses"], day)
    return ItemPlace(day, values["strictness"], passed, values["rank"], values["id"])


def row_of(values: RowMapping, at: datetime) -> ItemRow:
    """A line of the list, with what its rank says on this day."""
    given = {name: values[name] for name in ItemRow.__struct_fields__ if name not in ("queue", "priority")}
    passed = is_passed(values["lapses"], at.date())
    return ItemRow(
        **given,
        queue=values["queue"] or queue_of(values["kind"], values["lane"]),
        priority=0.0 if passed else priority_from_rank(values["rank"], at=at.date()),
    )


def is_passed(deadline: date | None, day: date) -> bool:
    """Whether a deadline lies before a day."""
    return deadline is not None and deadline < day


def _passed(day: date) -> ColumnElement[bool]:
    return and_(items.c.lapses.is_not(None), items.c.lapses < day)


def _behind(place: ItemPlace) -> ColumnElement[bool]:
    """The rows of the same stretch that stand behind a place in it."""
    return or_(items.c.rank < place.rank, and_(items.c.rank == place.rank, items.c.id > place.id))


STRETCHES = [(lane.strictness, passed) for lane in reversed(Lane) for passed in (False, True)]
"""The strictest lane first, and of each lane first what has not passed."""

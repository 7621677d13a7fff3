"""The order of a list: strictest lane first, then what is lost a minute by leaving it, passed deadlines last.

Ranks are constants of the items (``models.priority``), so a page that is read later goes on where the one before
ended; only a deadline that passes moves an item, to the end of its lane.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, and_, case, or_
from sqlalchemy.sql import ColumnElement

from models.priority import priority_from_rank
from serving.deadlines import queue_of
from serving.items import ItemPlace, ItemRow
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


def in_order(day: date) -> tuple[ColumnElement[Any], ...]:
    """The columns that a list is sorted by on a day."""
    return (items.c.strictness.desc(), _passed(day), items.c.rank.desc(), items.c.id)


def place_of(values: RowMapping, day: date) -> ItemPlace:
    """Where a row stands on a day."""
    passed = is_passed(values["lapses"], day)
    return ItemPlace(day, values["strictness"], passed, values["rank"], values["id"])


def behind(place: ItemPlace) -> ColumnElement[bool]:
    """The rows that stand behind this place in the list's order."""
    passed, own = _passed(place.day), int(place.passed)
    return or_(
        items.c.strictness < place.strictness,
        and_(items.c.strictness == place.strictness, passed > own),
        and_(items.c.strictness == place.strictness, passed == own, items.c.rank < place.rank),
        and_(
            items.c.strictness == place.strictness,
            passed == own,
            items.c.rank == place.rank,
            items.c.id > place.id,
        ),
    )


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


def _passed(day: date) -> ColumnElement[int]:
    return case((items.c.lapses < day, 1), else_=0)

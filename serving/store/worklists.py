"""What planning a day and seeing the backlog ask of the store: a few rows a queue, and sums."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Float, RowMapping, Select, case, cast, func, select
from sqlalchemy.sql import ColumnElement

from serving.items import ItemRow
from serving.store.ordering import ROW, row_of
from serving.store.schema import decisions, items
from serving.store.scope import in_scope

BANDS = (1, 3, 7, 14, 30)
"""Ages in days at which the bands of the backlog begin, after the first, which begins at 0."""


class Standing(Struct, frozen=True):
    """Open items of one queue, one role and one age band."""

    queue: str
    role: str | None
    band: int  # of BANDS, from 0
    items: int
    minutes: float  # of a person's work
    dollars: Decimal  # of the items' amounts
    expected: Decimal  # dollars that working them is expected to bring
    overdue: int  # items that have waited longer than their service level allows
    overdue_dollars: Decimal


def standings(connection: Connection, at: datetime) -> list[Standing]:
    """All open items by queue, role and age band."""
    each = (
        select(
            func.coalesce(items.c.queue, items.c.kind).label("queue"),
            items.c.role,
            _band(at).label("band"),
            func.coalesce(items.c.minutes, 0.0).label("minutes"),
            items.c.size.label("dollars"),
            func.coalesce(cast(items.c.expected, Float), 0.0).label("expected"),
            case((items.c.due_at <= at, 1), else_=0).label("late"),
        )
        .where(items.c.status == "open", *in_scope())
        .subquery()
    )
    place = (each.c.queue, each.c.role, each.c.band)
    query = select(
        *place,
        func.count().label("items"),
        func.sum(each.c.minutes).label("minutes"),
        func.sum(each.c.dollars).label("dollars"),
        func.sum(each.c.expected).label("expected"),
        func.sum(each.c.late).label("overdue"),
        func.sum(each.c.dollars * each.c.late).label("overdue_dollars"),
    )
    rows = connection.execute(query.group_by(*place).order_by(*place)).mappings()
    return [_standing(row) for row in rows]


def first_of(
    connection: Connection, queue: str, role: str | None, at: datetime, *, limit: int
) -> list[tuple[ItemRow, bool]]:
    """The open items of a queue and a role that are worth most a minute, and whether each lapses after today.

    Those that lapse today stand first, whatever they are worth; what has lapsed is left out.
    """
    today = at.date()
    lapsing = items.c.lapses == today
    query: Select[Any] = (
        select(*ROW)
        .where(items.c.status == "open", items.c.queue == queue, items.c.role.is_not_distinct_from(role))
        .where(items.c.lapses.is_(None) | (items.c.lapses >= today), *in_scope())
    )
    urgent = query.where(lapsing).order_by(items.c.rank.desc(), items.c.id).limit(limit)
    by_rank = query.order_by(items.c.rank.desc(), items.c.id).limit(limit)
    found = {row["id"]: row for one in (urgent, by_rank) for row in connection.execute(one).mappings()}
    return [(row_of(row, at), row["lapses"] == today) for row in found.values()]


def minutes_worked(connection: Connection, names: Sequence[str], at: datetime) -> dict[str, float]:
    """Minutes, as they are reckoned, of what each reviewer has decided since the day began (UTC)."""
    began = at.replace(hour=0, minute=0, second=0, microsecond=0)
    query = (
        select(decisions.c.reviewer, func.sum(func.coalesce(items.c.minutes, 0.0)))
        .join(items, items.c.id == decisions.c.item_id)
        .where(decisions.c.reviewer.in_(names), decisions.c.decided_at >= began, decisions.c.decided_at <= at)
        .group_by(decisions.c.reviewer)
    )
    return {name: float(minutes) for name, minutes in connection.execute(query)}


def _band(at: datetime) -> ColumnElement[int]:
    """The number of the age band, from 0; the oldest is asked first."""
    bounds = [(items.c.received_at <= at - timedelta(days=days), place) for place, days in _oldest_first()]
    return case(*bounds, else_=0)


def _oldest_first() -> list[tuple[int, int]]:
    return list(enumerate(BANDS, start=1))[::-1]


def _standing(row: RowMapping) -> Standing:
    return Standing(
        queue=row["queue"],
        role=row["role"],
        band=row["band"],
        items=row["items"],
        minutes=float(row["minutes"]),
        dollars=_cents(row["dollars"]),
        expected=_cents(row["expected"]),
        overdue=int(row["overdue"]),
        overdue_dollars=_cents(row["overdue_dollars"]),
    )


def _cents(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")

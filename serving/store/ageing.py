"""Open items that time may have changed, and their moves: each change asks that nobody else changed the item."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, RowMapping, bindparam, insert, or_, select, update

from features.evidence import Reason
from models.lanes import Lane
from models.routing import RoutingInput
from serving.ageing.looking import Look, Waiting
from serving.audit.entries import move_entry
from serving.items import Move
from serving.store.audit import append
from serving.store.schema import item_events, items

WHOLE = (
    *(items.c.id, items.c.kind, items.c.lane, items.c.queue, items.c.role, items.c.version),
    *(items.c.received_at, items.c.due_at, items.c.deadline, items.c.routing, items.c.next_look_at),
    *(items.c.confidence, items.c.low, items.c.high, items.c.margin, items.c.amount, items.c.payer_name),
)


def have_looked_at(connection: Connection, policy: str, at: datetime) -> int:
    """Make all open items due whose next look another policy's bounds gave, or none; how many those are."""
    other = or_(items.c.look_policy.is_(None), items.c.look_policy != policy)
    change = update(items).where(items.c.status == "open", other).values(next_look_at=at)
    return connection.execute(change).rowcount


def due(connection: Connection, at: datetime, *, limit: int) -> list[Waiting]:
    """Open items that are to be looked at, those that have waited longest for it first."""
    query = (
        select(*WHOLE)
        .where(items.c.status == "open", items.c.next_look_at <= at)
        .order_by(items.c.next_look_at, items.c.id)
        .limit(limit)
    )
    return [_waiting(row) for row in connection.execute(query).mappings()]


def keep(connection: Connection, looks: Sequence[Look], at: datetime) -> list[Look]:
    """Write down what came of looking; inside a writing transaction. The moves that counted.

    One does not where the item was decided or changed since, or another process has looked at it first.
    """
    staying = [_bound(one) for one in looks if not one.moved]
    if staying:
        connection.execute(STAYS, staying)
    moved = [one for one in looks if one.moved and _moved(connection, one, at)]
    append(connection, [move_entry(one) for one in moved])
    return moved


def moves_of(connection: Connection, item_id: str) -> tuple[Move, ...]:
    """The moves of an item, oldest first."""
    query = select(item_events).where(item_events.c.item_id == item_id).order_by(item_events.c.number)
    return tuple(_move(row) for row in connection.execute(query))


SAME = (
    items.c.id == bindparam("seen_id"),
    items.c.status == "open",
    items.c.version == bindparam("seen_version"),
    items.c.next_look_at == bindparam("seen_look"),
)
STAYS = (
    update(items)
    .where(*SAME)
    .values(
        {name: bindparam(f"new_{name}") for name in ("next_look_at", "look_policy", "escalate_to", "role")}
    )
)
"""Made once: thousands of items are looked at for each that moves."""


def _bound(look: Look) -> dict[str, Any]:
    seen = look.seen
    return {
        "seen_id": seen.id,
        "seen_version": seen.version,
        "seen_look": seen.next_look_at,
        "new_next_look_at": look.next_look_at,
        "new_look_policy": look.policy,
        "new_escalate_to": look.escalate_to,
        "new_role": look.place.role,
    }


def _moved(connection: Connection, look: Look, at: datetime) -> bool:
    change = STAYS.values(_moved_values(connection, look))
    if connection.execute(change, _bound(look)).rowcount != 1:
        return False
    connection.execute(insert(item_events), _event(look, at))
    return True


def _moved_values(connection: Connection, look: Look) -> dict[str, Any]:
    stored = connection.execute(select(items.c.reasons).where(items.c.id == look.seen.id)).scalar_one()
    before = msgspec.json.decode(stored, type=tuple[Reason, ...])
    codes = {reason.code for reason in look.why}
    reasons = (*look.why, *(reason for reason in before if reason.code not in codes))
    return {
        "lane": look.place.lane,
        "strictness": Lane(look.place.lane).strictness,
        "queue": look.place.queue,
        "due_at": look.due_at,
        "version": look.seen.version + 1,
        "reasons": msgspec.json.encode(reasons).decode(),
        "policy_version": look.policy,
    }


def _event(look: Look, at: datetime) -> dict[str, Any]:
    return {
        "item_id": look.seen.id,
        "item_version": look.seen.version + 1,
        "at": at,
        "from_lane": look.seen.lane,
        "from_queue": look.seen.queue,
        "to_lane": look.place.lane,
        "to_queue": look.place.queue,
        "why": msgspec.json.encode(look.why).decode(),
        "policy_version": look.policy,
    }


def _waiting(row: RowMapping) -> Waiting:
    return Waiting(
        **{name: row[name] for name in Waiting.__struct_fields__ if name != "routing"},
        routing=_input(row),
    )


def _input(row: RowMapping) -> RoutingInput:
    """As it was stored; of an item of an earlier release as much as its columns tell."""
    if row["routing"] is not None:
        return msgspec.json.decode(row["routing"], type=RoutingInput)
    columns = ("kind", "confidence", "amount", "low", "high", "margin")
    return RoutingInput(payer=row["payer_name"], **{name: row[name] for name in columns})


def _move(row: Row[Any]) -> Move:
    return Move(
        at=row.at,
        version=row.item_version,
        from_lane=row.from_lane,
        from_queue=row.from_queue,
        to_lane=row.to_lane,
        to_queue=row.to_queue,
        why=msgspec.json.decode(row.why, type=tuple[Reason, ...]),
    )

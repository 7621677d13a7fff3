"""What a store that an earlier release made lacks: columns, wider texts and the order of its items.

The schema's version stays: an earlier release reads such a store as before.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, insert, inspect, select, text, update
from sqlalchemy.schema import CreateColumn

from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from serving.items import Versions
from serving.scoring import Scored
from serving.store.access import TABLES as ACCESS_TABLES
from serving.store.audit import audit_log
from serving.store.monitor_tables import TABLES
from serving.store.patients import patient_row
from serving.store.replay_tables import REPLAY_TABLES
from serving.store.schema import claims, decisions, denied_claims, item_events, items, patients, purchasing
from serving.worth import worth

ADDED = (
    *("expected", "minutes", "deadline", "lapses", "queue", "rank"),
    *("role", "routing", "escalate_to", "next_look_at", "look_policy"),
)
AT_ONCE = 2000  # items read together


def bring_up(connection: Connection) -> None:
    """Add what is lacking; inside a transaction. A store that lacks nothing is left as it is."""
    denied_claims.create(connection, checkfirst=True)
    purchasing.create(connection, checkfirst=True)
    item_events.create(connection, checkfirst=True)
    for table in (*TABLES, audit_log, *REPLAY_TABLES):
        table.create(connection, checkfirst=True)
    if not inspect(connection).has_table(patients.name):
        patients.create(connection)
        _index_patients(connection)
    there = {column["name"] for column in inspect(connection).get_columns(items.name)}
    lacking = [name for name in ADDED if name not in there]
    for name in lacking:
        column = CreateColumn(items.c[name]).compile(dialect=connection.dialect)
        connection.execute(text(f"ALTER TABLE {items.name} ADD COLUMN {column}"))
    if "rank" in lacking:
        _widen(connection)
        _order(connection)
    if not {"queue", "look_policy"}.isdisjoint(lacking):
        _name_queues(connection)
    for table in ACCESS_TABLES:
        table.create(connection, checkfirst=True)


def _index_patients(connection: Connection) -> None:
    last = ""
    query = select(claims.c.reference, claims.c.record).order_by(claims.c.reference).limit(AT_ONCE)
    while rows := list(connection.execute(query.where(claims.c.reference > last))):
        last = rows[-1].reference
        new = [patient_row(row.reference, CLAIM.decode(row.record)) for row in rows]
        connection.execute(insert(patients), new)


def _widen(connection: Connection) -> None:
    """SQLite keeps any text, PostgreSQL only as much as was declared."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {decisions.name} ALTER COLUMN action TYPE VARCHAR(24)"))


def _name_queues(connection: Connection) -> None:
    """Every open item stands in a queue of a name; earlier releases kept only some and derived the others."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {items.name} ALTER COLUMN queue TYPE VARCHAR(64)"))
    derived = items.c.kind + "-" + items.c.lane
    unnamed = (items.c.queue.is_(None), items.c.lane != "auto")
    connection.execute(update(items).where(*unnamed).values(queue=derived))


def _order(connection: Connection) -> None:
    last = ""
    while rows := _stored(connection, after=last):
        last = rows[-1].id
        change = update(items).where(items.c.id == bindparam("item"))
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("expected", "minutes", "rank")}
        connection.execute(change.values(values), [_values(row) for row in rows])


def _stored(connection: Connection, *, after: str) -> list[Any]:
    columns = (items.c.id, items.c.kind, items.c.confidence, items.c.amount, items.c.due_at, items.c.record)
    query = select(*columns).where(items.c.id > after).order_by(items.c.id).limit(AT_ONCE)
    return list(connection.execute(query))


def _values(row: Any) -> dict[str, Any]:
    record = RECORD.decode(row.record)
    found = worth(record, _scored(row), row.due_at)
    return {
        "item": row.id,
        "new_expected": found.expected,
        "new_minutes": found.minutes,
        "new_rank": found.rank,
    }


def _scored(row: Any) -> Scored:
    """As much of an answer as its worth depends on: before a release knew of it, only the confidence was kept."""
    denied = None if row.confidence is None or row.kind != "denial-risk" else 1.0 - row.confidence
    return Scored(
        kind=row.kind,
        lane="review",
        confidence=row.confidence,
        low=None,
        high=None,
        probability=denied,
        amount=row.amount,
        reasons=(),
        versions=Versions(None, "", None),
    )


RECORD: msgspec.json.Decoder[Claim | ClaimPayment | Acknowledgment | Problem] = msgspec.json.Decoder(
    Claim | ClaimPayment | Acknowledgment | Problem
)
CLAIM = msgspec.json.Decoder(Claim)

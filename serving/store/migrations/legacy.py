"""Stores of releases before migrations began, brought up to the baseline: tables, columns, and what stands in them.

What each of those releases added was added when a store was opened, so such a store may lack any of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, bindparam, insert, inspect, select, text, update
from sqlalchemy.schema import CreateColumn

from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from serving.items import Versions
from serving.scoring import Scored
from serving.store.migrations import baseline
from serving.store.migrations.baseline import claims, decisions, items, patients, payment_keys
from serving.store.patients import patient_row
from serving.store.payments import payment_key_rows
from serving.worth import worth

ADDED = (
    *("expected", "minutes", "deadline", "lapses", "queue", "rank"),
    *("role", "routing", "escalate_to", "next_look_at", "look_policy"),
)
AT_ONCE = 2000  # rows read together


def bring_up(connection: Connection) -> None:
    """Add what is lacking; inside a transaction."""
    there = set(inspect(connection).get_table_names())
    columns = {column["name"] for column in inspect(connection).get_columns(items.name)}
    for name in ADDED:
        if name not in columns:
            column = CreateColumn(items.c[name]).compile(dialect=connection.dialect)
            connection.execute(text(f"ALTER TABLE {items.name} ADD COLUMN {column}"))
    baseline.metadata.create_all(connection)
    for index in baseline.INDEXES:
        index.create(connection, checkfirst=True)
    _widen(connection)
    if patients.name not in there:
        _index_patients(connection)
    if payment_keys.name not in there:
        _enter_payments(connection)
    if "rank" not in columns:
        _order(connection)
    if not {"queue", "look_policy"} <= columns:
        _name_queues(connection)


def _widen(connection: Connection) -> None:
    """SQLite keeps any text, PostgreSQL only as much as was declared."""
    if connection.dialect.name == "postgresql":
        for column in (decisions.c.action, decisions.c.reason, items.c.queue):
            kind = column.type.compile(connection.dialect)
            connection.execute(
                text(f"ALTER TABLE {column.table.name} ALTER COLUMN {column.name} TYPE {kind}")
            )


def _index_patients(connection: Connection) -> None:
    for rows in _parts(connection, claims, claims.c.reference, claims.c.record):
        new = [patient_row(row.reference, CLAIM.decode(row.record)) for row in rows]
        connection.execute(insert(patients), new)


def _enter_payments(connection: Connection) -> None:
    """By which reversals find them; whole remittances are known from then on only, for nothing of them was kept."""
    of_kind = items.c.kind == "remittance-match"
    for rows in _parts(connection, items, items.c.id, items.c.record, where=(of_kind,)):
        keys = [key for row in rows for key in payment_key_rows(row.id, PAYMENT.decode(row.record))]
        if keys:
            connection.execute(insert(payment_keys), keys)


def _name_queues(connection: Connection) -> None:
    """Every open item stands in a queue of a name; earlier releases kept only some and derived the others."""
    derived = items.c.kind + "-" + items.c.lane
    unnamed = (items.c.queue.is_(None), items.c.lane != "auto")
    connection.execute(update(items).where(*unnamed).values(queue=derived))


def _order(connection: Connection) -> None:
    columns = (items.c.kind, items.c.confidence, items.c.amount, items.c.due_at, items.c.record)
    change = update(items).where(items.c.id == bindparam("item"))
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("expected", "minutes", "rank")}
    for rows in _parts(connection, items, items.c.id, *columns):
        connection.execute(change.values(values), [_values(row) for row in rows])


def _parts(
    connection: Connection, table: Table, key: Any, *columns: Any, where: tuple[Any, ...] = ()
) -> Iterator[list[Any]]:
    """All rows of a table in the order of its key, few enough at a time to be held."""
    query = select(key, *columns).select_from(table).where(*where).order_by(key).limit(AT_ONCE)
    last = ""
    while rows := list(connection.execute(query.where(key > last))):
        last = rows[-1][0]
        yield rows


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
PAYMENT = msgspec.json.Decoder(ClaimPayment)

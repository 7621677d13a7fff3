"""The audit log in the database: written with what it records in one transaction, and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    insert,
    select,
    text,
)
from sqlalchemy.sql import ColumnElement

from serving.access.actor import current_actor
from serving.audit.chain import BEGINNING, Entry, chained
from serving.store.columns import storable
from serving.store.connections import StoreError
from serving.store.schema import metadata, only_added

audit_log = Table(
    "audit_log",
    metadata,
    Column(
        "number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    ),  # without a gap: given by ``append``, never by the database
    Column("at", String(32), nullable=False),  # as text, so that the bytes are the same in every database
    Column("actor", Text, nullable=False),
    Column("action", String(24), nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", Text),  # JSON
    Column("after", Text),  # JSON
    Column("model", Text),
    Column("policy", Text),
    Column("certificate", Text),
    Column("input", String(64)),
    Column("hash", String(64), nullable=False),
    Column("mac", String(64)),
    Index("audit_log_by_subject", "subject", "number"),
    Index("audit_log_by_actor", "actor", "number"),
    Index("audit_log_by_action", "action", "number"),
    Index("audit_log_by_time", "at"),
    Index(
        "audit_log_in_force",
        "number",
        sqlite_where=text("action = 'in-force'"),
        postgresql_where=text("action = 'in-force'"),
    ),
)
only_added(audit_log)


class Head(Struct, frozen=True):
    """The last entry of the log."""

    number: int
    hash: str
    at: str
    is_signed: bool = False  # it has a MAC


def append(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add entries in one statement; inside the writing transaction of what they record.

    Writers take turns, so the log of a store has one end. The actor is whoever the work is done for. Raises StoreError
    where the last entry has a MAC and there is no key for these: one entry without it breaks the log for good.
    """
    if not entries:
        return
    last = head(connection)
    key = connection.get_execution_options().get("audit_key")
    if key is None and last is not None and last.is_signed:
        raise StoreError(
            "the audit log is made with a key, and none is set here; nothing was changed",
            remedy="set CLEARLANE_AUDIT_KEY or CLEARLANE_AUDIT_KEY_FILE as the service has it",
        )
    number, previous = (last.number, last.hash) if last else (0, BEGINNING)
    at, actor = moment(datetime.now(UTC)), storable(current_actor().name)
    rows: list[dict[str, Any]] = []
    for number, entry in enumerate(entries, start=number + 1):  # noqa: B020
        logged = chained(entry, number=number, previous=previous, at=at, actor=actor, key=key)
        rows.append(msgspec.structs.asdict(logged))
        previous = logged.hash
    connection.execute(insert(audit_log), rows)


def sent_by(file_id: str, actor: str) -> ColumnElement[bool]:
    """The condition that an actor sent a file, of which the log tells since it was taken."""
    said = (
        audit_log.c.subject == file_id,
        audit_log.c.action == "file",
        audit_log.c.actor == storable(actor),
    )
    return select(audit_log.c.number).where(*said).exists()


def head(connection: Connection) -> Head | None:
    """The last entry; None where there is none."""
    row = connection.execute(LAST).one_or_none()
    return None if row is None else Head(row.number, row.hash, row.at, row.mac is not None)


def moment(at: datetime) -> str:
    """A time as the log writes it.

    >>> moment(datetime(2026, 1, 31, 9, 30, tzinfo=UTC))
    '2026-01-31T09:30:00.000000Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


LAST = (
    select(audit_log.c.number, audit_log.c.hash, audit_log.c.at, audit_log.c.mac)
    .order_by(audit_log.c.number.desc())
    .limit(1)
)

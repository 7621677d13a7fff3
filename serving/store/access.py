"""The tables of who may use the service: API keys, and the sessions of people at the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)

from features.errors import ConflictError, NotFoundError
from serving.access.actor import Actor, acting_as
from serving.access.keys import ApiKey
from serving.audit.chain import Entry, plain
from serving.store.audit import append
from serving.store.columns import UtcTime
from serving.store.part import Part
from serving.store.schema import metadata

access_keys = Table(
    "access_keys",
    metadata,
    Column("id", String(12), primary_key=True),  # stands in the key, and finds it
    Column("name", String(80), nullable=False),
    Column("roles", Text, nullable=False),  # JSON
    Column("facilities", Text),  # JSON; None: all
    Column("salt", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # ``serving.access.keys.digest_of``
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("revoked_at", UtcTime),
    Column("last_used", Date),
)
"""Rows are never deleted: that a key was ever made keeps access on, and the audit log names keys of the past."""

access_sessions = Table(
    "access_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the id, which the browser alone holds
    Column("key_id", ForeignKey("access_keys.id"), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Index("access_sessions_by_age", "made_at"),
)
"""People who are signed in at the pages; a session that has ended has no row."""

TABLES = (access_keys, access_sessions)


def add_key(connection: Connection, key: ApiKey) -> None:
    """Keep a new key; raises ConflictError where a key that is not revoked has its name."""
    same = select(access_keys.c.id).where(access_keys.c.name == key.name, access_keys.c.revoked_at.is_(None))
    if connection.execute(same).first():
        raise ConflictError(
            "a key of this name is in use", "NAME", "revoke it first, or give the new one another name"
        )
    row = {name: getattr(key, name) for name in ApiKey.__struct_fields__}
    row["roles"] = _text(key.roles)
    row["facilities"] = None if key.facilities is None else _text(key.facilities)
    connection.execute(insert(access_keys), row)
    facilities = None if key.facilities is None else sorted(key.facilities)
    said = plain(did="key-made", name=key.name, roles=sorted(key.roles), facilities=facilities)
    append(connection, [Entry("access", key.id, after=said)])


def all_keys(connection: Connection) -> list[ApiKey]:
    """Every key that was ever made, oldest first."""
    rows = connection.execute(select(access_keys).order_by(access_keys.c.made_at, access_keys.c.id))
    return [_key(row) for row in rows]


def revoke_key(connection: Connection, named: str, at: datetime) -> ApiKey:
    """Revoke the key of this id, or of this name; raises NotFoundError where none is in use."""
    which = or_(access_keys.c.id == named, access_keys.c.name == named)
    row = connection.execute(select(access_keys).where(which, access_keys.c.revoked_at.is_(None))).first()
    if row is None:
        raise NotFoundError("no such key is in use", "KEY", "see python -m serving access list")
    connection.execute(update(access_keys).where(access_keys.c.id == row.id).values(revoked_at=at))
    append(connection, [Entry("access", row.id, after=plain(did="key-revoked", name=row.name))])
    return msgspec.structs.replace(_key(row), revoked_at=at)


def note_use(connection: Connection, ids: Iterable[str], day: date) -> None:
    """Remember that these keys were used on a day."""
    earlier = or_(access_keys.c.last_used.is_(None), access_keys.c.last_used < day)
    connection.execute(
        update(access_keys).where(access_keys.c.id.in_(list(ids)), earlier).values(last_used=day)
    )


def _key(row: Row[Any]) -> ApiKey:
    plain = {name: getattr(row, name) for name in ApiKey.__struct_fields__}
    plain["roles"] = _set(row.roles)
    plain["facilities"] = None if row.facilities is None else _set(row.facilities)
    return ApiKey(**plain)


def _text(names: frozenset[str]) -> str:
    return msgspec.json.encode(sorted(names)).decode()


def _set(text: str) -> frozenset[str]:
    return msgspec.json.decode(text, type=frozenset[str])


class AccessStore(Part):
    """Who may use the service: keys, sessions and what was refused."""

    def add(self, key: ApiKey) -> None:
        """Keep a new key; raises ConflictError where its name is in use."""
        with self._database.writing() as connection:
            add_key(connection, key)

    def every_key(self) -> list[ApiKey]:
        """Every key that was ever made, oldest first."""
        with self._database.reading() as connection:
            return all_keys(connection)

    def revoke(self, named: str, at: datetime) -> ApiKey:
        """Revoke the key of this id or name; raises NotFoundError."""
        with self._database.writing() as connection:
            return revoke_key(connection, named, at)

    def note_use(self, ids: Iterable[str], day: date) -> None:
        """Remember that these keys were used on a day."""
        with self._database.writing() as connection:
            note_use(connection, ids, day)

    def begin_session(self, digest: str, key_id: str, at: datetime, forget_before: datetime) -> None:
        """Keep a new session, and forget those that began before a time."""
        row = {"digest": digest, "key_id": key_id, "made_at": at, "seen_at": at}
        with self._database.writing() as connection:
            connection.execute(delete(access_sessions).where(access_sessions.c.made_at < forget_before))
            connection.execute(insert(access_sessions), row)
            append(connection, [Entry("access", key_id, after=plain(did="signed-in"))])

    def session(self, digest: str) -> Any:
        """The row of a session, with its ``key_id``, ``made_at`` and ``seen_at``; None where there is none."""
        columns = (access_sessions.c.key_id, access_sessions.c.made_at, access_sessions.c.seen_at)
        with self._database.reading() as connection:
            return connection.execute(
                select(*columns).where(access_sessions.c.digest == digest)
            ).one_or_none()

    def note_session(self, digest: str, at: datetime) -> None:
        """Remember that a session was active."""
        with self._database.writing() as connection:
            connection.execute(
                update(access_sessions).where(access_sessions.c.digest == digest).values(seen_at=at)
            )

    def end_session(self, digest: str) -> None:
        """Forget a session."""
        own = access_sessions.c.digest == digest
        with self._database.writing() as connection:
            key_id = connection.execute(select(access_sessions.c.key_id).where(own)).scalar()
            if key_id is not None:
                connection.execute(delete(access_sessions).where(own))
                append(connection, [Entry("access", key_id, after=plain(did="signed-out"))])

    def note_refusals(self, entries: Sequence[tuple[str, Entry]]) -> None:
        """Remember what was refused to these actors (``serving.access.refusals``)."""
        with self._database.writing() as connection:
            for name, entry in entries:
                with acting_as(Actor(name, frozenset())):
                    append(connection, [entry])

"""The audit log as the service and the commands read it, and add to it what stands for itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, LargeBinary, cast, select
from sqlalchemy.sql import ColumnElement

from serving.access.actor import Actor, acting_as
from serving.audit.chain import Action, Entry, Logged
from serving.store.audit import Head, append, audit_log, head, moment
from serving.store.part import Part

AT_ONCE = 5000  # entries read together


class LogFilter(Struct, frozen=True):
    """Which entries are wanted; None stands for all."""

    subject: str | None = None
    actor: str | None = None
    action: Action | None = None
    since: datetime | None = None  # as the log has it
    until: datetime | None = None  # not itself


class AuditStore(Part):
    """The log as the service and the commands read and add to it."""

    def add(self, *entries: Entry) -> None:
        """Add entries that stand for themselves, such as that an item was shown."""
        with self._database.writing() as connection:
            append(connection, entries)

    def add_for(self, entries: Sequence[tuple[Actor, Entry]]) -> None:
        """The same for several actors, in one transaction."""
        with self._database.writing() as connection:
            for actor, together in groupby(entries, key=itemgetter(0)):
                with acting_as(actor):
                    append(connection, [entry for _, entry in together])

    def head(self) -> Head | None:
        """The last entry; None where there is none."""
        with self._database.reading() as connection:
            return head(connection)

    def at(self, number: int) -> Logged | None:
        """The entry of a number; None where there is none."""
        with self._database.reading() as connection:
            query = select(audit_log).where(audit_log.c.number == number)
            row = connection.execute(query).mappings().one_or_none()
            return None if row is None else Logged(**row)

    def page(self, wanted: LogFilter, *, limit: int, before: int | None = None) -> list[Logged]:
        """Entries in front of a number, or the last ones, the latest first."""
        query = select(audit_log).where(*_conditions(wanted))
        if before is not None:
            query = query.where(audit_log.c.number < before)
        with self._database.reading() as connection:
            _plan_for_these_values(connection)
            found = connection.execute(query.order_by(audit_log.c.number.desc()).limit(limit)).mappings()
            return [Logged(**row) for row in found]

    def entries(self, first: int | None = None, last: int | None = None) -> Iterator[Logged]:
        """All entries, or those from one number to another, in their order and as they are stored.

        They are read a few thousand at a time. What somebody has made no text of is read all the same, and has no hash
        that would be right.
        """
        with self._database.reading() as connection:
            raw = connection.dialect.name == "sqlite"
            columns = [
                cast(column, LargeBinary).label(column.name) if raw and column.name != "number" else column
                for column in audit_log.c
            ]
            query = select(*columns).order_by(audit_log.c.number)
            query = query if first is None else query.where(audit_log.c.number >= first)
            query = query if last is None else query.where(audit_log.c.number <= last)
            with connection.execution_options(yield_per=AT_ONCE).execute(query) as rows:
                yield from (Logged(*map(_text, row)) for row in rows)

    def count(self) -> int:
        """How many entries there should be: the number of the last."""
        last = self.head()
        return last.number if last else 0


def _plan_for_these_values(connection: Connection) -> None:
    """PostgreSQL's plan for any value walks the log back: right for an actor that does much, and not for a rare one."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")


def _conditions(wanted: LogFilter) -> list[ColumnElement[bool]]:
    same = ((audit_log.c.subject, wanted.subject), (audit_log.c.actor, wanted.actor))
    found = [column == value for column, value in (*same, (audit_log.c.action, wanted.action)) if value]
    found += [audit_log.c.at >= moment(wanted.since)] if wanted.since else []
    return found + ([audit_log.c.at < moment(wanted.until)] if wanted.until else [])


def _text(value: Any) -> Any:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value

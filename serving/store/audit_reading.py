"""The audit log as the service and the commands read it, and add to it what stands for itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import LargeBinary, cast, select

from serving.audit.chain import Entry, Logged
from serving.store.audit import Head, append, audit_log, head
from serving.store.database import Database
from serving.store.store import Store

AT_ONCE = 5000  # entries read together
LARGEST_PAGE = 200


class AuditStore:
    """The log as the service and the commands read and add to it; blocking calls, each one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @staticmethod
    def of(store: Store) -> AuditStore:
        """The log of an open store."""
        return AuditStore(store._database)

    def add(self, *entries: Entry) -> None:
        """Add entries that stand for themselves, such as that an item was shown."""
        with self._database.writing() as connection:
            append(connection, entries)

    def head(self) -> Head | None:
        """The last entry; None where there is none."""
        with self._database.reading() as connection:
            return head(connection)

    def page(self, *, subject: str | None = None, after: int = 0, limit: int = LARGEST_PAGE) -> list[Logged]:
        """Entries behind a number in their order, of one subject or of all."""
        query = select(audit_log).where(audit_log.c.number > after)
        if subject is not None:
            query = query.where(audit_log.c.subject == subject)
        with self._database.reading() as connection:
            return [
                Logged(**row)
                for row in connection.execute(query.order_by(audit_log.c.number).limit(limit)).mappings()
            ]

    def entries(self, first: int | None = None, last: int | None = None) -> Iterator[Logged]:
        """All entries, or those from one number to another, in their order and as they are stored.

        What somebody has made no text of is read all the same, and has no hash that would be right.
        """
        with self._database.reading() as connection:
            raw = connection.dialect.name == "sqlite"
            columns = [
                cast(column, LargeBinary).label(column.name) if raw and column.name != "number" else column
                for column in audit_log.c
            ]
            query = select(*columns).order_by(audit_log.c.number).limit(AT_ONCE)
            begin = first
            while True:
                part = query if begin is None else query.where(audit_log.c.number >= begin)
                part = part if last is None else part.where(audit_log.c.number <= last)
                rows = connection.execute(part).all()
                yield from (Logged(*map(_text, row)) for row in rows)
                if len(rows) < AT_ONCE:
                    return
                begin = rows[-1].number + 1

    def count(self) -> int:
        """How many entries there should be: the number of the last."""
        last = self.head()
        return last.number if last else 0


def _text(value: Any) -> Any:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value

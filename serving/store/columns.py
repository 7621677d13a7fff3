"""Column types that keep what a database would lose or refuse: exact amounts, UTC times, and texts with a NUL."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Money(TypeDecorator[Decimal]):
    """An amount exactly as written; SQLite has no decimal type, and a float is not money."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the database."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """From the database."""
        return None if value is None else Decimal(value)


class PlainText(TypeDecorator[str]):
    """A text from outside, of which PostgreSQL takes all but the NUL character.

    A damaged file may hold one, and must not be lost for it; the record itself is kept as it came.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the database; alike for all, so that the same file looks the same in each."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """The text as any database takes it.

    >>> storable("DO\\0E")
    'DO\ufffdE'
    """
    return text.replace("\x00", "\ufffd")


class UtcTime(TypeDecorator[datetime]):
    """A point in time, always with its zone, which is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: SQLite keeps no zone, so the time goes there as UTC without one."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

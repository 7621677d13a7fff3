"""Opening a database: SQLite in WAL mode, or PostgreSQL; the schema is made on first use and its version checked."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from features.errors import BadInputError, ClearlaneError
from serving.identifiers import Identifiers
from serving.store import payments, schema, upgrade
from serving.store.monitor_tables import BY_AGE

BUSY_SECONDS = 30  # how long a writer waits for another one
LOCK = 4_711_202  # the number of our advisory lock in PostgreSQL


class StoreError(ClearlaneError):
    """The store cannot be opened, or is of another version."""

    code = "store"
    http_status = 503


class Database:
    """An open database. Reads share it; writes take turns."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.identifiers = self._prepare()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with _told_apart(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, alone among the writers; all of it is kept, or nothing."""
        with _told_apart(), self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection = connection.execution_options(begin="IMMEDIATE")
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _prepare(self) -> Identifiers:
        with self.writing() as connection:
            if not inspect(connection).has_table("about"):
                schema.metadata.create_all(connection)
                row = {"number": 1, "version": schema.VERSION, "id_key": secrets.token_bytes(32)}
                connection.execute(insert(schema.about), row)
            upgrade.bring_up(connection)
            payments.prepare(connection)
            for index in (*schema.BY_CLAIM, *schema.BY_TIME_AND_QUEUE, BY_AGE):
                index.create(connection, checkfirst=True)
            found = connection.execute(select(schema.about)).one()
        if found.version != schema.VERSION:
            self.close()
            raise StoreError(
                f"the store has schema version {found.version}, this release uses {schema.VERSION}",
                remedy="use the release that made it, or point CLEARLANE_DATABASE_URL to a new one",
            )
        return Identifiers(bytes(found.id_key))


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise BadInputError("the store is SQLite or PostgreSQL", "CLEARLANE_DATABASE_URL")
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            parsed, pool_pre_ping=parsed.get_backend_name() == "postgresql", hide_parameters=True
        )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise BadInputError(
            "this is no database that can be used", "CLEARLANE_DATABASE_URL", "see the README for its form"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: Any) -> None:
    """WAL lets readers go on beside a writer; FULL, so that a decision that was confirmed outlives a power cut."""
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """IMMEDIATE for writers: a lock that is taken late can fail after the work is done."""
    kind = connection.get_execution_options().get("begin", "")
    connection.exec_driver_sql(f"BEGIN {kind}".strip())


@contextmanager
def _told_apart() -> Iterator[None]:
    """A database that cannot be reached or is locked is said to be so, without the statement or its values."""
    try:
        yield
    except OperationalError:
        raise StoreError(
            "the store cannot be used now", remedy="check that it runs and can be written to, then try again"
        ) from None

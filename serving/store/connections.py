"""Connections to a database, SQLite in WAL mode or PostgreSQL, and the three kinds of transaction on them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InternalError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError

from features.errors import BadInputError, ClearlaneError
from serving.telemetry.spans import span

BUSY_SECONDS = 30  # how long a writer waits for another one
BETWEEN_LOOKS = 0.001  # seconds between two looks whether it may begin, where the database does not tell
PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 20_000}  # seconds, and milliseconds: as libpq has them
SESSION = {
    "idle_in_transaction_session_timeout": 60_000,
    "lock_timeout": BUSY_SECONDS * 1000,
    "tcp_keepalives_idle": 30,
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 3,
}
"""How long PostgreSQL keeps what nobody is behind any more, and a writer waits for its turn; ms, then seconds.

By itself it keeps the session of a machine that lost power for two hours, and all writers wait for the lock of it.
"""
ENDED = ("25P03", "25P04")  # by PostgreSQL, as its transaction idled, or took too long
LOCK = 4_711_202  # the number of our advisory lock in PostgreSQL


class StoreError(ClearlaneError):
    """The store cannot be opened, or is of another version."""

    code = "store"
    http_status = 503


class StoreGoneError(StoreError):
    """The database itself cannot be reached or used now; it may be back a moment later."""


class Connections:
    """Connections to the database of an address. Reads share it; writes take turns."""

    def __init__(self, url: str) -> None:
        """Nothing is looked at yet; raises BadInputError for an address that is none."""
        self.engine = _engine(url)
        self._named = {"db.system.name": self.engine.dialect.name}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with self._span("store read"), _told_apart(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, alone among the writers; all of it is kept, or nothing."""
        with (
            self._span("store write"),
            _told_apart(),
            self.engine.connect() as connection,
            _in_turn(connection) as writer,
        ):
            yield writer

    @contextmanager
    def altering(self) -> Iterator[Connection]:
        """As ``writing``, for changes of the tables themselves, which both databases keep or undo as a whole.

        SQLite rebuilds a table that others refer to only while it does not follow references, which it is told before
        a transaction begins; so they are looked at when all is done. In PostgreSQL a change waits for readers of its
        table, and others wait behind it: not for ever. Its turn it waits for as long as it takes, for a change that
        another process makes may take long, and then there is nothing left to do. Raises StoreError.
        """
        with _told_apart(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                with _in_turn(connection, patient=True) as writer:
                    writer.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
                    yield writer
            else:
                with _without_references(connection), _in_turn(connection) as writer:
                    yield writer
                    _check_references(writer)

    def give_back(self, *, whole: bool) -> bool:
        """Have nothing of what was deleted left in SQLite's files; False where a reader kept the journal in use.

        The journal is emptied; ``whole``: the database is written anew first, as small as it can be, which other
        writers wait for. PostgreSQL looks after its space by itself (autovacuum). Raises StoreError.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with _told_apart(), self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            try:
                if whole:
                    driver.execute("VACUUM")
                (busy, *_), *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlite3.OperationalError as error:
                raise OperationalError("VACUUM", None, error) from None
        return not busy

    def _span(self, name: str) -> AbstractContextManager[Any]:
        """With what it waits for: a connection, and among writers its turn."""
        return span(name, self._named)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def _in_turn(connection: Connection, *, patient: bool = False) -> Iterator[Connection]:
    if connection.dialect.name == "sqlite":
        connection = connection.execution_options(begin="IMMEDIATE")
    with connection.begin():
        if connection.dialect.name == "postgresql":
            if patient:
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield connection


@contextmanager
def _without_references(connection: Connection) -> Iterator[None]:
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise StoreError(
            f"rows of {broken[0]} would refer to rows of {broken[2]} that are not there; nothing was changed",
            remedy="restore a backup, or report it",
        )


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise BadInputError("the store is SQLite or PostgreSQL", "CLEARLANE_DATABASE_URL")
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            parsed,
            pool_pre_ping=parsed.get_backend_name() == "postgresql",
            hide_parameters=True,
            connect_args=_patience(parsed),
        )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise BadInputError(
            "this is no database that can be used", "CLEARLANE_DATABASE_URL", "see the README for its form"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _patience(url: URL) -> dict[str, int]:
    """How long a server that says nothing is waited for, where the address does not say: else it may be many minutes.

    One that works on a long statement still answers for its connection.
    """
    if url.get_backend_name() != "postgresql":
        return {}
    return {name: value for name, value in PATIENCE.items() if name not in url.query}


def _set_up_postgresql(connection: Any, _: Any) -> None:
    """Of the session, what nobody has set: neither the address (``options``) nor the server, the role or the database.

    Said behind the connecting and not in its ``options``: a pooler between refuses these. What a ping finds ended is
    connected anew, and comes by here again.
    """
    wanted = ", ".join(f"('{name}', '{value}')" for name, value in SESSION.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT set_config(name, value, false) FROM pg_settings JOIN (VALUES {wanted}) AS wanted (name, value)"  # noqa: S608 - ours
            " USING (name) WHERE source = 'default'"
        )
    connection.commit()  # a setting goes with a transaction that is undone


def _set_up_sqlite(connection: Any, _: Any) -> None:
    """WAL lets readers go on beside a writer; FULL, so that a decision that was confirmed outlives a power cut."""
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",  # what is deleted is overwritten: a purge would else leave it in the file
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """IMMEDIATE for writers: a lock that is taken late can fail after the work is done."""
    if connection.get_execution_options().get("begin") == "IMMEDIATE":
        _begin_to_write(connection.connection.driver_connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_to_write(driver: Any) -> None:
    """Wait for other writers by looking often: SQLite itself ends up looking every 100 ms, and nobody writes then."""
    deadline = time.monotonic() + BUSY_SECONDS
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    raise OperationalError("BEGIN IMMEDIATE", None, error) from None
            time.sleep(BETWEEN_LOOKS)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


@contextmanager
def _told_apart() -> Iterator[None]:
    """A database that cannot be reached or is locked is said to be so, without the statement or its values."""
    try:
        yield
    except (OperationalError, NoFreeConnectionError):
        raise _gone() from None
    except InternalError as error:
        if getattr(error.orig, "sqlstate", None) not in ENDED:
            raise
        raise _gone() from None


def _gone() -> StoreGoneError:
    return StoreGoneError(
        "the store cannot be used now", remedy="check that it runs and can be written to, then try again"
    )

"""Which one of the processes that share a store does what only one should do: carry out the head of the audit log.

Nothing has to be cleared up after a process that was killed: what holds the turn is let go by the system, be it a lock
on a file beside SQLite's or a session's lock in PostgreSQL.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from serving.store.connections import StoreError
from serving.store.store import Store

LOCK = 4_711_203  # the number of our advisory lock in PostgreSQL
SUFFIX = "-anchoring"


class FileTurn:
    """By a lock on a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def mine(self) -> bool:
        """Whether it is this process's turn, which it takes where nobody has it; raises StoreError."""
        if self._handle is None:
            self._handle = self._locked()
        return self._handle is not None

    def _locked(self) -> int | None:
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError("the lock beside the store cannot be opened", self._path.name) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return None
        return handle

    def give_back(self) -> None:
        """Let another one take it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class SessionTurn:
    """By a lock of a session in PostgreSQL, for which one connection is kept."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: Connection | None = None

    def mine(self) -> bool:
        """Whether it is this process's turn, which it takes where nobody has it; raises StoreError."""
        try:
            if self._held is not None:
                self._held.execute(text("SELECT 1"))  # the server may have ended the session
                return True
            return self._take()
        except DBAPIError:
            self._let_go()
            raise StoreError("the store cannot be used now", remedy="check that it runs") from None

    def _take(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._held = connection
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}).scalar_one()
        if not taken:
            connection.close()
            self._held = None
        return bool(taken)

    def give_back(self) -> None:
        """Let another one take it: at once, for the server notices only a while later that a session has ended."""
        if self._held is not None:
            with suppress(DBAPIError):
                self._held.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
        self._let_go()

    def _let_go(self) -> None:
        """The session ends with its connection, and its lock with it."""
        held, self._held = self._held, None
        if held is not None:
            held.invalidate()
            held.close()


class OwnTurn:
    """Of a store that no other process can open."""

    def mine(self) -> bool:
        """It always is."""
        return True

    def give_back(self) -> None:
        """There is nobody else."""


def turn_of(store: Store) -> FileTurn | SessionTurn | OwnTurn:
    """The turn of an open store."""
    engine = store._database.engine
    if engine.dialect.name == "postgresql":
        return SessionTurn(engine)
    path = engine.url.database
    return FileTurn(Path(f"{path}{SUFFIX}").absolute()) if path and path != ":memory:" else OwnTurn()

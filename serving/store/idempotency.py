"""Which requests with an ``Idempotency-Key`` have been answered: kept with what they changed, for a day.

A key is taken in a transaction of its own, which says that its request is being worked on, and marked as done in the
transaction of the change itself: a process that dies in between has either changed nothing or left its mark. Where one
takes longer than the lease, another may be at the same request: what is committed first is the answer, and the work of
the other is rolled back.

What is kept is a keyed digest of the key and of the request, the answer's status, and where it holds no patient data
the answer: counts, ids, verdicts. The answer to a decision is read anew.
"""

from __future__ import annotations

import secrets
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Column, Connection, Integer, String, Table, Text, delete, insert, select, update

from features.errors import ConflictError
from serving.store.columns import UtcTime
from serving.store.part import Part
from serving.store.schema import metadata

KEPT = timedelta(hours=24)
LEASE = timedelta(
    seconds=60
)  # after which a request that was taken up and never finished may be taken up again

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("scope", String(24), primary_key=True),  # digest of actor, address and key
    Column("request", String(24), nullable=False),  # digest of what was asked for
    Column("holder", String(32), nullable=False),  # who works on it
    Column("status", Integer),  # of the answer; None while it is worked on
    Column("answer", Text),  # JSON without patient data; None where it is read anew, or there is none
    Column("until", UtcTime, nullable=False, index=True),  # of the lease, then of the record
)
UNANSWERED = idempotency_keys.c.status.is_(None)


class Taken(Struct):
    """A key that this request holds; ``done`` once its change is written."""

    scope: str
    request: str
    holder: str
    done: bool = False


class Done(Struct, frozen=True):
    """A request that was answered before."""

    status: int
    answer: str | None


class Waiting(Struct, frozen=True):
    """A request that another one is still working on."""

    seconds: int  # until it counts as lost


Reused = Literal["reused"]


class IdempotencyKeys(Part):
    """Requests that may come again."""

    def take(self, scope: str, request: str, at: datetime) -> Taken | Done | Waiting | Reused:
        """Take a key up, or say what became of it."""
        with self._database.writing() as connection:
            connection.execute(delete(idempotency_keys).where(idempotency_keys.c.until < at))
            row = connection.execute(_under(scope)).one_or_none()
            if row is not None:
                return _what_became(row, request, at)
            taken = Taken(scope, request, secrets.token_hex(16))
            values = {"scope": scope, "request": request, "holder": taken.holder, "until": at + LEASE}
            connection.execute(insert(idempotency_keys), values)
            return taken

    def finish(self, taken: Taken, done: Done, at: datetime) -> None:
        """Keep the answer of a request that changed nothing, so that nothing was written with it."""
        with self._database.writing() as connection:
            _mark(connection, taken, done, at)

    def leave(self, taken: Taken) -> Done | None:
        """Give a key back whose request was refused: it may come again, mended.

        The answer, where another one that was at the same request has given it meanwhile.
        """
        mine = idempotency_keys.c.holder == taken.holder
        with self._database.writing() as connection:
            connection.execute(delete(idempotency_keys).where(_is(taken.scope), mine, UNANSWERED))
            row = connection.execute(_under(taken.scope)).one_or_none()
            if row is None or row.request != taken.request or row.status is None:
                return None
            return Done(row.status, row.answer)


held: ContextVar[Taken | None] = ContextVar("idempotency key", default=None)
"""The key of the request that the present work is done for."""


def settle(connection: Connection, at: datetime, *, status: int, answer: Any = None) -> None:
    """Mark the present request's key as answered, inside the transaction of its change; without a key nothing is done.

    Raises ConflictError where another one has answered it since, so that the change is not made twice.
    """
    taken = held.get()
    if taken is not None:
        taken.done = False  # what was rolled back and is tried again was not done
        text = None if answer is None else msgspec.json.encode(answer).decode()
        _mark(connection, taken, Done(status, text), at)
        taken.done = True


def _mark(connection: Connection, taken: Taken, done: Done, at: datetime) -> None:
    """The first one wins, whoever holds the key by now; writers take turns, so there is a first one."""
    same = idempotency_keys.c.request == taken.request
    values = {"status": done.status, "answer": done.answer, "until": at + KEPT}
    change = update(idempotency_keys).where(_is(taken.scope), same, UNANSWERED).values(values)
    if connection.execute(change).rowcount == 1:
        return
    if connection.execute(_under(taken.scope)).first() is not None:
        raise ConflictError("the same request was answered meanwhile", remedy="read what became of it")
    mine = {"scope": taken.scope, "request": taken.request, "holder": taken.holder}
    connection.execute(insert(idempotency_keys), {**mine, **values})  # the lease was over, and nobody came


def _what_became(row: Any, request: str, at: datetime) -> Done | Waiting | Reused:
    if row.request != request:
        return "reused"
    if row.status is None:
        return Waiting(max(1, int((row.until - at).total_seconds())))
    return Done(row.status, row.answer)


def _is(scope: str) -> Any:
    return idempotency_keys.c.scope == scope


def _under(scope: str) -> Any:
    return select(idempotency_keys).where(_is(scope))

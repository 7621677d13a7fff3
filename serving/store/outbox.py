"""The outbox: events that are written with the change they tell of, and what has become of each delivery.

What is written in the transaction of a change is there exactly where the change is; a dispatcher delivers it later,
once at least (``serving.outbox.dispatcher``). A row is one event for one address.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from features.errors import ConflictError, NotFoundError
from serving.audit.chain import Entry, plain
from serving.identifiers import Identifiers
from serving.outbox.addresses import shown
from serving.outbox.events import Event, encoded
from serving.outbox.sending import GONE, Answered, Letter
from serving.store.audit import append
from serving.store.columns import PlainText, UtcTime
from serving.store.idempotency import settle
from serving.store.leases import hold, leave
from serving.store.part import Part
from serving.store.schema import about, metadata
from serving.traceparent import current_trace

Status = Literal["waiting", "delivered", "dead"]
KEPT = timedelta(days=30)  # that a delivered event is shown for
DEAD_KEPT = timedelta(days=365)  # and one that was given up, which may be sent again so long
LOOKED_AT = 5_000  # due deliveries among which hosts take turns
LEASE = "outbox"
WAITING = plain(status="waiting")

outbox = Table(
    "outbox",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("id", PlainText(24), nullable=False, unique=True),  # of the delivery
    Column("event_id", String(24), nullable=False),  # the same for every address that gets the event
    Column("type", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("target", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # as it is signed and sent
    Column("status", String(12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),  # after which it is not tried again
    Column("next_at", UtcTime),  # of the next attempt; None where there is none
    Column("settled_at", UtcTime),
    Column("answer", Integer),  # the last one's HTTP status
    Column("error", String(24)),  # what the last one came to
    Index("outbox_by_time", "status", "next_at"),
    Index("outbox_in_order", "target", "subject", "number"),
)


class DeliveryPlace(Struct, frozen=True):
    """Where a row stands in the list."""

    number: int


class Delivery(Struct, frozen=True):
    """One event for one address, as people see it."""

    id: str
    event: str  # its id, which stands in ``webhook-id``
    type: str
    subject: str
    to: str  # the address without its path
    status: Status
    attempts: int
    made_at: datetime  # UTC
    next_at: datetime | None  # of the next attempt
    settled_at: datetime | None  # when it was delivered, or given up
    answer: int | None  # HTTP status of the last answer
    error: str | None  # what the last attempt came to: timeout, no-connection, refused, redirect, gone, ...


class Result(Struct, frozen=True):
    """What a delivery has come to after an attempt; ``next_at`` None and not delivered: it is given up."""

    letter: Letter
    answered: Answered
    next_at: datetime | None = None

    @property
    def status(self) -> Status:
        """What stands in the store after it."""
        if self.answered.error is None:
            return "delivered"
        return "dead" if self.next_at is None else "waiting"


def tell(connection: Connection, event: Event, *, also: str | None = None) -> None:
    """Write an event for all who are to have it; inside the writing transaction of what it tells.

    ``also`` is an address that the caller named. The others stand in the settings (``Store.tells``). Where nobody is to
    have it, nothing is written.
    """
    options = connection.get_execution_options()
    targets = dict.fromkeys([*options.get("subscribers", ()), *([also] if also else [])])
    if not targets:
        return
    at, event_id = datetime.now(UTC), secrets.token_hex(12)
    until = at + options.get("tries_for", timedelta(days=3))
    key = bytes(connection.execute(select(about.c.id_key)).scalar_one())
    source = f"urn:clearlane:{Identifiers(key).of('event source')}"
    last = connection.execute(select(func.max(outbox.c.number))).scalar() or 0
    body = encoded(event, event_id=event_id, source=source, number=last + 1, at=at, trace=current_trace())
    rows = [
        {
            "number": number,
            "id": secrets.token_hex(12),
            "event_id": event_id,
            "type": event.type,
            "subject": event.subject,
            "target": target,
            "body": body,
            "status": "waiting",
            "attempts": 0,
            "made_at": at,
            "until": until,
            "next_at": at,
        }
        for number, target in enumerate(targets, start=last + 1)
    ]
    connection.execute(insert(outbox), rows)


class OutboxStore(Part):
    """Events on their way to those who are told."""

    def any_due(self, at: datetime) -> bool:
        """Whether anything is to be sent now."""
        with self._database.reading() as connection:
            return connection.execute(_due(at).limit(1)).first() is not None

    def due(
        self, at: datetime, *, limit: int, a_host: int | None = None, besides: Sequence[Letter] = ()
    ) -> list[Letter]:
        """What is to be sent now: of each address and subject the oldest that waits, and none behind it.

        Hosts take turns, and each gets so many at once, those that are on their way (``besides``) among them: one that
        answers nobody holds up its own letters, not those for the others.
        """
        most, turns = a_host or limit, Counter(shown(one.target) for one in besides)
        full = [
            outbox.c.target.startswith(f"{host}/", autoescape=True) for host in turns if turns[host] >= most
        ]
        others = _due(at).where(outbox.c.id.not_in([one.id for one in besides]), *(~one for one in full))
        with self._database.reading() as connection:
            numbers = _in_turns(connection.execute(others.limit(LOOKED_AT)), limit, most, turns)
            rows = connection.execute(select(outbox).where(outbox.c.number.in_(numbers))).all()
        return [
            Letter(row.id, row.event_id, row.target, row.body, row.attempts, row.until)
            for row in sorted(rows, key=lambda row: numbers.index(row.number))
        ]

    def hold(self, holder: str, at: datetime, seconds: float) -> bool:
        """Whether this dispatcher is the one that delivers, for so long."""
        with self._database.writing() as connection:
            return hold(connection, LEASE, holder, at, seconds)

    def leave(self, holder: str) -> None:
        """Let another dispatcher deliver."""
        with self._database.writing() as connection:
            leave(connection, LEASE, holder)

    def keep(self, results: Sequence[Result], at: datetime) -> None:
        """Write down what attempts came to; where a receiver is gone, all that waits for it is given up."""
        with self._database.writing() as connection:
            dead = [entry for one in results for entry in _keep(connection, one, at)]
            append(connection, dead)

    def send_again(self, delivery_id: str, at: datetime, tries_for: timedelta) -> Delivery:
        """Have a dead delivery sent again; raises NotFoundError, and ConflictError where it is not dead."""
        with self._database.writing() as connection:
            row = connection.execute(select(outbox).where(outbox.c.id == delivery_id)).one_or_none()
            if row is None:
                raise NotFoundError("there is no such delivery")
            if row.status != "dead":
                raise ConflictError("the delivery is not dead", remedy="read it again")
            values = {"status": "waiting", "attempts": 0, "next_at": at, "until": at + tries_for}
            connection.execute(
                update(outbox).where(outbox.c.id == delivery_id).values(**values, settled_at=None)
            )
            before = plain(status=row.status, error=row.error, answer=row.answer, attempts=row.attempts)
            append(connection, [Entry("delivery", delivery_id, before, plain(did="sent-again"))])
            settle(connection, at, status=204)
            return _delivery(connection.execute(select(outbox).where(outbox.c.id == delivery_id)).one())

    def page(
        self, status: Status | None, *, limit: int, after: DeliveryPlace | None
    ) -> tuple[list[Delivery], DeliveryPlace | None]:
        """Part of the list, the latest first, and where it ends if more stands behind."""
        query: Select[Any] = select(outbox).order_by(outbox.c.number.desc()).limit(limit + 1)
        if status is not None:
            query = query.where(outbox.c.status == status)
        if after is not None:
            query = query.where(outbox.c.number < after.number)
        with self._database.reading() as connection:
            found = connection.execute(query).all()
        end = DeliveryPlace(found[limit - 1].number) if len(found) > limit else None
        return [_delivery(row) for row in found[:limit]], end

    def counts(self) -> dict[str, int]:
        """How many deliveries wait, and how many were given up."""
        open_ = outbox.c.status.in_(("waiting", "dead"))
        query = select(outbox.c.status, func.count()).where(open_).group_by(outbox.c.status)
        with self._database.reading() as connection:
            found = {str(status): int(count) for status, count in connection.execute(query)}
        return {status: found.get(status, 0) for status in ("waiting", "dead")}

    def forget(self, at: datetime) -> int:
        """Drop what was delivered or given up long ago; the last row stays, for it holds the place of the next."""
        old = or_(
            and_(outbox.c.status == "delivered", outbox.c.settled_at < at - KEPT),
            and_(outbox.c.status == "dead", outbox.c.settled_at < at - DEAD_KEPT),
        )
        with self._database.reading() as connection:
            if connection.execute(select(outbox.c.number).where(old).limit(1)).first() is None:
                return 0
        last = select(func.max(outbox.c.number)).scalar_subquery()
        with self._database.writing() as connection:
            return connection.execute(delete(outbox).where(old, outbox.c.number != last)).rowcount


def _due(at: datetime) -> Select[Any]:
    """Number and address, the earliest due first."""
    earlier = outbox.alias("earlier")
    before = select(earlier.c.number).where(
        earlier.c.status == "waiting",
        earlier.c.target == outbox.c.target,
        earlier.c.subject == outbox.c.subject,
        earlier.c.number < outbox.c.number,
    )
    return (
        select(outbox.c.number, outbox.c.target)
        .where(outbox.c.status == "waiting", outbox.c.next_at <= at, ~before.exists())
        .order_by(outbox.c.next_at, outbox.c.number)
    )


def _in_turns(due: Iterable[Row[Any]], limit: int, a_host: int, turns: Counter[str]) -> list[int]:
    """The first of each host, then the second of each, and so on, so many at most; ``turns`` are those it has had."""
    placed: list[tuple[int, int, int]] = []
    for place, one in enumerate(due):
        host = shown(one.target)
        turns[host] += 1
        if turns[host] <= a_host:
            placed.append((turns[host], place, one.number))
    return [number for *_, number in sorted(placed)[:limit]]


def _keep(connection: Connection, one: Result, at: datetime) -> list[Entry]:
    """The entries of the audit log for what is given up by it."""
    values = {
        "status": one.status,
        "attempts": one.letter.attempts + 1,
        "next_at": one.next_at,
        "settled_at": None if one.status == "waiting" else at,
        "answer": one.answered.status,
        "error": _error(one),
    }
    waiting = outbox.c.status == "waiting"
    changed = connection.execute(update(outbox).where(outbox.c.id == one.letter.id, waiting).values(values))
    given_up = [_dead_entry(one)] if one.status == "dead" and changed.rowcount else []
    if one.answered.status == GONE:
        others = select(outbox.c.id, outbox.c.attempts).where(outbox.c.target == one.letter.target, waiting)
        for row in connection.execute(others.order_by(outbox.c.number)):
            said = plain(did="given-up", error="gone", answer=None, attempts=row.attempts)
            given_up.append(Entry("delivery", row.id, WAITING, said))
        gone = {"status": "dead", "next_at": None, "settled_at": at, "error": "gone"}
        connection.execute(update(outbox).where(outbox.c.target == one.letter.target, waiting).values(gone))
    return given_up


def _error(one: Result) -> str | None:
    return "gone" if one.answered.status == GONE else one.answered.error


def _dead_entry(one: Result) -> Entry:
    said = plain(
        did="given-up", error=_error(one), answer=one.answered.status, attempts=one.letter.attempts + 1
    )
    return Entry("delivery", one.letter.id, WAITING, said)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        event=row.event_id,
        type=row.type,
        subject=row.subject,
        to=shown(row.target),
        status=row.status,
        attempts=row.attempts,
        made_at=row.made_at,
        next_at=row.next_at,
        settled_at=row.settled_at,
        answer=row.answer,
        error=row.error,
    )

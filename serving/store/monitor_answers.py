"""Payers' answers to claims that went without a look, as verdicts: in the order in which the claims went, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select, tuple_

from features.x12.records import Claim
from serving.access.keys import PAYER
from serving.monitor.answers import KIND, Answer, answer_of, asked_before
from serving.monitor.records import ANSWER, AnswersTaken, Incident
from serving.store.monitor_checks import count_day, day_of, note
from serving.store.monitor_tables import checks, watched
from serving.store.postings import payments_posted_to
from serving.store.schema import items


def answers_due(connection: Connection, at: datetime, *, limit: int) -> Sequence[Row[Any]]:
    """Claims that are old enough to be asked and have not been, the earliest first."""
    place = (watched.c.received_at, watched.c.item_id)
    query = (
        select(watched, items.c.record)
        .join(items, items.c.id == watched.c.item_id)
        .where(watched.c.kind == KIND, watched.c.received_at < asked_before(at))
    )
    last = connection.execute(_last()).one_or_none()
    if last is not None:  # they are asked in their order, so what stands behind the last one is new
        query = query.where(tuple_(*place) > tuple_(last.received_at, last.item_id))
    return connection.execute(query.order_by(*place).limit(limit)).all()


def take_answers(connection: Connection, at: datetime, *, limit: int) -> AnswersTaken:
    """Ask the next claims, and revoke where the detector alarms; inside a writing transaction."""
    due = answers_due(connection, at, limit=limit)
    paid = payments_posted_to(connection, [row.item_id for row in due])
    found: Counter[Answer] = Counter()
    incidents: list[Incident] = []
    for row in due:
        answer = answer_of(CLAIM.decode(row.record), paid.get(row.item_id, ()))
        incident = _take(connection, row, answer, at)
        found[answer] += 1
        incidents += [incident] if incident else []
    return AnswersTaken(dict(found), tuple(incidents))


def _take(connection: Connection, row: Row[Any], answer: Answer, at: datetime) -> Incident | None:
    said: dict[str, Any] = {
        "wrong": answer == "denied",
        "action": answer,
        "reviewer": PAYER,
    }
    if _is_last_of_day(connection, row):
        return count_day(connection, row, at, **said)
    note(connection, row, at, **said, source=ANSWER)
    return None


def _is_last_of_day(connection: Connection, row: Row[Any]) -> bool:
    """Whether no claim went after it under its certificate on the same day; the days that are asked are over."""
    later = tuple_(watched.c.received_at, watched.c.item_id) > tuple_(row.received_at, row.item_id)
    query = select(watched.c.item_id).where(
        watched.c.certificate == row.certificate, watched.c.received_at < day_of(row.received_at)[1], later
    )
    return connection.execute(query.limit(1)).first() is None


def _last() -> Any:
    """The claim that was asked last."""
    return (
        select(watched.c.received_at, watched.c.item_id)
        .join(checks, checks.c.item_id == watched.c.item_id)
        .where(checks.c.source == ANSWER)
        .order_by(checks.c.number.desc())
        .limit(1)
    )


CLAIM = msgspec.json.Decoder(Claim)

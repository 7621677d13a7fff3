"""Verdicts on automatic items: those that count move the detector of their certificate, the others stand beside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select

from models.monitoring import DetectorState, EDetector
from serving.audit.entries import verdict_entry
from serving.monitor.records import Incident
from serving.store.audit import append
from serving.store.columns import storable
from serving.store.monitor_alarms import raised
from serving.store.monitor_tables import checks, watched
from serving.store.schema import about


def under_which(connection: Connection, item_id: str) -> Row[Any] | None:
    """On what an automatic item went; None for every other."""
    return connection.execute(select(watched).where(watched.c.item_id == item_id)).one_or_none()


def is_there(connection: Connection, item_id: str, *sources: str) -> Row[Any] | None:
    """A verdict on an item from one of these sources, where there is one."""
    query = select(checks).where(checks.c.item_id == item_id, checks.c.source.in_(sources))
    return connection.execute(query.limit(1)).one_or_none()


def count(
    connection: Connection, under: Row[Any], at: datetime, *, wrong: bool, reviewer: str, **more: Any
) -> Incident | None:
    """Write down a verdict that moves the detector, and the incident where this raises the alarm.

    Only for items of which it was settled beforehand that they be checked, and for each of them once.
    """
    detector = _detector(connection, under)
    before = detector.alarmed
    alarm = detector.update(1, int(wrong)) and not before
    state = msgspec.json.encode(detector.state).decode()
    note(connection, under, at, wrong=wrong, reviewer=reviewer, **more, level=detector.level, state=state)
    return raised(connection, under, detector, at) if alarm else None


def note(
    connection: Connection, under: Row[Any], at: datetime, *, wrong: bool, reviewer: str, **more: Any
) -> None:
    """Write down a verdict that moves nothing."""
    row = {"item_id": under.item_id, "certificate": under.certificate, "checked_at": at, "wrong": wrong}
    connection.execute(insert(checks), {**row, "reviewer": storable(reviewer), **more})
    key = bytes(connection.execute(select(about.c.id_key)).scalar_one())
    said = verdict_entry(under.item_id, under.certificate, wrong=wrong, reviewer=reviewer, key=key, **more)
    append(connection, [said])


def _detector(connection: Connection, under: Row[Any]) -> EDetector:
    """Where the last check of the certificate left it."""
    query = (
        select(checks.c.state)
        .where(checks.c.certificate == under.certificate, checks.c.state.is_not(None))
        .order_by(checks.c.number.desc())
        .limit(1)
    )
    text = connection.execute(query).scalar()
    if text is None:
        return EDetector(under.alpha)
    return EDetector.resume(msgspec.json.decode(text, type=DetectorState))

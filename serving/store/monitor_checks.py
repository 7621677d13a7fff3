"""Verdicts on automatic items: those that count move the detector of their certificate, the others stand beside."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, case, func, insert, select

from models.monitoring import DetectorState, EDetector, detector_of_answers, detector_of_checks
from models.monitoring.detector import FORMAT
from serving.audit.entries import verdict_entry
from serving.monitor.records import ANSWER, BLIND, Incident, Source
from serving.store.audit import append
from serving.store.columns import storable
from serving.store.monitor_alarms import is_revoked, raised
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
    """Write down a blind check, which moves their detector, and the incident where this raises the alarm.

    Only for items of which it was settled beforehand that they be checked, and for each of them once.
    """
    detector = resumed(connection, under, BLIND) or detector_of_checks(under.kind, under.alpha)
    detector.update(1, int(wrong))
    return _moved(connection, under, detector, at, BLIND, wrong=wrong, reviewer=reviewer, **more)


def count_day(
    connection: Connection, under: Row[Any], at: datetime, *, wrong: bool, **more: Any
) -> Incident | None:
    """Write down the answer to the last claim of a day, which moves the answers' detector by all of that day."""
    detector = answers_detector(connection, under)
    first, end = day_of(under.received_at)
    query = (
        select(func.count(), func.sum(case((checks.c.wrong.is_(True), 1), else_=0)))
        .join(watched, watched.c.item_id == checks.c.item_id)
        .where(checks.c.source == ANSWER, watched.c.certificate == under.certificate)
        .where(watched.c.received_at >= first, watched.c.received_at < end)
    )
    before, denied = connection.execute(query).one()
    detector.update_together(before + 1, int(denied or 0) + int(wrong))
    return _moved(connection, under, detector, at, ANSWER, wrong=wrong, **more)


def day_of(at: datetime) -> tuple[datetime, datetime]:
    """When the day of UTC began, and when it ends."""
    first = datetime.combine(at.astimezone(UTC).date(), time.min, tzinfo=UTC)
    return first, first + timedelta(days=1)


def _moved(
    connection: Connection, under: Row[Any], detector: EDetector, at: datetime, source: Source, **said: Any
) -> Incident | None:
    """Write down where a verdict left its detector, and the first alarm of a certificate."""
    state = msgspec.json.encode(detector.state).decode()
    note(connection, under, at, **said, source=source, level=detector.level, state=state)
    if not detector.alarmed or is_revoked(connection, under.certificate):
        return None
    return raised(connection, under, detector, at, source)


def note(
    connection: Connection, under: Row[Any], at: datetime, *, wrong: bool, reviewer: str, **more: Any
) -> None:
    """Write down a verdict that moves nothing."""
    row = {"item_id": under.item_id, "certificate": under.certificate, "checked_at": at, "wrong": wrong}
    connection.execute(insert(checks), {**row, "reviewer": storable(reviewer), **more})
    key = bytes(connection.execute(select(about.c.id_key)).scalar_one())
    said = verdict_entry(under.item_id, under.certificate, wrong=wrong, reviewer=reviewer, key=key, **more)
    append(connection, [said])


def answers_detector(connection: Connection, under: Row[Any]) -> EDetector:
    """Where the last day of answers left it."""
    return resumed(connection, under, ANSWER) or detector_of_answers(under.alpha)


def resumed(connection: Connection, under: Row[Any], source: Source) -> EDetector | None:
    """Where the last verdict of the certificate from this source left its detector; None before the first.

    Before answers had one of their own they moved that of the checks, claim by claim: they begin anew.
    """
    query = (
        select(checks.c.state)
        .where(checks.c.certificate == under.certificate, checks.c.source == source)
        .where(checks.c.state.is_not(None))
        .order_by(checks.c.number.desc())
        .limit(1)
    )
    text = connection.execute(query).scalar()
    state = None if text is None else msgspec.json.decode(text, type=DetectorState)
    if state is None or (source == ANSWER and state.format < FORMAT):
        return None
    return EDetector.resume(state)

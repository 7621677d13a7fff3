"""How each certificate stands: what went under it, what was checked, and where its detector is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, select

from models.certificates import Cell
from serving.monitor.records import ANSWER, BLIND, Incident, Watch
from serving.store.monitor_alarms import estimate, incident_of
from serving.store.monitor_tables import UNCHECKED, checks, incidents, watched

SHOWN = 60  # levels of the detector


def standing(connection: Connection, at: datetime) -> tuple[Watch, ...]:
    """Every certificate under which an item went, that with the latest first item first."""
    revoked = {row.certificate: incident_of(row) for row in connection.execute(select(incidents))}
    waits = and_(*UNCHECKED)
    named = (
        watched.c.certificate,
        watched.c.kind,
        watched.c.payer_group,
        watched.c.value_band,
        watched.c.alpha,
    )
    query = (
        select(
            *named,
            func.count().label("automatic"),
            func.sum(case((watched.c.drawn.is_(True), 1), else_=0)).label("drawn"),
            func.sum(case((waits, 1), else_=0)).label("waiting"),
            func.sum(case((and_(waits, watched.c.due_at < at), 1), else_=0)).label("late"),
        )
        .group_by(*named)
        .order_by(func.min(watched.c.received_at).desc(), watched.c.certificate)
    )
    return tuple(
        _watch(connection, row, revoked.get(row.certificate)) for row in connection.execute(query).all()
    )


def _watch(connection: Connection, row: Row[Any], incident: Incident | None) -> Watch:
    found, answered = estimate(connection, row.certificate)
    levels = max((_levels(connection, row.certificate, source) for source in (BLIND, ANSWER)), key=_latest)
    return Watch(
        certificate=row.certificate,
        cell=Cell(row.kind, row.payer_group, row.value_band),
        alpha=row.alpha,
        automatic=row.automatic,
        drawn=int(row.drawn),
        waiting=int(row.waiting),
        late=int(row.late),
        checked=found.checked,
        answered=answered,
        wrong=found.wrong,
        rate=found.rate,
        low=found.low,
        high=found.high,
        level=levels[-1] if levels else 0.0,
        levels=levels,
        wrong_otherwise=_wrong_otherwise(connection, row.certificate),
        incident=incident,
    )


def _latest(levels: tuple[float, ...]) -> float:
    return levels[-1] if levels else float("-inf")


def _levels(connection: Connection, certificate: str, source: str) -> tuple[float, ...]:
    query = (
        select(checks.c.level)
        .where(checks.c.certificate == certificate, checks.c.source == source, checks.c.level.is_not(None))
        .order_by(checks.c.number.desc())
        .limit(SHOWN)
    )
    return tuple(reversed(connection.execute(query).scalars().all()))


def _wrong_otherwise(connection: Connection, certificate: str) -> int:
    query = select(func.count(checks.c.item_id.distinct())).where(
        checks.c.certificate == certificate, checks.c.source.not_in((BLIND, ANSWER)), checks.c.wrong.is_(True)
    )
    return int(connection.execute(query).scalar_one())

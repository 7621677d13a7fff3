"""Incidents: raised with the check that made the detector alarm, in its transaction, and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from models.certificates import Cell
from models.monitoring import EDetector, WeightedRate, weighted_error_rate
from serving.identifiers import Identifiers
from serving.monitor.records import Incident, IncidentDetail
from serving.store.monitor_tables import checks, incidents, watched
from serving.store.schema import about

BLIND = "blind-check"
LISTED = 200  # ids of a second look that are given at once


def raised(connection: Connection, under: Row[Any], detector: EDetector, at: datetime) -> Incident:
    """Revoke the certificate under which an item went, and say on what evidence."""
    found = estimate(connection, under.certificate)
    key = connection.execute(select(about.c.id_key)).scalar_one()
    incident = Incident(
        id=Identifiers(bytes(key)).of("incident", under.certificate),
        certificate=under.certificate,
        cell=Cell(under.kind, under.payer_group, under.value_band),
        raised_at=at,
        statistic=detector.statistic,
        threshold=detector.state.threshold,
        checked=found.checked,
        wrong=found.wrong,
        rate=found.rate,
        low=found.low,
        high=found.high,
        population=found.population,
        changed_at=changed_at(connection, under.certificate, detector.changed_after),
        why=why(found, under.alpha),
    )
    row = {name: getattr(incident, name) for name in Incident.__struct_fields__ if name != "cell"}
    cell = {name: getattr(incident.cell, name) for name in Cell.__struct_fields__}
    connection.execute(insert(incidents), {**row, **cell})
    return incident


def why(found: WeightedRate, alpha: float) -> str:
    """The sentence of an incident.

    >>> why(WeightedRate(0.02, 0.01, 0.04, 500, 10, 10_000), 0.005)
    'Of 500 automatic items that were checked blindly 10 were wrong (1.0% to 4.0%); at most 0.50% was certified.'
    """
    return (
        f"Of {found.checked:,} automatic items that were checked blindly {found.wrong:,} were wrong "
        f"({found.low:.1%} to {found.high:.1%}); at most {alpha:.2%} was certified."
    )


def estimate(connection: Connection, certificate: str) -> WeightedRate:
    """The weighted error rate of all items that went under a certificate, from the random sample alone."""
    query = (
        select(checks.c.wrong, watched.c.probability)
        .join(watched, watched.c.item_id == checks.c.item_id)
        .where(checks.c.certificate == certificate, checks.c.source == BLIND)
    )
    rows = connection.execute(query).all()
    whole = select(func.count(), func.min(watched.c.probability)).where(
        watched.c.certificate == certificate, watched.c.probability > 0
    )
    population, least = connection.execute(whole).one()
    return weighted_error_rate(
        [int(row.wrong) for row in rows],
        [row.probability for row in rows],
        population=population,
        least_probability=least,
    )


def changed_at(connection: Connection, certificate: str, after: int) -> datetime | None:
    """When the earliest item came that was checked after so many checks."""
    blind = (checks.c.certificate == certificate, checks.c.source == BLIND)
    first = select(checks.c.number).where(*blind).order_by(checks.c.number).offset(after).limit(1)
    query = (
        select(func.min(watched.c.received_at))
        .join(checks, checks.c.item_id == watched.c.item_id)
        .where(*blind, checks.c.number >= first.scalar_subquery())
    )
    return connection.execute(query).scalar()


def second_look(connection: Connection, incident: Incident) -> IncidentDetail:
    """The items that went since the lane seems to have become worse, without those that a check found right."""
    right = select(checks.c.item_id).where(checks.c.source == BLIND, checks.c.wrong.is_(False))
    conditions = [watched.c.certificate == incident.certificate, watched.c.item_id.not_in(right)]
    if incident.changed_at is not None:
        conditions.append(watched.c.received_at >= incident.changed_at)
    query = select(watched.c.item_id).where(*conditions)
    ids = connection.execute(query.order_by(watched.c.received_at, watched.c.item_id).limit(LISTED))
    total = connection.execute(select(func.count()).select_from(watched).where(*conditions)).scalar_one()
    return IncidentDetail(incident, tuple(ids.scalars()), total)


def incident_of(row: Row[Any]) -> Incident:
    """A row of the table."""
    plain = {name: getattr(row, name) for name in Incident.__struct_fields__ if name != "cell"}
    return Incident(cell=Cell(row.kind, row.payer_group, row.value_band), **plain)

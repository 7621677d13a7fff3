"""Incidents: raised with the check that made the detector alarm, in its transaction, and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, and_, case, func, insert, or_, select

from models.certificates import Cell
from models.monitoring import EDetector, WeightedRate, weighted_error_rate
from serving.audit.entries import revocation_entry
from serving.identifiers import Identifiers
from serving.monitor.answers import UNANSWERED
from serving.monitor.records import ANSWER, BLIND, Incident, IncidentDetail, Source
from serving.store.audit import append
from serving.store.monitor_tables import checks, incidents, watched
from serving.store.schema import about

LISTED = 200  # ids of a second look that are given at once


def is_revoked(connection: Connection, certificate: str) -> bool:
    """Whether an alarm took the certificate back."""
    query = select(incidents.c.number).where(incidents.c.certificate == certificate)
    return connection.execute(query).first() is not None


def raised(
    connection: Connection,
    under: Row[Any],
    detector: EDetector,
    at: datetime,
    source: Source,
    young: tuple[int, int] = (0, 0),
) -> Incident:
    """Revoke the certificate under which an item went, and say on what evidence; ``source`` fed the detector.

    ``young`` are the claims that were looked at before they were due, and how many of them are denied.
    """
    found, answered = estimate(connection, under.certificate)
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
        changed_at=changed_at(connection, under.certificate, detector.changed_after, source),
        why=why(found, under.alpha, answered, young),
    )
    row = {name: getattr(incident, name) for name in Incident.__struct_fields__ if name != "cell"}
    cell = {name: getattr(incident.cell, name) for name in Cell.__struct_fields__}
    connection.execute(insert(incidents), {**row, **cell})
    append(connection, [revocation_entry(incident)])
    return incident


def why(found: WeightedRate, alpha: float, answered: int = 0, young: tuple[int, int] = (0, 0)) -> str:
    """The sentences of an incident; ``answered`` of the checked items were judged by their payers' answers.

    >>> why(WeightedRate(None, 0.0, 1.0, 0, 0, 600), 0.1, young=(600, 140))
    'Of 600 claims whose answers are not all due 140 are denied already; at most 10.00% was certified.'
    >>> why(WeightedRate(0.02, 0.01, 0.04, 500, 10, 10_000), 0.005)
    'Of 500 automatic items that were checked blindly 10 were wrong (1.0% to 4.0%); at most 0.50% was certified.'
    """
    how = "were checked blindly or answered by their payers" if answered else "were checked blindly"
    said = []
    if found.checked or not young[0]:
        said.append(
            f"Of {found.checked:,} automatic items that {how} {found.wrong:,} were wrong "
            f"({found.low:.1%} to {found.high:.1%})"
        )
    if young[0]:
        said.append(f"Of {young[0]:,} claims whose answers are not all due {young[1]:,} are denied already")
    return f"{'. '.join(said)}; at most {alpha:.2%} was certified."


def estimate(connection: Connection, certificate: str) -> tuple[WeightedRate, int]:
    """The weighted error rate of all items that went under a certificate, and how many of the checked were answered.

    From blind checks and payers' answers alone: an answered claim is known whether it was drawn or not, so it stands
    for itself; a blind check stands for those that were drawn as it was and have no answer.
    """
    answer, blind = checks.alias("answer"), checks.alias("blind")
    is_answer = and_(
        answer.c.item_id == watched.c.item_id, answer.c.source == ANSWER, answer.c.action != UNANSWERED
    )
    is_blind = and_(blind.c.item_id == watched.c.item_id, blind.c.source == BLIND)
    each = (
        select(
            answer.c.wrong.label("answer"),
            func.coalesce(answer.c.wrong, blind.c.wrong).label("wrong"),
            case((answer.c.number.is_not(None), 1.0), else_=watched.c.probability).label("probability"),
        )
        .select_from(watched.outerjoin(answer, is_answer).outerjoin(blind, is_blind))
        .where(watched.c.certificate == certificate)
        .subquery()
    )
    place = (each.c.wrong, each.c.probability)
    known = select(*place, func.count().label("items"), func.count(each.c.answer).label("answered"))
    rows = connection.execute(known.where(each.c.wrong.is_not(None)).group_by(*place).order_by(*place)).all()
    whole = select(func.count(), func.min(each.c.probability)).where(each.c.probability > 0)
    population, least = connection.execute(whole).one()
    times = [row.items for row in rows]
    found = weighted_error_rate(
        np.repeat([int(row.wrong) for row in rows], times),
        np.repeat([float(row.probability) for row in rows], times),
        population=population,
        least_probability=least,
    )
    return found, sum(row.answered for row in rows)


def changed_at(connection: Connection, certificate: str, after: int, source: Source) -> datetime | None:
    """When the earliest item came that was counted after so many others of its source; claims are in their order."""
    if source == ANSWER:
        claims = select(watched.c.received_at).where(watched.c.certificate == certificate)
        in_order = claims.order_by(watched.c.received_at, watched.c.item_id)
        return connection.execute(in_order.offset(after).limit(1)).scalar()
    counted = (checks.c.certificate == certificate, checks.c.source == source)
    first = select(checks.c.number).where(*counted).order_by(checks.c.number).offset(after).limit(1)
    query = (
        select(func.min(watched.c.received_at))
        .join(checks, checks.c.item_id == watched.c.item_id)
        .where(*counted, checks.c.number >= first.scalar_subquery())
    )
    return connection.execute(query).scalar()


def second_look(connection: Connection, incident: Incident) -> IncidentDetail:
    """The items that went since the lane seems to have become worse, without those that were found right."""
    right = select(checks.c.item_id).where(
        or_(checks.c.source == BLIND, checks.c.action == "paid"), checks.c.wrong.is_(False)
    )
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

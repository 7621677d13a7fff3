"""A look at claims whose answers are not due: an alarm that their denials raise by now would come later anyway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from models.monitoring import EDetector
from serving.monitor.answers import KIND, answer_of, asked_before
from serving.monitor.records import ANSWER, Incident
from serving.store.monitor_alarms import is_revoked, raised
from serving.store.monitor_answers import CLAIM
from serving.store.monitor_checks import answers_detector
from serving.store.monitor_tables import incidents, watched
from serving.store.postings import payments_posted_to
from serving.store.schema import items

AT_ONCE = 500  # claims whose records are in memory together


class Ahead(NamedTuple):
    """An alarm that is on its way."""

    under: Row[Any]  # a claim that went under the certificate
    detector: EDetector
    young: tuple[int, int]  # claims that were looked at, and how many are denied


def alarms_ahead(connection: Connection, at: datetime) -> list[Ahead]:
    """Of every certificate in force, where the days up to yesterday raise the alarm by what is denied of them."""
    found = []
    for name in connection.execute(_names(at)).scalars().all():
        rows = connection.execute(_young(name, at)).all()
        days = _days(connection, rows)
        ahead = answers_detector(connection, rows[0]).looked_ahead(days)
        if ahead.alarmed:
            sums = (sum(count for count, _ in days), sum(wrong for _, wrong in days))
            found.append(Ahead(rows[0], ahead, sums))
    return found


def raise_ahead(connection: Connection, ahead: Ahead, at: datetime) -> Incident | None:
    """Revoke, unless it has been; inside a writing transaction."""
    if is_revoked(connection, ahead.under.certificate):
        return None
    return raised(connection, ahead.under, ahead.detector, at, ANSWER, ahead.young)


def _names(at: datetime) -> Any:
    return (
        select(watched.c.certificate)
        .distinct()
        .where(watched.c.kind == KIND, *_between(at))
        .where(watched.c.certificate.not_in(select(incidents.c.certificate)))
    )


def _young(certificate: str, at: datetime) -> Any:
    """The claims of days that are over and not due, in their order."""
    conditions = (watched.c.certificate == certificate, *_between(at))
    return select(watched).where(*conditions).order_by(watched.c.received_at, watched.c.item_id)


def _between(at: datetime) -> tuple[Any, Any]:
    today = datetime.combine(at.astimezone(UTC).date(), time.min, tzinfo=UTC)
    return watched.c.received_at >= asked_before(at), watched.c.received_at < today


def _days(connection: Connection, rows: Sequence[Row[Any]]) -> list[tuple[int, int]]:
    """Claims of each day, and how many of them are denied by now."""
    counts: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
    for first in range(0, len(rows), AT_ONCE):
        part = rows[first : first + AT_ONCE]
        denied = _denied(connection, [row.item_id for row in part])
        for row in part:
            count = counts[row.received_at.astimezone(UTC).date()]
            count[0] += 1
            count[1] += row.item_id in denied
    return [(count, wrong) for _, (count, wrong) in sorted(counts.items())]


def _denied(connection: Connection, ids: Sequence[str]) -> set[str]:
    paid = payments_posted_to(connection, ids)
    records = select(items.c.id, items.c.record).where(items.c.id.in_(list(paid)))
    return {
        row.id
        for row in connection.execute(records)
        if answer_of(CLAIM.decode(row.record), paid[row.id]) == "denied"
    }

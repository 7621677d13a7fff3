"""The monitor's part of the store: who is to be checked, what checks said, and what was revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from features.errors import BadInputError, ConflictError, NotFoundError
from serving.monitor.judging import judged
from serving.monitor.records import (
    ANSWER,
    BLIND,
    AnswersTaken,
    BlindCheck,
    BlindPage,
    BlindPlace,
    BlindRow,
    CheckOutcome,
    Incident,
    IncidentDetail,
    IncidentPage,
    IncidentPlace,
    LateVerdict,
    Watch,
)
from serving.store.blind_scope import not_shared, shared, told
from serving.store.blinding import HeldDenial, held_denials, unchecked
from serving.store.idempotency import settle
from serving.store.monitor_ahead import alarms_ahead, raise_ahead
from serving.store.monitor_alarms import incident_of, second_look
from serving.store.monitor_answers import answers_due, take_answers
from serving.store.monitor_checks import count, is_there, note, under_which
from serving.store.monitor_standing import standing
from serving.store.monitor_tables import UNCHECKED, incidents, watched
from serving.store.part import Part
from serving.store.purged import check_there
from serving.store.schema import candidates, items
from serving.store.scope import in_scope

LARGEST_PAGE = 200


class MonitorStore(Part):
    """Incidents, blind checks and what else the monitor reads and writes."""

    def incidents(self) -> tuple[Incident, ...]:
        """Every revocation, the latest first."""
        with self._database.reading() as connection:
            query = select(incidents).order_by(incidents.c.number.desc())
            return tuple(incident_of(row) for row in connection.execute(query))

    def details(self) -> tuple[IncidentDetail, ...]:
        """The same, each with the items that want a second look."""
        with self._database.reading() as connection:
            rows = connection.execute(select(incidents).order_by(incidents.c.number.desc())).all()
            return tuple(second_look(connection, incident_of(row)) for row in rows)

    def incident_page(self, *, limit: int, after: IncidentPlace | None = None) -> IncidentPage:
        """Part of them; what is revoked meanwhile stands before the first page."""
        with self._database.reading() as connection:
            query = select(incidents).order_by(incidents.c.number.desc()).limit(limit + 1)
            if after is not None:
                query = query.where(incidents.c.number < after.number)
            found = connection.execute(query).all()
            total = connection.execute(select(func.count()).select_from(incidents)).scalar_one()
            rows = tuple(second_look(connection, incident_of(row)) for row in found[:limit])
            end = IncidentPlace(found[limit - 1].number) if len(found) > limit else None
            return IncidentPage(rows, total, end)

    def watches(self, at: datetime) -> tuple[Watch, ...]:
        """How every certificate stands under which items went, the latest first."""
        with self._database.reading() as connection:
            return standing(connection, at)

    def waiting(self, *, offset: int, limit: int, at: datetime, after: BlindPlace | None = None) -> BlindPage:
        """Items that wait for a blind check, the earliest due first; raises BadInputError."""
        if offset < 0 or not 1 <= limit <= LARGEST_PAGE:
            raise BadInputError(f"offset is 0 or more, limit 1 to {LARGEST_PAGE}")
        with self._database.reading() as connection:
            own = not_shared(connection)
            query = _rows().where(*own).order_by(watched.c.due_at, watched.c.item_id)
            query = query.offset(offset).limit(limit + 1)
            if after is not None:
                query = query.where(_behind(after))
            found = tuple(_row(row) for row in connection.execute(query))
            rows, last = found[:limit], found[limit - 1] if len(found) > limit else None
            scope = (*in_scope(watched.c.item_id), *own)
            count = select(func.count()).select_from(watched).where(*UNCHECKED, *scope)
            total = connection.execute(count).scalar_one()
            late = connection.execute(count.where(watched.c.due_at < at)).scalar_one()
            return BlindPage(rows, total, late, BlindPlace(last.due_at, last.id) if last else None)

    def unchecked(self, ids: Sequence[str]) -> frozenset[str]:
        """Which of these items were drawn and wait for their check, so that what the model said stays hidden."""
        with self._database.reading() as connection:
            return unchecked(connection, ids)

    def held_denials(self, ids: Sequence[str]) -> dict[str, HeldDenial]:
        """Which of these denied claims came of a payment that waits for its check, and what of them may be shown."""
        with self._database.reading() as connection:
            return held_denials(connection, ids)

    def blind_row(self, item_id: str) -> BlindRow:
        """An item that waits for a check; raises NotFoundError for one that was not drawn or has been checked.

        And for one with a candidate that is not the actor's (``serving.store.blind_scope``).
        """
        with self._database.reading() as connection:
            row = connection.execute(_rows().where(watched.c.item_id == item_id)).one_or_none()
            is_shared = bool(shared(connection, [item_id]))
        if row is None or is_shared:
            raise NotFoundError("no blind check is waiting for such an item")
        return _row(row)

    def check(self, item_id: str, given: BlindCheck, at: datetime) -> CheckOutcome:
        """Record a blind check, feed the detector, and revoke where it alarms.

        Raises NotFoundError for an item that was not drawn, ConflictError for one that was checked, BadInputError.
        """
        with self._database.writing() as connection:
            under = _under(connection, item_id)
            if not under.drawn or shared(connection, [item_id]):
                raise NotFoundError("no blind check is waiting for such an item")
            if is_there(connection, item_id, BLIND):
                raise ConflictError("the item was checked since you saw it", remedy="take the next one")
            if is_there(connection, item_id, ANSWER):
                raise ConflictError("the claim was judged by its answer since", remedy="take the next one")
            claims = _claims(connection, item_id)
            wrong, did, claim = judged(under.kind, given, claims)
            incident = count(
                connection,
                under,
                at,
                wrong=wrong,
                reviewer=given.reviewer,
                action=given.action,
                claim_reference=given.claim_reference,
                reason=given.reason,
            )
            outcome = CheckOutcome(item_id, wrong, did, claim, incident)
            settle(connection, at, status=200, answer=told(outcome))
            return outcome

    def late(self, item_id: str, given: LateVerdict, at: datetime) -> None:
        """Record what came out otherwise, beside the sample; the same again changes nothing.

        Raises NotFoundError for an item that did not go under a certificate, ConflictError where the same source has
        said the opposite.
        """
        with self._database.writing() as connection:
            under = _under(connection, item_id)
            said = is_there(connection, item_id, given.source)
            if said is not None:
                if said.wrong != given.wrong:
                    raise ConflictError("the same source has said otherwise of this item")
                return
            note(
                connection,
                under,
                at,
                wrong=given.wrong,
                reviewer=given.reviewer,
                source=given.source,
                reason=given.reason,
            )
            settle(connection, at, status=204)

    def take_answers(self, at: datetime, *, limit: int) -> AnswersTaken:
        """Judge released claims that are old enough by what their payers answered; at most so many."""
        with self._database.reading() as connection:
            if not answers_due(connection, at, limit=1):
                return AnswersTaken({}, ())
        with self._database.writing() as connection:
            return take_answers(connection, at, limit=limit)

    def look_ahead(self, at: datetime) -> tuple[Incident, ...]:
        """Revoke what the denials that are in of younger claims are enough to revoke; nothing while claims are due."""
        with self._database.reading() as connection:
            if answers_due(connection, at, limit=1):
                return ()
            ahead = alarms_ahead(connection, at)
        if not ahead:
            return ()
        with self._database.writing() as connection:
            found = [raise_ahead(connection, one, at) for one in ahead]
        return tuple(one for one in found if one is not None)


def _under(connection: Connection, item_id: str) -> Row[Any]:
    row = under_which(connection, item_id)
    query = select(items.c.purged_at).where(items.c.id == item_id, *in_scope())
    found = connection.execute(query).one_or_none()
    if row is None or found is None:
        raise NotFoundError("no such item went automatically under a certificate")
    check_there(found.purged_at)
    return row


def _claims(connection: Connection, item_id: str) -> list[str]:
    query = select(candidates.c.reference).where(candidates.c.item_id == item_id)
    return list(connection.execute(query.order_by(candidates.c.position)).scalars())


def _behind(place: BlindPlace) -> ColumnElement[bool]:
    later = watched.c.due_at > place.due_at
    return or_(later, and_(watched.c.due_at == place.due_at, watched.c.item_id > place.id))


def _rows() -> Any:
    columns = (items.c.id, items.c.kind, items.c.amount, items.c.payer_name, items.c.claim_id)
    return (
        select(*columns, items.c.received_at, watched.c.due_at)
        .join(items, items.c.id == watched.c.item_id)
        .where(*UNCHECKED, *in_scope())
    )


def _row(row: Row[Any]) -> BlindRow:
    return BlindRow(row.id, row.kind, row.amount, row.payer_name, row.claim_id, row.received_at, row.due_at)

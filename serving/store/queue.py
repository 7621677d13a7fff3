"""The queue's items: lists, one item, what comes next, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

import msgspec
from sqlalchemy import Connection, Row, func, insert, or_, select, update
from sqlalchemy.sql import ColumnElement

from features.errors import BadInputError, ConflictError, NotFoundError
from features.evidence import Reason
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from models.lanes import Lane
from serving.access.actor import current_actor
from serving.audit.chain import Entry
from serving.audit.entries import decision_entry
from serving.decisions import Proposal, check_open, settle
from serving.denied.records import DeniedClaim
from serving.intake import NewItem
from serving.invoices.records import VendorInvoice
from serving.items import (
    Decided,
    Decision,
    ItemFilter,
    ItemPage,
    ItemPlace,
    ItemRow,
    Move,
    Status,
    Versions,
    only_moved,
)
from serving.outbox.events import of_item
from serving.store.ageing import moves_of
from serving.store.audit import append, sent_by
from serving.store.claims import load
from serving.store.columns import storable
from serving.store.intake import add_items, known
from serving.store.monitor_postings import note_posting
from serving.store.ordering import ROW, first_in_order, place_of, row_of
from serving.store.outbox import tell
from serving.store.posting_batches import note_decided
from serving.store.purged import check_there
from serving.store.schema import about, candidates, decisions, files, items
from serving.store.scope import RECORD, in_scope, own_candidates

LARGEST_PAGE = 200


class StoredItem(msgspec.Struct, frozen=True):
    """An item as it was stored: what a detail is made of."""

    row: ItemRow
    low: float | None
    high: float | None
    reasons: tuple[Reason, ...]
    versions: Versions
    none_probability: float | None
    file_name: str
    record: Claim | ClaimPayment | Acknowledgment | Problem | DeniedClaim | VendorInvoice
    candidates: tuple[tuple[str, Claim, float], ...]
    decided: Decided | None
    moves: tuple[Move, ...] = ()


def page(
    connection: Connection,
    wanted: ItemFilter,
    *,
    offset: int,
    limit: int,
    at: datetime,
    after: ItemPlace | None = None,
) -> ItemPage:
    """Part of a list as it stands at a time; raises BadInputError for an offset or a limit out of range.

    With ``after`` what stands behind that place: a row that is there all the while and keeps its place is in one of the
    pages, and in one alone, whatever comes and goes meanwhile.
    """
    if offset < 0 or not 1 <= limit <= LARGEST_PAGE:
        raise BadInputError(f"offset is 0 or more, limit 1 to {LARGEST_PAGE}")
    day = after.day if after else at.date()
    query = select(*ROW).where(*_conditions(wanted))
    statuses = [wanted.status] if wanted.status else get_args(Status)
    most = offset + limit + 1
    found = first_in_order(connection, query, statuses, day, most=most, after=after)[offset:]
    rows = tuple(row_of(row, at) for row in found[:limit])
    end = place_of(found[limit - 1], day) if len(found) > limit else None
    lanes = _lanes(connection, wanted)
    total = lanes.get(wanted.lane, 0) if wanted.lane else sum(lanes.values())
    return ItemPage(rows=rows, total=total, lanes=lanes, end=end)


def names(connection: Connection) -> tuple[str, ...]:
    """The queues in which open items stand, of the actor's facilities where it has a limit."""
    query = select(items.c.queue).where(items.c.status == "open", items.c.queue.is_not(None), *in_scope())
    return tuple(connection.execute(query.distinct().order_by(items.c.queue)).scalars())


def is_queue(connection: Connection, name: str) -> bool:
    """Whether any item stands in a queue, or stood there when it was decided."""
    query = select(items.c.id).where(items.c.status.in_(get_args(Status)), items.c.queue == name, *in_scope())
    return connection.execute(query.limit(1)).first() is not None


def check_file(connection: Connection, file_id: str) -> None:
    """Raises NotFoundError for a file that was never taken.

    To an actor with a limit only its own are there: those that hold an item of its facilities, or that it sent itself.
    """
    actor, file_id = current_actor(), storable(file_id)
    query = select(files.c.id).where(files.c.id == file_id)
    if actor.facilities is not None:
        own = select(items.c.id).where(items.c.file_id == file_id, *in_scope())
        query = query.where(or_(own.exists(), sent_by(file_id, actor.name)))
    if connection.execute(query).first() is None:
        raise NotFoundError("there is no such file")


def get(connection: Connection, item_id: str, *, at: datetime) -> StoredItem:
    """One item with its candidates and what was decided; raises NotFoundError."""
    query = (
        select(items, files.c.name.label("file_name"))
        .join(files, files.c.id == items.c.file_id)
        .where(items.c.id == item_id, *in_scope())
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("there is no such item")
    check_there(row.purged_at)
    offered, hidden = own_candidates(_candidates(connection, item_id))
    stored = StoredItem(
        row=row_of(row._mapping, at),
        low=row.low,
        high=row.high,
        reasons=msgspec.json.decode(row.reasons, type=tuple[Reason, ...]),
        versions=Versions(row.model_version, row.policy_version, row.certificate),
        none_probability=_none(row.none_probability, hidden),
        file_name=row.file_name,
        record=RECORD.decode(row.record),
        candidates=tuple(offered),
        decided=_decided(connection, item_id) if row.status == "decided" else None,
        moves=moves_of(connection, item_id),
    )
    return _as_of(stored, at)


def _as_of(stored: StoredItem, at: datetime) -> StoredItem:
    """An open denied claim as it stands now: what has become too late since it came is proposed no more."""
    if not isinstance(stored.record, DeniedClaim) or stored.row.status != "open":
        return stored
    record = stored.record.on(at.date())
    best = record.best
    if best is None or best == stored.record.best:
        return msgspec.structs.replace(stored, record=record)
    row = msgspec.structs.replace(
        stored.row,
        confidence=best.probability,
        expected=best.expected,
        minutes=best.minutes,
        deadline=best.deadline,
    )
    return msgspec.structs.replace(stored, record=record, row=row, low=best.low, high=best.high)


def next_open(connection: Connection, wanted: ItemFilter, *, after: str, at: datetime) -> str | None:
    """The open item after another one in the list, or the first; None when none is left."""
    still = [*_conditions(msgspec.structs.replace(wanted, status="open")), items.c.id != after]
    query, day = select(*ROW).where(*still), at.date()
    named = (items.c.id == after, *in_scope())
    row = connection.execute(select(*ROW).where(*named)).mappings().one_or_none()
    for place in ([place_of(row, day)] if row else []) + [None]:
        found = first_in_order(connection, query, ["open"], day, most=1, after=place)
        if found:
            return str(found[0]["id"])
    return None


def decide(
    connection: Connection,
    item_id: str,
    decision: Decision,
    *,
    version: int,
    at: datetime,
    then: NewItem | None = None,
) -> None:
    """Record a decision; inside a writing transaction. The same one sent again changes nothing.

    A decision on a version that has only been moved since, as time passed, counts: what it is about is the same, and
    that somebody decides is what the move was for. ``item_version`` keeps which version the reviewer saw.

    ``then`` is the item that follows from it, put into the queue with it unless it is there already.

    Raises NotFoundError, ConflictError where the item has changed since, went automatically or was decided, and
    BadInputError where the decision does not fit the item, or overrides what it proposes and gives no reason.
    """
    row = connection.execute(select(items).where(items.c.id == item_id, *in_scope())).one_or_none()
    if row is None:
        raise NotFoundError("there is no such item")
    check_there(row.purged_at)
    if _is_recorded(connection, row, decision, version, at):
        return
    check_open(row.status)
    if not only_moved(moves_of(connection, item_id), version, row.version):
        raise ConflictError("the item has changed since you saw it", remedy="read it again and decide anew")
    claim = settle(_proposal(connection, row, at), decision)
    connection.execute(
        insert(decisions),
        {
            "item_id": item_id,
            "item_version": version,
            "action": decision.action,
            "claim_reference": claim,
            "reviewer": decision.reviewer,
            "reason": decision.reason,
            "decided_at": at,
            "model_version": row.model_version,
            "policy_version": row.policy_version,
            "certificate": row.certificate,
        },
    )
    changed = update(items).where(items.c.id == item_id).values(status="decided", version=row.version + 1)
    connection.execute(changed)
    if claim is not None:
        note_posting(connection, row, claim, decision.reviewer, at)
        note_decided(connection, row, claim, decision.reviewer, at)
    said = _entry(connection, row, decision, claim, version)
    if then and not known(connection, items.c.id, [then.id]):
        add_items(connection, [then], file_id=row.file_id, received_at=at, behind=[said])
    else:
        append(connection, [said])
    kind, action = row.kind, decision.action
    tell(connection, of_item("decided", item=item_id, kind=kind, version=row.version + 1, action=action))


def _entry(connection: Connection, item: Row[Any], decision: Decision, claim: str | None, seen: int) -> Entry:
    """Of the audit log; of an item as it was before."""
    return decision_entry(
        item.id,
        decision,
        claim=claim,
        was=(item.lane, item.status, item.version),
        seen=seen,
        versions=Versions(item.model_version, item.policy_version, item.certificate),
        key=bytes(connection.execute(select(about.c.id_key)).scalar_one()),
    )


def _is_recorded(
    connection: Connection, item: Row[Any], decision: Decision, version: int, at: datetime
) -> bool:
    """Whether this very decision stands as the item's last, so that its caller has only missed the answer."""
    if item.status != "decided":
        return False
    seen = decisions.c.item_version == version
    found = connection.execute(select(decisions.c.number).where(decisions.c.item_id == item.id, seen))
    recorded = _decided(connection, item.id)
    if recorded is None or found.one_or_none() is None:
        return False
    return recorded.decision == Decision(
        action=decision.action,
        reviewer=storable(decision.reviewer),
        claim_reference=settle(_proposal(connection, item, at), decision),
        reason=None if decision.reason is None else storable(decision.reason),
    )


def _proposal(connection: Connection, item: Row[Any], at: datetime) -> Proposal:
    offered, hidden = _offered(connection, item.id)
    record = RECORD.decode(item.record) if item.kind == "denied-claim" else None
    best = record.on(at.date()).best if isinstance(record, DeniedClaim) else None
    none = _none(item.none_probability, hidden)
    return Proposal(item.kind, item.confidence, offered, none, best.action if best else None)


def _offered(connection: Connection, item_id: str) -> tuple[tuple[tuple[str, float], ...], float]:
    """References and probabilities of the claims that the actor may choose among, and the probability of the rest."""
    if current_actor().facilities is not None:
        found, hidden = own_candidates(_candidates(connection, item_id))
        return tuple((reference, probability) for reference, _, probability in found), hidden
    query = (
        select(candidates.c.reference, candidates.c.probability)
        .where(candidates.c.item_id == item_id)
        .order_by(candidates.c.position)
    )
    return tuple((row.reference, row.probability) for row in connection.execute(query)), 0.0


def _none(probability: float | None, hidden: float) -> float | None:
    return (probability or 0.0) + hidden if hidden else probability


def _conditions(wanted: ItemFilter) -> list[ColumnElement[bool]]:
    pairs = (
        (items.c.lane, wanted.lane),
        (items.c.kind, wanted.kind),
        (items.c.status, wanted.status),
        (items.c.queue, wanted.queue),
        (items.c.file_id, wanted.file),
    )
    wanted_alone = (column == value for column, value in pairs if value is not None)
    return [*wanted_alone, items.c.purged_at.is_(None), *in_scope()]


def _lanes(connection: Connection, wanted: ItemFilter) -> dict[str, int]:
    every = _conditions(msgspec.structs.replace(wanted, lane=None))
    query = select(items.c.strictness, func.count()).where(*every).group_by(items.c.strictness)
    found = {int(strictness): int(number) for strictness, number in connection.execute(query)}
    return {lane.value: found.get(lane.strictness, 0) for lane in Lane}


def _candidates(connection: Connection, item_id: str) -> tuple[tuple[str, Claim, float], ...]:
    query = (
        select(candidates.c.reference, candidates.c.probability)
        .where(candidates.c.item_id == item_id)
        .order_by(candidates.c.position)
    )
    stored = connection.execute(query).all()
    records = load(connection, [row.reference for row in stored])
    return tuple((row.reference, records[row.reference], row.probability) for row in stored)


def _decided(connection: Connection, item_id: str) -> Decided | None:
    query = select(decisions).where(decisions.c.item_id == item_id).order_by(decisions.c.number.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    if row is None:
        return None
    decision = Decision(row.action, row.reviewer, row.claim_reference, row.reason)
    return Decided(decision=decision, decided_at=row.decided_at)

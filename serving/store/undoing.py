"""Decisions that were taken back: the item is open again, and what was posted of it is reversed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    insert,
    select,
    update,
)

from features.errors import BadInputError, ConflictError, NotFoundError
from serving.audit.chain import Entry, plain
from serving.audit.entries import said
from serving.outbox.events import of_item
from serving.store.audit import append
from serving.store.columns import PlainText, UtcTime
from serving.store.outbox import tell
from serving.store.posting_batches import note_undone
from serving.store.purged import check_there
from serving.store.schema import about, decisions, denied_claims, items, metadata, only_added
from serving.store.scope import RECORD, in_scope

undoings = Table(
    "undoings",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Column("item_version", Integer, nullable=False),  # that the reviewer saw
    Column("reviewer", PlainText, nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("undone_at", UtcTime, nullable=False),
    Column("action", String(24), nullable=False),  # that was taken back
    UniqueConstraint("item_id", "item_version"),
)
only_added(undoings, forgets="reason")


class Undoing(Struct, frozen=True):
    """That somebody takes a decision back, and why."""

    reviewer: str
    reason: str


def undo(connection: Connection, item_id: str, undoing: Undoing, *, version: int, at: datetime) -> None:
    """Take an item's decision back; inside a writing transaction.

    Raises NotFoundError, BadInputError, and ConflictError where the item is not decided, has changed since, or where a
    denied claim stands in the queue that came of the decision: that one was worked on, or may be.
    """
    row = connection.execute(select(items).where(items.c.id == item_id, *in_scope())).one_or_none()
    if row is None:
        raise NotFoundError("there is no such item")
    check_there(row.purged_at)
    for name in ("reviewer", "reason"):
        if not getattr(undoing, name).strip():
            raise BadInputError("who takes a decision back says so, and why", name)
    if row.status != "decided" or row.version != version:
        raise ConflictError(
            "the item is not decided, or has changed since you saw it", remedy="read it again"
        )
    last = _decision(connection, item_id)
    if last.claim_reference is not None and _is_followed(connection, row, last.claim_reference):
        raise ConflictError(
            "a denied claim stands in the queue that came of this decision", remedy="work that one"
        )
    made = {"reviewer": undoing.reviewer, "reason": undoing.reason, "undone_at": at, "action": last.action}
    connection.execute(insert(undoings), {"item_id": item_id, "item_version": version, **made})
    changed = {"status": "open", "version": version + 1, "next_look_at": at}
    connection.execute(update(items).where(items.c.id == item_id).values(changed))
    note_undone(connection, item_id, undoing.reviewer, at)
    key = bytes(connection.execute(select(about.c.id_key)).scalar_one())
    append(connection, [_entry(row, last, undoing, key)])
    kind, action = row.kind, last.action
    tell(connection, of_item("undone", item=item_id, kind=kind, version=version + 1, action=action))


def _decision(connection: Connection, item_id: str) -> Row[Any]:
    query = select(decisions).where(decisions.c.item_id == item_id).order_by(decisions.c.number.desc())
    return connection.execute(query.limit(1)).one()


def _is_followed(connection: Connection, item: Row[Any], reference: str) -> bool:
    query = (
        select(items.c.record)
        .join(denied_claims, denied_claims.c.item_id == items.c.id)
        .where(denied_claims.c.reference == reference)
    )
    records = (RECORD.decode(record) for record in connection.execute(query).scalars())
    return any(getattr(one, "payment_item", None) == item.id for one in records)


def _entry(item: Row[Any], last: Row[Any], undoing: Undoing, key: bytes) -> Entry:
    return Entry(
        "undo",
        item.id,
        before=plain(status="decided", version=item.version, action=last.action, claim=last.claim_reference),
        after=plain(
            status="open",
            version=item.version + 1,
            reviewer=undoing.reviewer,
            reason=said(undoing.reason, key),
        ),
        model=item.model_version,
        policy=item.policy_version,
        certificate=item.certificate,
    )

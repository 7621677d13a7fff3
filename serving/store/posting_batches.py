"""Postings in the order in which they came to be, and the batches in which they leave.

Both are only added, and numbered without a gap. A batch is what stands between two numbers, and the next one begins
behind it: so each posting is in one batch and in one alone, by the way that batches are made.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    func,
    insert,
    select,
)

from features.errors import NotFoundError
from features.x12.records import ClaimPayment
from serving.access.actor import SERVICE, current_actor
from serving.audit.chain import Entry as AuditEntry
from serving.audit.chain import plain
from serving.intake import NewItem
from serving.outbox.events import Event
from serving.postings.csv_file import csv_of
from serving.postings.entries import EXACT, posting_of, taken_back
from serving.postings.records import Batch, BatchHead, BatchLine, BatchPlace, ItemPosting, Posting
from serving.store.audit import append
from serving.store.claims import load
from serving.store.columns import Money, PlainText, UtcTime, storable
from serving.store.idempotency import settle
from serving.store.outbox import tell
from serving.store.part import Part
from serving.store.schema import items, metadata, only_added
from serving.store.scope import in_scope

MOST = 5000  # postings of one batch
NUMBER = BigInteger().with_variant(Integer, "sqlite")

postings = Table(
    "postings",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),  # from 1, without a gap
    Column("item_id", String(24), nullable=False, index=True),
    Column("reverses", ForeignKey("postings.number"), unique=True),  # what it takes back; once at most
    Column("made_at", UtcTime, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),  # JSON, ``Posting``
)
only_added(postings)

posting_batches = Table(
    "posting_batches",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),  # from 1, without a gap
    Column("id", PlainText(24), nullable=False, unique=True),
    Column("first", NUMBER, nullable=False, unique=True),  # its postings, from this number
    Column("last", NUMBER, nullable=False, unique=True),  # to this one
    Column("closed_at", UtcTime, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("debits", Money, nullable=False),
    Column("credits", Money, nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256 of its CSV
)
only_added(posting_batches)


class UnbalancedError(Exception):
    """The debits of a batch are not its credits: a fault of ours, for every posting is made of pairs."""


def note_automatic(connection: Connection, new: Sequence[NewItem], at: datetime) -> None:
    """Note the postings of payments that went automatically; inside the transaction that queues them."""
    going = [
        (one.id, one.record, one.scored.proposed)
        for one in new
        if one.scored.lane == "auto" and one.scored.proposed and isinstance(one.record, ClaimPayment)
    ]
    if going:
        known = load(connection, sorted({reference for *_, reference in going}))
        made = (posting_of(*one, known[one[2]]) for one in going)
        _add(connection, [(one, None) for one in made if one], SERVICE.name, at)


def note_decided(connection: Connection, item: Row[Any], reference: str, reviewer: str, at: datetime) -> None:
    """Note the posting that a person's decision makes; inside the transaction of the decision."""
    payment = PAYMENT.decode(item.record)
    made = posting_of(item.id, payment, reference, load(connection, [reference])[reference])
    if made:
        _add(connection, [(made, None)], reviewer, at)


def note_undone(connection: Connection, item_id: str, reviewer: str, at: datetime) -> None:
    """Note the reversal of what stands posted of an item, if anything does; inside the transaction of the undoing."""
    back = postings.alias("back")
    query = (
        select(postings)
        .join(back, back.c.reverses == postings.c.number, isouter=True)
        .where(postings.c.item_id == item_id, postings.c.reverses.is_(None), back.c.number.is_(None))
    )
    made = [
        (msgspec.structs.replace(one, entries=taken_back(one.entries)), row.number)
        for row in connection.execute(query)
        for one in [POSTING.decode(row.record)]
    ]
    _add(connection, made, reviewer, at)


def _add(connection: Connection, made: Sequence[tuple[Posting, int | None]], by: str, at: datetime) -> None:
    last = connection.execute(select(func.max(postings.c.number))).scalar() or 0
    rows = [
        {
            "number": number,
            "item_id": posting.item,
            "reverses": reverses,
            "made_at": at,
            "made_by": storable(by),
            "record": msgspec.json.encode(posting),
        }
        for number, (posting, reverses) in enumerate(made, start=last + 1)
    ]
    if rows:
        connection.execute(insert(postings), rows)


class PostingBatches(Part):
    """Postings, and the batches that carry them to the books."""

    def close(self, at: datetime, *, most: int = MOST) -> BatchHead | None:
        """Close a batch over the postings that wait, the oldest first and so many at most; None where none waits."""
        with self._database.writing() as connection:
            last = connection.execute(select(func.max(posting_batches.c.last))).scalar() or 0
            number = connection.execute(select(func.max(posting_batches.c.number))).scalar() or 0
            rows = _rows(connection, last + 1, last + most)
            if not rows:
                return None
            lines = tuple(_lines(rows))
            head = _head(lines, rows, number + 1, at)
            values = {name: getattr(head, name) for name in STORED}
            values |= {"first": rows[0].number, "last": rows[-1].number}
            connection.execute(insert(posting_batches), values)
            said = plain(did="closed", number=head.number, postings=head.postings, sha256=head.digest)
            append(connection, [AuditEntry("batch", head.id, after=said)])
            counts = {"number": head.number, "postings": head.postings, "lines": head.lines}
            tell(connection, Event("clearlane.posting.batch.closed", head.id, {"batch": head.id, **counts}))
            settle(connection, at, status=201, answer=head)
            return head

    def waiting(self) -> int:
        """How many postings are in no batch yet."""
        with self._database.reading() as connection:
            made = connection.execute(select(func.max(postings.c.number))).scalar() or 0
            gone = connection.execute(select(func.max(posting_batches.c.last))).scalar() or 0
            return int(made) - int(gone)

    def of_item(self, item_id: str) -> tuple[ItemPosting, ...]:
        """What was posted of an item and taken back again, oldest first; empty for an item not the actor's."""
        left = postings.c.number.between(posting_batches.c.first, posting_batches.c.last)
        query = (
            select(
                postings.c.number,
                postings.c.reverses,
                postings.c.made_at,
                postings.c.made_by,
                posting_batches.c.number.label("batch"),
                posting_batches.c.id.label("batch_id"),
                posting_batches.c.closed_at,
            )
            .join(items, items.c.id == postings.c.item_id)
            .join(posting_batches, left, isouter=True)
            .where(postings.c.item_id == item_id, *in_scope())
            .order_by(postings.c.number)
        )
        with self._database.reading() as connection:
            return tuple(
                ItemPosting(
                    row.number,
                    "posting" if row.reverses is None else "reversal",
                    row.made_at,
                    row.made_by,
                    row.batch,
                    row.batch_id,
                    row.closed_at,
                )
                for row in connection.execute(query)
            )

    def page(
        self, *, limit: int, after: BatchPlace | None
    ) -> tuple[tuple[BatchHead, ...], BatchPlace | None]:
        """Part of the list, the latest first, and where it ends if more stands behind."""
        query = select(posting_batches).order_by(posting_batches.c.number.desc()).limit(limit + 1)
        if after is not None:
            query = query.where(posting_batches.c.number < after.number)
        with self._database.reading() as connection:
            found = connection.execute(query).all()
        end = BatchPlace(found[limit - 1].number) if len(found) > limit else None
        return tuple(_stored_head(row) for row in found[:limit]), end

    def get(self, batch_id: str) -> Batch:
        """One batch with its lines; raises NotFoundError. The audit log tells that it was shown."""
        query = select(posting_batches).where(posting_batches.c.id == batch_id)
        with self._database.writing() as connection:  # for the entry alone: writers take turns
            row = connection.execute(query).one_or_none()
            if row is None:
                raise NotFoundError("there is no such batch")
            append(connection, [AuditEntry("view", row.id)])
        with self._database.reading() as connection:
            rows = _rows(connection, row.first, row.last)
        return Batch(_stored_head(row), tuple(_lines(rows)))


def _rows(connection: Connection, first: int, last: int) -> Sequence[Row[Any]]:
    query = select(postings).where(postings.c.number.between(first, last))
    return connection.execute(query.order_by(postings.c.number)).all()


def _lines(rows: Sequence[Row[Any]]) -> Iterator[BatchLine]:
    number = 0
    for row in rows:
        posting = POSTING.decode(row.record)
        for entry in posting.entries:
            number += 1
            yield BatchLine(
                line=number,
                posting=row.number,
                sort="posting" if row.reverses is None else "reversal",
                reverses=row.reverses,
                account=entry.account,
                debit=entry.debit,
                credit=entry.credit,
                reason=entry.reason,
                claim_id=posting.claim_id,
                claim_reference=posting.claim_reference,
                facility=posting.facility,
                payer_id=posting.payer_id,
                payer_claim_number=posting.payer_claim_number,
                trace_number=posting.trace_number,
                payment_date=posting.payment_date,
                item=posting.item,
                posted_at=row.made_at,
                posted_by=row.made_by,
            )


def _head(lines: Sequence[BatchLine], rows: Sequence[Row[Any]], number: int, at: datetime) -> BatchHead:
    debits = reduce(EXACT.add, (one.debit for one in lines), Decimal(0))
    credited = reduce(EXACT.add, (one.credit for one in lines), Decimal(0))
    if debits != credited:
        raise UnbalancedError
    return BatchHead(
        id=secrets.token_hex(12),
        number=number,
        closed_at=at,
        closed_by=storable(current_actor().name),
        postings=len(rows),
        lines=len(lines),
        debits=debits,
        credits=credited,
        digest=hashlib.sha256(csv_of(number, lines)).hexdigest(),
    )


def _stored_head(row: Row[Any]) -> BatchHead:
    return BatchHead(postings=row.last - row.first + 1, **{name: getattr(row, name) for name in STORED})


STORED = tuple(name for name in BatchHead.__struct_fields__ if name != "postings")
PAYMENT = msgspec.json.Decoder(ClaimPayment)
POSTING = msgspec.json.Decoder(Posting)

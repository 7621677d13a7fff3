"""Storing a file in one transaction, and what has to be known of the store before that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context
from datetime import datetime
from functools import cache
from itertools import chain, islice
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Table, bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from models.lanes import Lane
from serving.audit.chain import Entry
from serving.audit.entries import file_entry, score_entry
from serving.deadlines import queue_of
from serving.intake import Counts, Intake, NewItem, Receipt
from serving.store.audit import append
from serving.store.chunks import chunks
from serving.store.denials import denial_rows
from serving.store.patients import patient_row
from serving.store.payments import item_ids, payment_key_rows
from serving.store.posting_batches import note_automatic
from serving.store.purchasing import check_own_purchases, last_number, rows
from serving.store.replay_tables import score_inputs
from serving.store.schema import (
    about,
    candidates,
    claim_keys,
    claims,
    denied_claims,
    files,
    items,
    patients,
    payment_keys,
    purchasing,
    remittances,
)
from serving.store.scope import check_own, facility_rows, item_facilities
from serving.store.watching import is_revoked, watch_items
from serving.worth import worth

OF_DIGEST = select(files.c.id, files.c.counts).where(files.c.digest == bindparam("digest"))


class StaleViewError(Exception):
    """Another file, or an alarm of the monitor, came between looking and storing; look again."""


def receipt(connection: Connection, digest: str) -> Receipt | None:
    """The receipt of the same bytes, where they were taken before."""
    row = connection.execute(OF_DIGEST, {"digest": digest}).one_or_none()
    if row is None:
        return None
    return Receipt(file=row.id, already_taken=True, counts=msgspec.json.decode(row.counts, type=Counts))


def known(connection: Connection, column: ColumnElement[Any], values: Sequence[str]) -> frozenset[str]:
    """Which of the values the column holds."""
    found: set[str] = set()
    for part in chunks(values):
        found.update(connection.execute(_among(column), {"values": part}).scalars())
    return frozenset(found)


@cache
def _among(column: ColumnElement[Any]) -> Select[Any]:
    """Those of the values that a column holds; written once, for to write it takes as long as to answer it."""
    return select(column).where(column.in_(bindparam("values", expanding=True))).distinct()


def store(connection: Connection, intake: Intake) -> Receipt:
    """Keep a file; inside a writing transaction. Bytes that were taken before change nothing.

    Raises StaleViewError where a record or a payment of it has been stored by another file since it was looked for,
    and OtherFacilityError where it holds something of a facility that is not the actor's.
    """
    _check_facilities(connection, intake)
    before = receipt(connection, intake.digest)
    if before:
        return before
    _check_views(connection, [intake])
    (entries,) = _write(connection, [intake])
    append(connection, entries)
    return Receipt(file=intake.file_id, already_taken=False, counts=intake.counts)


def store_together(connection: Connection, sent: Sequence[tuple[Intake, Context]]) -> list[Receipt]:
    """The same for several that were looked at together, each in the context of its sender: a statement a table.

    Raises what ``store`` raises for any of them, and StaleViewError where one was taken before or two hold the same.
    """
    intakes = [intake for intake, _ in sent]
    for intake, context in sent:
        context.run(_check_facilities, connection, intake)
    if _share(intakes) or known(connection, files.c.digest, [intake.digest for intake in intakes]):
        raise StaleViewError
    _check_views(connection, intakes)
    for entries, (_, context) in zip(_write(connection, intakes), sent, strict=True):
        context.run(append, connection, entries)
    return [Receipt(file=intake.file_id, already_taken=False, counts=intake.counts) for intake in intakes]


def add_items(
    connection: Connection,
    new: Sequence[NewItem],
    *,
    file_id: str,
    received_at: datetime,
    behind: Sequence[Entry] = (),
) -> None:
    """Put items into the queue, with what they are found by; their claims and their file are there already.

    Each has its entry in the audit log, ``behind`` those of what led to them.
    """
    append(connection, [*behind, *_put(connection, [(one, file_id) for one in new], received_at)])


def _write(connection: Connection, intakes: Sequence[Intake]) -> list[list[Entry]]:
    """All rows of files; the entries of each for the log. They came at one time."""
    if not intakes:
        return []
    connection.execute(insert(files), [_file_row(intake) for intake in intakes])
    new = [(intake, one) for intake in intakes for one in intake.claims]
    _insert(connection, claims, [_claim_row(*each) for each in new])
    keys = [{"key": key, "reference": one.reference} for _, one in new for key in one.keys]
    _insert(connection, claim_keys, keys)
    _insert(connection, patients, [patient_row(one.reference, one.claim) for _, one in new])
    _insert(connection, purchasing, [row for intake in intakes for row in rows(intake)])
    queued = [(one, intake.file_id) for intake in intakes for one in intake.items]
    scores = iter(_put(connection, queued, intakes[0].received_at))
    sent = [{"key": key, "file_id": intake.file_id} for intake in intakes for key in intake.remittances]
    _insert(connection, remittances, sent)
    return [[file_entry(intake), *islice(scores, len(intake.items))] for intake in intakes]


def _put(connection: Connection, queued: Sequence[tuple[NewItem, str]], received_at: datetime) -> list[Entry]:
    """The rows of items, each given with its file; their entries for the log."""
    new = [one for one, _ in queued]
    item_rows = [_item_row(one, file_id, received_at) for one, file_id in queued]
    _insert(connection, items, item_rows)
    kept = [{"item_id": one.id, "body": one.given} for one in new if one.given]
    _insert(connection, score_inputs, kept)
    _insert(connection, payment_keys, [row for one in new for row in payment_key_rows(one.id, one.record)])
    with _seen_since():
        _insert(connection, candidates, [row for one in new for row in _candidate_rows(one)])
        _insert(connection, denied_claims, [row for one in new for row in denial_rows(one.id, one.record)])
    _insert(connection, item_facilities, facility_rows((one.id, one.record) for one in new))
    watch_items(connection, new, received_at)
    note_automatic(connection, new, received_at)
    key = bytes(connection.execute(select(about.c.id_key)).scalar_one())
    return [
        score_entry(one, row["record"], key, file_id)
        for (one, file_id), row in zip(queued, item_rows, strict=True)
    ]


@contextmanager
def _seen_since() -> Iterator[None]:
    """A claim that was purged since it was looked at is a stale view: the whole transaction is begun anew."""
    try:
        yield
    except IntegrityError:
        raise StaleViewError from None


def _check_facilities(connection: Connection, intake: Intake) -> None:
    check_own((*(new.claim for new in intake.claims), *(new.record for new in intake.items)))
    check_own_purchases(connection, intake.purchases)


def _check_views(connection: Connection, intakes: Sequence[Intake]) -> None:
    """Raises StaleViewError where the store knows more by now than was seen of it, or allows less to go unseen."""
    repeated = frozenset(chain(*(intake.repeated for intake in intakes)))
    stale = (
        known(connection, claims.c.reference, list(chain(*map(_references, intakes))))
        or known(connection, items.c.id, list(chain(*map(_ids, intakes))))
        or known(connection, items.c.business_key, list(chain(*map(_keys, intakes)))) - repeated
        or known(connection, remittances.c.key, [key for intake in intakes for key in intake.remittances])
        or any(item_ids(connection, intake.sought) != intake.originals for intake in intakes)
        or any(intake.purchases and last_number(connection) != intake.purchasing_number for intake in intakes)
        or any(is_revoked(connection, intake.items, intake.received_at) for intake in intakes)
    )
    if stale:
        raise StaleViewError


def _share(intakes: Sequence[Intake]) -> bool:
    """Whether two of the files hold the same claim, item, payment or remittance, or one seeks what another may hold."""
    if len(intakes) > 1 and any(intake.sought for intake in intakes):
        return True
    for part in (_digests, _references, _ids, _keys, _remittances):
        held = [set(part(intake)) for intake in intakes]
        if len(set().union(*held)) < sum(map(len, held)):
            return True
    return False


def _digests(intake: Intake) -> Iterable[str]:
    return (intake.digest,)


def _references(intake: Intake) -> Iterable[str]:
    return (new.reference for new in intake.claims)


def _ids(intake: Intake) -> Iterable[str]:
    return (item.id for item in intake.items)


def _keys(intake: Intake) -> Iterable[str]:
    return (item.business_key for item in intake.items if item.business_key)


def _remittances(intake: Intake) -> Iterable[str]:
    return intake.remittances


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _file_row(intake: Intake) -> dict[str, Any]:
    return {
        "id": intake.file_id,
        "digest": intake.digest,
        "name": intake.name,
        "taken_at": intake.received_at,
        "counts": msgspec.json.encode(intake.counts).decode(),
    }


def _claim_row(intake: Intake, new: Any) -> dict[str, Any]:
    return {
        "reference": new.reference,
        "file_id": intake.file_id,
        "claim_id": new.claim.claim_id,
        "payer_id": new.claim.payer_id,
        "record": msgspec.json.encode(new.claim),
    }


def _item_row(new: NewItem, file_id: str, received_at: datetime) -> dict[str, Any]:
    scored, record, routed = new.scored, new.record, new.scored.routed
    found = worth(record, scored, new.due_at)
    return {
        "id": new.id,
        "kind": scored.kind,
        "lane": scored.lane,
        "strictness": Lane(scored.lane).strictness,
        "status": "automatic" if scored.lane == "auto" else "open",
        "confidence": scored.confidence,
        "low": scored.low,
        "high": scored.high,
        "amount": scored.amount,
        "size": float(scored.amount or 0),
        "payer_name": getattr(record, "payer_name", None),
        "claim_id": getattr(record, "claim_id", None),
        "received_at": received_at,
        "due_at": new.due_at,
        "version": 1,
        "file_id": file_id,
        "business_key": new.business_key,
        "record": msgspec.json.encode(record),
        "reasons": msgspec.json.encode(scored.reasons).decode(),
        "none_probability": scored.none_probability,
        "margin": scored.margin,
        "model_version": scored.versions.model,
        "policy_version": scored.versions.policy,
        "certificate": scored.versions.certificate,
        "expected": found.expected,
        "minutes": found.minutes,
        "deadline": found.deadline,
        "lapses": found.lapses,
        "queue": routed.queue if routed else queue_of(scored.kind, scored.lane),
        "role": routed.role if routed else None,
        "escalate_to": routed.escalate_to if routed else None,
        "rank": found.rank,
        "routing": msgspec.json.encode(scored.routing).decode() if scored.routing else None,
        "next_look_at": received_at,  # at the first round, which finds the policy's bounds
    }


def _candidate_rows(new: NewItem) -> Iterator[dict[str, Any]]:
    for position, (reference, probability) in enumerate(new.scored.candidates):
        yield {
            "item_id": new.id,
            "position": position,
            "reference": reference,
            "probability": probability,
        }

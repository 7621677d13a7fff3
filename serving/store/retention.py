"""Which items and claims may be purged: those that are over, older than the limit, and needed by nothing else.

An item is over when it went automatically or was decided, its blind check is in, the claim's answer was asked for, and
no day is ahead until which something may still be done about it. What an item that is not over refers to stays whole:
the payments that were posted to its claims are part of what its reviewer sees.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.sql import ColumnElement

from serving.monitor.answers import KIND
from serving.monitor.records import ANSWER
from serving.store.blinding import IS_SHOWN
from serving.store.chunks import chunks
from serving.store.monitor_tables import checks, watched
from serving.store.schema import candidates, claims, decisions, denied_claims, files, items

_ANSWERED = (
    select(checks.c.number).where(checks.c.item_id == watched.c.item_id, checks.c.source == ANSWER).exists()
)
_IS_ASKED = (
    ~select(watched.c.item_id)
    .where(watched.c.item_id == items.c.id, watched.c.kind == KIND, ~_ANSWERED)
    .correlate(items)
    .exists()
)
IS_OVER: ColumnElement[bool] = and_(items.c.status.in_(("automatic", "decided")), IS_SHOWN, _IS_ASKED)
"""That nobody and nothing waits for an item any more; deadlines aside."""


def over_since(
    connection: Connection, before: datetime, at: datetime, *, kind: str | None, behind: str, limit: int
) -> list[str]:
    """The next items, by id, that came and were last decided ``before`` a moment and are over ``at`` another."""
    query = select(items.c.id).where(items.c.id > behind, *_are_over(before, at))
    query = query if kind is None else query.where(items.c.kind == kind)
    return list(connection.execute(query.order_by(items.c.id).limit(limit)).scalars())


def still_over(connection: Connection, ids: Sequence[str], before: datetime, at: datetime) -> list[str]:
    """Those of the items that are so now: a decision may have been taken back, or made anew."""
    found: set[str] = set()
    for part in chunks(ids):
        query = select(items.c.id).where(items.c.id.in_(part), *_are_over(before, at))
        found.update(connection.execute(query).scalars())
    return [name for name in ids if name in found]


def _are_over(before: datetime, at: datetime) -> tuple[ColumnElement[bool], ...]:
    lately = select(decisions.c.number).where(
        decisions.c.item_id == items.c.id, decisions.c.decided_at >= before
    )
    passed = (or_(day.is_(None), day < at.date()) for day in (items.c.deadline, items.c.lapses))
    return items.c.purged_at.is_(None), items.c.received_at < before, ~lately.exists(), IS_OVER, *passed


def not_needed(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Those of the items with none of whose claims anything is concerned that is not over."""
    own = _claims_of(connection, ids)
    needed = _needed(connection, sorted({reference for found in own.values() for reference in found}))
    return [name for name in ids if not own[name] & needed]


def kinds_of(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    """How many of the items that hold their data there are of each kind."""
    found: Counter[str] = Counter()
    for part in chunks(ids):
        query = select(items.c.kind, func.count()).where(items.c.id.in_(part), items.c.purged_at.is_(None))
        for kind, count in connection.execute(query.group_by(items.c.kind)):
            found[kind] += count
    return found


def old_claims(connection: Connection, before: datetime, *, behind: str, limit: int) -> list[str]:
    """The next claims, by reference, whose files came before a moment."""
    query = (
        select(claims.c.reference)
        .join(files, files.c.id == claims.c.file_id)
        .where(claims.c.reference > behind, files.c.taken_at < before)
    )
    return list(connection.execute(query.order_by(claims.c.reference).limit(limit)).scalars())


def unused(connection: Connection, references: Sequence[str], but: Collection[str] = ()) -> list[str]:
    """Those of the claims to which no item refers that holds its data, the items of ``but`` aside."""
    using: set[str] = set()
    for part in chunks(references):
        for reference, item in _users(connection, part):
            if item not in but:
                using.add(reference)
    return [reference for reference in references if reference not in using]


def named_files(connection: Connection, before: datetime) -> list[str]:
    """The files that came before a moment, of which nothing is kept any more but the name."""
    whole = select(items.c.file_id).where(items.c.purged_at.is_(None))
    query = select(files.c.id).where(
        files.c.name != "",
        files.c.taken_at < before,
        files.c.id.not_in(whole),
        files.c.id.not_in(select(claims.c.file_id)),
    )
    return list(connection.execute(query.order_by(files.c.id)).scalars())


def emptied_files(
    connection: Connection, before: datetime, items_gone: Collection[str], claims_gone: Collection[str]
) -> list[str]:
    """What ``named_files`` would give once these items and claims were purged."""
    old = (files.c.name != "", files.c.taken_at < before)
    query = select(files.c.id).where(*old).order_by(files.c.id)
    named = list(connection.execute(query).scalars())
    kept: set[str] = set()
    for part in chunks(named):
        for key, file, gone, more in (
            (items.c.id, items.c.file_id, items_gone, (items.c.purged_at.is_(None),)),
            (claims.c.reference, claims.c.file_id, claims_gone, ()),
        ):
            rows = connection.execute(select(key, file).where(file.in_(part), *more))
            kept.update(of for name, of in rows if name not in gone)
    return [name for name in named if name not in kept]


def _claims_of(connection: Connection, ids: Sequence[str]) -> defaultdict[str, set[str]]:
    """The claims that items are about: their own, those posted to, and those denied."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for part in chunks(ids):
        for name in part:
            found[name].add(name)  # the item of a claim has the claim's reference
        for query in (
            select(candidates.c.item_id, candidates.c.reference).where(
                candidates.c.item_id.in_(part), candidates.c.position == 0
            ),
            select(denied_claims.c.item_id, denied_claims.c.reference).where(
                denied_claims.c.item_id.in_(part)
            ),
            select(decisions.c.item_id, decisions.c.claim_reference).where(
                decisions.c.item_id.in_(part), decisions.c.claim_reference.is_not(None)
            ),
        ):
            for item, reference in connection.execute(query):
                found[item].add(reference)
    return found


def _needed(connection: Connection, references: Sequence[str]) -> set[str]:
    """Which of the claims items are about, or may be about, that are not over."""
    found: set[str] = set()
    for part in chunks(references):
        for query in (
            select(items.c.id).where(items.c.id.in_(part)),
            select(candidates.c.reference)
            .join(items, items.c.id == candidates.c.item_id)
            .where(candidates.c.reference.in_(part)),
            select(denied_claims.c.reference)
            .join(items, items.c.id == denied_claims.c.item_id)
            .where(denied_claims.c.reference.in_(part)),
        ):
            found.update(connection.execute(query.where(~IS_OVER)).scalars())
    return found


def _users(connection: Connection, part: Sequence[str]) -> list[Any]:
    """Claims with items that refer to them and are whole."""
    rows: list[Any] = []
    for column, item in (
        (items.c.id, items.c.id),
        (candidates.c.reference, candidates.c.item_id),
        (denied_claims.c.reference, denied_claims.c.item_id),
        (decisions.c.claim_reference, decisions.c.item_id),
    ):
        query = select(column, items.c.id).where(column.in_(part), items.c.purged_at.is_(None))
        rows += connection.execute(query if item is items.c.id else query.where(items.c.id == item))
    return rows

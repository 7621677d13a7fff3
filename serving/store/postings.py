"""What has been posted to stored claims: automatically, or by a person's decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, func, select
from sqlalchemy.sql import ColumnElement

from features.match_history import Earlier
from features.x12.records import ClaimPayment
from serving.parts import in_parts
from serving.store.schema import candidates, decisions, items

AT_ONCE = 400  # references in one IN (...)
LATER = decisions.alias("later")
STATUS = items.c.status.concat("")
"""So that no index of it is taken: SQLite would read every item of a status rather than the few of some claims."""


def posted_to(
    connection: Connection, references: Sequence[str], *, before: datetime | None = None
) -> dict[str, tuple[Earlier, ...]]:
    """What was posted to each claim, oldest first; claims that nothing was posted to are left out.

    With ``before``, as it was known then.
    """
    found: defaultdict[str, list[tuple[datetime, str, Earlier]]] = defaultdict(list)
    for part in in_parts(references, AT_ONCE):
        for query in (_automatic(part, before), _decided(part, before)):
            for row in connection.execute(query):
                found[row.reference].append((row.at, row.id, Earlier.of(DECODER.decode(row.record))))
    return {
        reference: tuple(earlier for *_, earlier in sorted(posted, key=lambda one: one[:2]))
        for reference, posted in found.items()
    }


def payments_posted_to(
    connection: Connection, references: Sequence[str], *conditions: ColumnElement[bool]
) -> defaultdict[str, list[ClaimPayment]]:
    """The payments themselves, by claim; with conditions on their items those that fulfil them."""
    found: defaultdict[str, list[ClaimPayment]] = defaultdict(list)
    for part in in_parts(references, AT_ONCE):
        for query in (_automatic(part, None), _decided(part, None)):
            for row in connection.execute(query.where(items.c.kind == "remittance-match", *conditions)):
                found[row.reference].append(DECODER.decode(row.record))
    return found


def answered_since(connection: Connection, day: date | None) -> list[str]:
    """The claims that a payment has been posted to which was taken in on or after a day; all without one."""
    automatic = (
        select(candidates.c.reference)
        .join(items, items.c.id == candidates.c.item_id)
        .where(candidates.c.position == 0, items.c.status == "automatic")
    )
    decided = (
        select(decisions.c.claim_reference)
        .select_from(decisions)
        .join(items, LAST_WORD)
        .where(decisions.c.claim_reference.is_not(None))
    )
    since = datetime.combine(day, time.min, tzinfo=UTC) if day else None
    found: set[str] = set()
    for query in (automatic, decided):
        wanted = query.where(items.c.kind == "remittance-match")
        found.update(
            connection.execute(
                wanted if since is None else wanted.where(items.c.received_at >= since)
            ).scalars()
        )
    return sorted(found)


def _automatic(
    references: Sequence[str], before: datetime | None
) -> Select[tuple[str, datetime, str, bytes]]:
    """Payments that went without a look go to their first candidate."""
    query = (
        select(candidates.c.reference, items.c.received_at.label("at"), items.c.id, items.c.record)
        .join(items, items.c.id == candidates.c.item_id)
        .where(candidates.c.reference.in_(references), candidates.c.position == 0, STATUS == "automatic")
    )
    return query if before is None else query.where(items.c.received_at < before)


def _decided(references: Sequence[str], before: datetime | None) -> Select[Any]:
    """What a person posted; of an item that was decided twice the last word counts."""
    query = (
        select(
            decisions.c.claim_reference.label("reference"),
            decisions.c.decided_at.label("at"),
            items.c.id,
            items.c.record,
        )
        .select_from(decisions)
        .join(items, LAST_WORD)
        .where(
            decisions.c.claim_reference.in_(references),
            items.c.kind == "remittance-match",
            items.c.purged_at.is_(None),
        )
    )
    return query if before is None else query.where(decisions.c.decided_at < before)


LAST_WORD = and_(
    items.c.id == decisions.c.item_id,
    STATUS == "decided",
    decisions.c.number
    == select(func.max(LATER.c.number))
    .where(LATER.c.item_id == items.c.id)
    .correlate(items)
    .scalar_subquery(),
)
"""Of an item that was decided twice the last decision, and none of one that is open again.

An item that was moved between being seen and being decided has a version of its own in between: versions do not tell.
"""

DECODER = msgspec.json.Decoder(ClaimPayment)

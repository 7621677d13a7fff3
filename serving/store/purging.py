"""Removing patients' data: what goes, what stays, and that the log says so in the same transaction.

Of an item its ids, lane, versions, times and verdicts stay, and that it was decided, by whom and when; what it was
about goes, and with it what people wrote. Its id stays known, so the same record sent again makes no second item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, update

from serving.store import retention
from serving.store.access import access_sessions
from serving.store.chunks import chunks
from serving.store.idempotency import idempotency_keys
from serving.store.jobs import KEPT, jobs
from serving.store.monitor_tables import checks
from serving.store.replay_tables import score_inputs
from serving.store.schema import (
    candidates,
    claim_keys,
    claims,
    decisions,
    denied_claims,
    files,
    items,
    patients,
    payment_keys,
)
from serving.store.shadow_tables import shadow_scores
from serving.store.undoing import undoings

EMPTY: dict[str, Any] = {
    "record": b"",
    "reasons": "[]",
    "payer_name": None,
    "claim_id": None,
    "amount": None,
    "size": 0.0,
    "expected": None,
    "deadline": None,
    "lapses": None,
    "routing": None,
    "next_look_at": None,
}
"""What an item holds when it was purged."""


def purge_items(connection: Connection, ids: Sequence[str], before: datetime, at: datetime) -> Counter[str]:
    """Remove what items hold; inside a writing transaction. Those that somebody needs by now stay.

    How many by kind.
    """
    names = retention.not_needed(connection, retention.still_over(connection, ids, before, at))
    found = Counter(retention.kinds_of(connection, names))
    for part in chunks(names):
        connection.execute(update(items).where(items.c.id.in_(part)).values(**EMPTY, purged_at=at))
        for table in (candidates, score_inputs, payment_keys, denied_claims, shadow_scores):
            connection.execute(delete(table).where(table.c.item_id.in_(part)))
        for table in (decisions, checks):
            written = (table.c.item_id.in_(part), table.c.reason.is_not(None))
            connection.execute(update(table).where(*written).values(reason=None))
        said = (undoings.c.item_id.in_(part), undoings.c.reason != "")
        connection.execute(update(undoings).where(*said).values(reason=""))
    return found


def purge_claims(connection: Connection, references: Sequence[str]) -> int:
    """Remove claims to which no item refers; inside a writing transaction. How many."""
    removed = 0
    for part in chunks(retention.unused(connection, references)):
        for table in (claim_keys, patients):
            connection.execute(delete(table).where(table.c.reference.in_(part)))
        removed += connection.execute(delete(claims).where(claims.c.reference.in_(part))).rowcount
    return removed


def forget_names(connection: Connection, ids: Sequence[str]) -> int:
    """Remove the names of files of which nothing else is kept; how many."""
    named = files.c.name != ""
    return sum(
        connection.execute(update(files).where(files.c.id.in_(part), named).values(name="")).rowcount
        for part in chunks(ids)
    )


def end_what_is_over(connection: Connection, at: datetime, sessions_before: datetime) -> tuple[int, int, int]:
    """Remove answers to requests and jobs that are kept no longer, and ended sessions; how many of each."""
    old = connection.execute(delete(jobs).where(jobs.c.finished_at < at - KEPT)).rowcount
    answers = connection.execute(delete(idempotency_keys).where(idempotency_keys.c.until < at)).rowcount
    ended = access_sessions.c.made_at < sessions_before
    return answers, old, connection.execute(delete(access_sessions).where(ended)).rowcount

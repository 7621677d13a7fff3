"""Rows that are only added are not replaced or truncated either: REPLACE and TRUNCATE told no trigger of it."""

from __future__ import annotations

from serving.store.migrations.guards import not_replaced

revision = "0010"
down_revision = "0009"

ROWID = ("rowid",)
KEYS = {
    "audit_log": (ROWID,),
    "checks": (ROWID, ("item_id", "source")),
    "configurations": (ROWID, ("id",)),
    "decisions": (ROWID, ("item_id", "item_version")),
    "incidents": (ROWID, ("certificate",), ("id",)),
    "item_events": (ROWID, ("item_id", "item_version")),
    "posting_batches": (ROWID, ("first",), ("id",), ("last",)),
    "postings": (ROWID, ("reverses",)),
    "undoings": (ROWID, ("item_id", "item_version")),
    "watched": (ROWID, ("item_id",)),
}


def upgrade() -> None:
    """Triggers alone: no row is touched."""
    for table, keys in KEYS.items():
        not_replaced(table, keys)

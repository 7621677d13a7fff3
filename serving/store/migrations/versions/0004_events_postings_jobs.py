"""The outbox with its lease, postings and their batches, decisions that were taken back, and jobs.

What was accepted before this is in no batch: it was posted by other means, and would be posted twice.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.columns import Money, PlainText, UtcTime
from serving.store.migrations.guards import only_added

revision = "0004"
down_revision = "0003"
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Tables of their own; nothing else is touched."""
    _leases()
    _outbox()
    _postings()
    _undoings()
    _jobs()


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("holder", sa.String(40), nullable=False),
        sa.Column("until", UtcTime, nullable=False),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("id", PlainText(24), nullable=False, unique=True),
        sa.Column("event_id", sa.String(24), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("until", UtcTime, nullable=False),
        sa.Column("next_at", UtcTime),
        sa.Column("settled_at", UtcTime),
        sa.Column("answer", sa.Integer),
        sa.Column("error", sa.String(24)),
    )
    op.create_index("outbox_by_time", "outbox", ["status", "next_at"])
    op.create_index("outbox_in_order", "outbox", ["target", "subject", "number"])


def _postings() -> None:
    op.create_table(
        "postings",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("item_id", sa.String(24), nullable=False, index=True),
        sa.Column("reverses", NUMBER, sa.ForeignKey("postings.number"), unique=True),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "posting_batches",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("id", PlainText(24), nullable=False, unique=True),
        sa.Column("first", NUMBER, nullable=False, unique=True),
        sa.Column("last", NUMBER, nullable=False, unique=True),
        sa.Column("closed_at", UtcTime, nullable=False),
        sa.Column("closed_by", sa.Text, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("debits", Money, nullable=False),
        sa.Column("credits", Money, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    only_added("postings")
    only_added("posting_batches")


def _undoings() -> None:
    op.create_table(
        "undoings",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("item_id", sa.String(24), sa.ForeignKey("items.id"), nullable=False),
        sa.Column("item_version", sa.Integer, nullable=False),
        sa.Column("reviewer", PlainText, nullable=False),
        sa.Column("reason", PlainText, nullable=False),
        sa.Column("undone_at", UtcTime, nullable=False),
        sa.Column("action", sa.String(24), nullable=False),
        sa.UniqueConstraint("item_id", "item_version"),
    )
    only_added("undoings")


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", PlainText(24), primary_key=True),
        sa.Column("name", PlainText(255), nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("actor_name", PlainText, nullable=False),
        sa.Column("callback", sa.Text),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.Column("records", sa.Integer),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("holder", sa.String(40)),
        sa.Column("until", UtcTime),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("started_at", UtcTime),
        sa.Column("finished_at", UtcTime),
        sa.Column("receipt", sa.Text),
        sa.Column("problem", sa.Text),
    )
    op.create_index("jobs_to_do", "jobs", ["status", "until"])

"""Requests that came with an ``Idempotency-Key``, for a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.columns import UtcTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """A table of its own; nothing else is touched."""
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.String(24), primary_key=True),
        sa.Column("request", sa.String(24), nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("answer", sa.Text),
        sa.Column("until", UtcTime, nullable=False),
    )
    op.create_index("ix_idempotency_keys_until", "idempotency_keys", ["until"])

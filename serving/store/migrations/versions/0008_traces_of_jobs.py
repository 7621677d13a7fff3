"""Whose request left a job behind, in the caller's own traces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Jobs that are there have none."""
    op.add_column("jobs", sa.Column("traceparent", sa.String(55)))

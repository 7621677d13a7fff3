"""Indices for what is asked for by a file, and for the audit log by actor, action and time."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing but indices: no row is touched."""
    op.create_index("items_by_file", "items", ["file_id", "status", "strictness"])
    op.create_index("audit_log_by_actor", "audit_log", ["actor", "number"])
    op.create_index("audit_log_by_action", "audit_log", ["action", "number"])
    op.create_index("audit_log_by_time", "audit_log", ["at"])

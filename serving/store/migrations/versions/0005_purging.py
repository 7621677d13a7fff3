"""When an item's patient data was removed, and what a purge looks up; what people wrote may then be emptied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.columns import UtcTime
from serving.store.schema import forgetting, guard_names

revision = "0005"
down_revision = "0004"

DECISIONS = (
    *("number", "item_id", "item_version", "action", "claim_reference", "reviewer", "reason", "decided_at"),
    *("model_version", "policy_version", "certificate"),
)
CHECKS = (
    *(
        "number",
        "item_id",
        "certificate",
        "source",
        "wrong",
        "action",
        "claim_reference",
        "reviewer",
        "reason",
    ),
    *("checked_at", "level", "state"),
)
UNDOINGS = ("number", "item_id", "item_version", "reviewer", "reason", "undone_at", "action")


def upgrade() -> None:
    """Nothing of what is there has been purged."""
    op.add_column("items", sa.Column("purged_at", UtcTime))
    op.create_index("claim_keys_by_reference", "claim_keys", ["reference"])
    op.create_index("patients_by_reference", "patients", ["reference"])
    op.create_index("payment_keys_by_item", "payment_keys", ["item_id"])
    _guard_anew("decisions", DECISIONS)
    _guard_anew("checks", CHECKS)
    _guard_anew("undoings", UNDOINGS, empty="''")


def _guard_anew(table: str, columns: tuple[str, ...], *, empty: str = "NULL") -> None:
    dialect = op.get_context().dialect.name
    for name in guard_names(table, dialect):
        op.execute(f"DROP TRIGGER {name}" + ("" if dialect == "sqlite" else f" ON {table}"))
    for statement in forgetting(table, columns, "reason", dialect, empty):
        op.execute(statement)

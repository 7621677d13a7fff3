"""Challengers that score live traffic in the shadow of the champions, and what they say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.columns import UtcTime

revision = "0007"
down_revision = "0006"
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Tables of their own; no item has a shadow score."""
    op.create_table(
        "challengers",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("began_at", UtcTime, nullable=False),
        sa.Column("ended_at", UtcTime),
        sa.Column("seen", sa.BigInteger, nullable=False),
    )
    op.create_index("challengers_by_kind", "challengers", ["kind", "number"])
    op.create_table(
        "shadow_scores",
        sa.Column("item_id", sa.String(24), sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("version", sa.String, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("champion", sa.String, nullable=False),
        sa.Column("champion_lane", sa.String(12), nullable=False),
        sa.Column("confidence", sa.Float),
        sa.Column("lane", sa.String(12)),
        sa.Column("policy_version", sa.String, nullable=False),
        sa.Column("best", sa.String(24)),
        sa.Column("shares", sa.Text),
        sa.Column("at", UtcTime, nullable=False),
    )
    op.create_index("shadow_scores_in_order", "shadow_scores", ["version", "champion", "at"])

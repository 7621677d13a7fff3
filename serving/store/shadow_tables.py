"""The challengers that shadow live traffic, or did, and what they said of each item: never shown beside the item."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from serving.store.columns import UtcTime
from serving.store.schema import metadata

challengers = Table(
    "challengers",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("version", String, nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),  # None: it shadows now
    Column("seen", BigInteger, nullable=False),  # the last entry of the audit log that was looked at for it
    Index("challengers_by_kind", "kind", "number"),
)
"""Of a kind one at a time. It looks at what was scored since it began: what came before may have taught it."""

shadow_scores = Table(
    "shadow_scores",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("version", String, primary_key=True),  # of the challenger
    Column("kind", String(20), nullable=False),
    Column("champion", String, nullable=False),  # the version that scored the item
    Column("champion_lane", String(12), nullable=False),  # as it came; time may have moved it since
    Column("confidence", Float),
    Column("lane", String(12)),  # by the policy in force and the challenger's own certificates
    Column("policy_version", String, nullable=False),
    Column("best", String(24)),  # of a payment: the claim that is likeliest
    Column(
        "shares", Text
    ),  # JSON, of a payment: each candidate's probability in the item's order, none's last
    Column("at", UtcTime, nullable=False),
    Index("shadow_scores_in_order", "version", "champion", "at"),
)
"""Goes when the item's record goes."""

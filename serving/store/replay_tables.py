"""What replays need that nothing else keeps: what each score was made from, and all that was ever in force."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table

from serving.store.columns import UtcTime
from serving.store.schema import metadata, only_added

score_inputs = Table(
    "score_inputs",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("body", LargeBinary, nullable=False),  # ``serving.audit.inputs.Given``
)
"""Holds what was known of patients, so it goes when the item's record goes."""

configurations = Table(
    "configurations",
    metadata,
    Column("id", String(24), primary_key=True),  # a digest of the body
    Column("first_at", UtcTime, nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON, ``serving.audit.in_force.InForce``
)
only_added(configurations)

REPLAY_TABLES = (score_inputs, configurations)

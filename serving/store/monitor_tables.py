"""The monitor's tables: what went automatically, what checks said, and which certificates were taken back."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.sql import ColumnElement

from serving.monitor.records import ANSWER, BLIND
from serving.store.columns import PlainText, UtcTime
from serving.store.schema import metadata, only_added

watched = Table(
    "watched",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("certificate", String, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("payer_group", String, nullable=False),
    Column("value_band", String, nullable=False),
    Column("alpha", Float, nullable=False),
    Column("probability", Float, nullable=False),  # of being drawn, as it was then
    Column("drawn", Boolean, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),  # of the check
    Index("watched_by_draw", "drawn", "due_at"),
    Index("watched_by_certificate", "certificate", "received_at"),
)
"""Every automatic item, drawn or not: what the checked ones stand for."""

checks = Table(
    "checks",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Column("certificate", String, nullable=False),
    Column("source", String(20), nullable=False),
    Column("wrong", Boolean, nullable=False),
    Column("action", String(24)),
    Column("claim_reference", PlainText(24)),
    Column("reviewer", PlainText, nullable=False),
    Column("reason", PlainText),
    Column("checked_at", UtcTime, nullable=False),
    Column("level", Float),  # of the detector after it, an alarm at 1; None for what does not move it
    Column("state", Text),  # JSON of the detector after it
    UniqueConstraint("item_id", "source"),
    Index("checks_by_certificate", "certificate", "source", "number"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(24), nullable=False, unique=True),
    Column("certificate", String, nullable=False, unique=True),  # revoked by it
    Column("kind", String(20), nullable=False),
    Column("payer_group", String, nullable=False),
    Column("value_band", String, nullable=False),
    Column("raised_at", UtcTime, nullable=False),
    Column("statistic", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("checked", Integer, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("rate", Float),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("population", Integer, nullable=False),
    Column("changed_at", UtcTime),
    Column("why", Text, nullable=False),
)

UNCHECKED: tuple[ColumnElement[bool], ...] = (
    watched.c.drawn.is_(True),
    ~select(checks.c.number)
    .where(checks.c.item_id == watched.c.item_id, checks.c.source.in_((BLIND, ANSWER)))
    .correlate(watched)
    .exists(),
)
"""An item that waits for a blind check: drawn, not checked, and not judged by its payer's answer meanwhile."""

BY_AGE = Index("watched_by_age", watched.c.kind, watched.c.received_at, watched.c.item_id)
"""By which claims come up for their answers."""

TABLES = (watched, checks, incidents)
only_added(watched)
only_added(checks, forgets="reason")
only_added(incidents)

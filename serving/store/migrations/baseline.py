"""The tables as they were when migrations began. This is history and is never changed; ``serving.store`` is today."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from serving.store.columns import Money, PlainText, UtcTime
from serving.store.schema import neither_changed_nor_deleted

metadata = MetaData()

about = Table(
    "about",
    metadata,
    Column("number", Integer, CheckConstraint("number = 1"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("id_key", LargeBinary, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("name", PlainText(255), nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    Column("counts", Text, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("reference", String(24), primary_key=True),
    Column("file_id", ForeignKey("files.id"), nullable=False),
    Column("claim_id", PlainText),
    Column("payer_id", PlainText),
    Column("record", LargeBinary, nullable=False),
)

claim_keys = Table(
    "claim_keys",
    metadata,
    Column("key", String, primary_key=True),
    Column("reference", ForeignKey("claims.reference"), primary_key=True),
    sqlite_with_rowid=False,
)

patients = Table(
    "patients",
    metadata,
    Column("key", String, primary_key=True),
    Column("reference", ForeignKey("claims.reference"), primary_key=True),
    sqlite_with_rowid=False,
)

items = Table(
    "items",
    metadata,
    Column("id", PlainText(24), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("lane", String(12), nullable=False),
    Column("strictness", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("confidence", Float),
    Column("low", Float),
    Column("high", Float),
    Column("amount", Money),
    Column("size", Float, nullable=False),
    Column("payer_name", PlainText),
    Column("claim_id", PlainText),
    Column("received_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("file_id", ForeignKey("files.id"), nullable=False),
    Column("business_key", String(24)),
    Column("record", LargeBinary, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("none_probability", Float),
    Column("margin", Float),
    Column("model_version", String),
    Column("policy_version", String, nullable=False),
    Column("certificate", String),
    Column("expected", Money),
    Column("minutes", Float),
    Column("deadline", Date),
    Column("lapses", Date),
    Column("queue", String(64)),
    Column("rank", Float, nullable=False, server_default="0"),
    Column("role", String(64)),
    Column("routing", Text),
    Column("escalate_to", String(64)),
    Column("next_look_at", UtcTime),
    Column("look_policy", String),
    Index("items_in_order", "status", "strictness", "due_at"),
    Index("items_by_business_key", "business_key"),
)

payment_keys = Table(
    "payment_keys",
    metadata,
    Column("key", String, primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    sqlite_with_rowid=False,
)

remittances = Table(
    "remittances",
    metadata,
    Column("key", String(24), primary_key=True),
    Column("file_id", ForeignKey("files.id"), nullable=False),
)

denied_claims = Table(
    "denied_claims",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("reference", ForeignKey("claims.reference"), nullable=False, index=True),
    Column("number", PlainText, index=True),
)

candidates = Table(
    "candidates",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("reference", ForeignKey("claims.reference"), nullable=False),
    Column("probability", Float, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Column("item_version", Integer, nullable=False),
    Column("action", String(24), nullable=False),
    Column("claim_reference", PlainText(24)),
    Column("reviewer", PlainText, nullable=False),
    Column("reason", PlainText),
    Column("decided_at", UtcTime, nullable=False),
    Column("model_version", String),
    Column("policy_version", String, nullable=False),
    Column("certificate", String),
    UniqueConstraint("item_id", "item_version"),
)

item_events = Table(
    "item_events",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Column("item_version", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("from_lane", String(12), nullable=False),
    Column("from_queue", String(64)),
    Column("to_lane", String(12), nullable=False),
    Column("to_queue", String(64)),
    Column("why", Text, nullable=False),
    Column("policy_version", String, nullable=False),
    UniqueConstraint("item_id", "item_version"),
)

purchasing = Table(
    "purchasing",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("key", String(24), nullable=False, unique=True),
    Column("sort", String(10), nullable=False),
    Column("day", Date, nullable=False),
    Column("file_id", ForeignKey("files.id"), nullable=False),
    Column("record", LargeBinary, nullable=False),
)

watched = Table(
    "watched",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("certificate", String, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("payer_group", String, nullable=False),
    Column("value_band", String, nullable=False),
    Column("alpha", Float, nullable=False),
    Column("probability", Float, nullable=False),
    Column("drawn", Boolean, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Index("watched_by_draw", "drawn", "due_at"),
    Index("watched_by_certificate", "certificate", "received_at"),
)

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
    Column("level", Float),
    Column("state", Text),
    UniqueConstraint("item_id", "source"),
    Index("checks_by_certificate", "certificate", "source", "number"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(24), nullable=False, unique=True),
    Column("certificate", String, nullable=False, unique=True),
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

audit_log = Table(
    "audit_log",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(24), nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("model", Text),
    Column("policy", Text),
    Column("certificate", Text),
    Column("input", String(64)),
    Column("hash", String(64), nullable=False),
    Column("mac", String(64)),
    Index("audit_log_by_subject", "subject", "number"),
    Index(
        "audit_log_in_force",
        "number",
        sqlite_where=text("action = 'in-force'"),
        postgresql_where=text("action = 'in-force'"),
    ),
)

score_inputs = Table(
    "score_inputs",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

configurations = Table(
    "configurations",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("first_at", UtcTime, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

access_keys = Table(
    "access_keys",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("roles", Text, nullable=False),
    Column("facilities", Text),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("revoked_at", UtcTime),
    Column("last_used", Date),
)

INDEXES = (
    Index("candidates_by_reference", candidates.c.reference),
    Index("decisions_by_claim", decisions.c.claim_reference),
    Index("items_by_look", items.c.status, items.c.next_look_at),
    Index("items_by_queue", items.c.status, items.c.queue, items.c.rank),
    Index("decisions_by_reviewer", decisions.c.reviewer, decisions.c.decided_at),
    Index("watched_by_age", watched.c.kind, watched.c.received_at, watched.c.item_id),
)
"""Those that came after their tables."""

for _table in (decisions, item_events, watched, checks, incidents, audit_log, configurations):
    neither_changed_nor_deleted(_table)

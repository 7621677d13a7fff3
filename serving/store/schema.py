"""The tables, and that what was decided can be added to but never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    DDL,
    BigInteger,
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
    event,
)

from serving.store.columns import Money, PlainText, UtcTime
from serving.store.replacing import replaced_by, replacing_guards

VERSION = 1
"""Of the schema, as releases before migrations know it; a store with another one is refused, not guessed at."""

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
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256
    Column("name", PlainText(255), nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    Column("counts", Text, nullable=False),  # JSON
)

claims = Table(
    "claims",
    metadata,
    Column("reference", String(24), primary_key=True),
    Column("file_id", ForeignKey("files.id"), nullable=False),
    Column("claim_id", PlainText),
    Column("payer_id", PlainText),
    Column("record", LargeBinary, nullable=False),  # JSON
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
    Column("key", String, primary_key=True),  # name and birth date
    Column("reference", ForeignKey("claims.reference"), primary_key=True),
    sqlite_with_rowid=False,
)
"""By which a patient's earlier claims are found, whoever the payer was."""

items = Table(
    "items",
    metadata,
    Column("id", PlainText(24), primary_key=True),  # asked for by what stands in an address
    Column("kind", String(20), nullable=False),
    Column("lane", String(12), nullable=False),
    Column("strictness", Integer, nullable=False),  # of the lane: the list's order
    Column("status", String(12), nullable=False),
    Column("confidence", Float),
    Column("low", Float),
    Column("high", Float),
    Column("amount", Money),
    Column("size", Float, nullable=False),  # the amount as a number to sort by, 0 where there is none
    Column("payer_name", PlainText),
    Column("claim_id", PlainText),
    Column("received_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("file_id", ForeignKey("files.id"), nullable=False),
    Column("business_key", String(24)),  # the same payment in another remittance has the same
    Column("record", LargeBinary, nullable=False),  # JSON
    Column("reasons", Text, nullable=False),  # JSON, of the lane
    Column("none_probability", Float),
    Column("margin", Float),
    Column("model_version", String),
    Column("policy_version", String, nullable=False),
    Column("certificate", String),
    Column("expected", Money),  # dollars that working it is expected to bring
    Column("minutes", Float),  # of a person's work
    Column("deadline", Date),  # of what is proposed
    Column("lapses", Date),  # the last day on which anything can be had
    Column("queue", String(64)),  # who works on it; None where no person is needed
    Column(
        "rank", Float, nullable=False, server_default="0"
    ),  # ``models.priority.rank_of``: the list's order
    Column("role", String(64)),  # of the people who may decide it, where the policy names one
    Column("routing", Text),  # JSON, what its lane depends on: ``models.routing.RoutingInput``
    Column("escalate_to", String(64)),  # the queue it goes to when it has waited too long
    Column("next_look_at", UtcTime),  # when time may change its lane; None: never, by what is known
    Column("look_policy", String),  # the policy whose bounds that is computed from; None: not yet computed
    Column(
        "purged_at", UtcTime
    ),  # when its patient data was removed (``serving.store.purging``); None: it is there
    Index("items_by_business_key", "business_key"),
)

AS_LISTED = Index(
    "items_as_listed",
    *(items.c.status, items.c.strictness, items.c.rank.desc(), items.c.id),
    *(items.c.lapses, items.c.purged_at, items.c.kind, items.c.queue),
)
"""A lane as its list stands; with what tells which rows are listed, so that they are counted without being read."""

payment_keys = Table(
    "payment_keys",
    metadata,
    Column("key", String, primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    sqlite_with_rowid=False,
)
"""By which a reversal finds the payment that it takes back."""

remittances = Table(
    "remittances",
    metadata,
    Column("key", String(24), primary_key=True),  # the same remittance in another file has the same
    Column("file_id", ForeignKey("files.id"), nullable=False),  # in which it came first
)

denied_claims = Table(
    "denied_claims",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("reference", ForeignKey("claims.reference"), nullable=False, index=True),
    Column("number", PlainText, index=True),  # the payer's of the claim, which a later claim refers to
)
"""By which a claim that is denied again finds its earlier denials."""

candidates = Table(
    "candidates",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("position", Integer, primary_key=True),  # best first, from 0
    Column("reference", ForeignKey("claims.reference"), nullable=False),
    Column("probability", Float, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Column("item_version", Integer, nullable=False),  # that the reviewer saw
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
    Column("item_version", Integer, nullable=False),  # that the item had after it
    Column("at", UtcTime, nullable=False),
    Column("from_lane", String(12), nullable=False),
    Column("from_queue", String(64)),
    Column("to_lane", String(12), nullable=False),
    Column("to_queue", String(64)),
    Column("why", Text, nullable=False),  # JSON, reasons
    Column("policy_version", String, nullable=False),
    UniqueConstraint("item_id", "item_version"),
)
"""Moves of items to a stricter lane or another queue as time passed; a proposal is never changed by one."""

purchasing = Table(
    "purchasing",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("key", String(24), nullable=False, unique=True),  # the same record in another file has the same
    Column("sort", String(10), nullable=False),  # orders, receipts, invoices
    Column("day", Date, nullable=False),
    Column("file_id", ForeignKey("files.id"), nullable=False),
    Column("record", LargeBinary, nullable=False),  # JSON
)
"""By what vendor invoices are judged."""

BY_CLAIM = (
    Index("candidates_by_reference", candidates.c.reference),
    Index("decisions_by_claim", decisions.c.claim_reference),
)
"""What was posted to a claim is looked up by these."""

BY_TIME_AND_QUEUE = (
    Index("items_by_look", items.c.status, items.c.next_look_at),
    Index("items_by_queue", items.c.status, items.c.queue, items.c.rank),
    Index("decisions_by_reviewer", decisions.c.reviewer, decisions.c.decided_at),
)
"""What is due is looked at again by the first, worklists are made by the others."""

BY_FILE = Index("items_by_file", items.c.file_id, items.c.status, items.c.strictness)
"""What came with a file; as the list is ordered, or SQLite, which counts no rows, prefers the index of the list."""

BY_OWNER = (
    Index("claim_keys_by_reference", claim_keys.c.reference),
    Index("patients_by_reference", patients.c.reference),
    Index("payment_keys_by_item", payment_keys.c.item_id),
)
"""What goes with a claim or an item when it is purged is found by these."""


def only_added(table: Table, *, forgets: str | None = None) -> None:
    """Have the database itself refuse to change, delete or replace rows of a table.

    ``forgets`` is a column of free text that may be emptied, and nothing else, once the row's item was purged.
    """
    table.info["only_added"] = True
    neither_changed_nor_deleted(table, forgets=forgets)
    for dialect in ("sqlite", "postgresql"):
        _after_create(table, replacing_guards(table.name, replaced_by(table), dialect), dialect)


def neither_changed_nor_deleted(table: Table, *, forgets: str | None = None) -> None:
    """As ``only_added``, but for rows that are replaced or truncated: so it was before revision 0010."""
    columns = tuple(column.name for column in table.columns)
    empty = "NULL" if forgets is None or table.c[forgets].nullable else "''"
    for dialect in ("sqlite", "postgresql"):
        made_by = (
            guards(table.name, dialect)
            if forgets is None
            else forgetting(table.name, columns, forgets, dialect, empty)
        )
        _after_create(table, made_by, dialect)


def _after_create(table: Table, statements: Sequence[str], dialect: str) -> None:
    for statement in statements:
        made = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
        event.listen(table, "after_create", made)


def guards(name: str, dialect: str) -> tuple[str, ...]:
    """The statements that guard a table; stores have them as they are, so other ones need a migration."""
    said = f"{name.replace('_', ' ')} are only added"
    if dialect == "sqlite":
        return tuple(
            f"CREATE TRIGGER {trigger} BEFORE {change} ON {name} BEGIN SELECT RAISE(ABORT, '{said}'); END"
            for trigger, change in zip(guard_names(name, dialect), ("UPDATE", "DELETE"), strict=True)
        )
    (trigger,) = guard_names(name, dialect)
    return (
        f"CREATE OR REPLACE FUNCTION {name}_are_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{said}'; END $$",
        f"CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {name} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}_are_only_added()",
    )


def forgetting(
    name: str, columns: Sequence[str], text: str, dialect: str, empty: str = "NULL"
) -> tuple[str, ...]:
    """The same for a table whose column ``text`` may become ``empty`` when the row's item was purged."""
    said = f"{name.replace('_', ' ')} are only added"
    purged = "EXISTS (SELECT 1 FROM items WHERE id = OLD.item_id AND purged_at IS NOT NULL)"
    if dialect == "sqlite":
        update, delete = guard_names(name, dialect)
        same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns if column != text)
        return (
            f"CREATE TRIGGER {update} BEFORE UPDATE ON {name} WHEN NOT (NEW.{text} IS {empty} AND {same} AND {purged}) "
            f"BEGIN SELECT RAISE(ABORT, '{said}'); END",
            f"CREATE TRIGGER {delete} BEFORE DELETE ON {name} BEGIN SELECT RAISE(ABORT, '{said}'); END",
        )
    (trigger,) = guard_names(name, dialect)
    return (
        f"CREATE OR REPLACE FUNCTION {name}_are_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' AND {purged} THEN OLD.{text} := {empty}; "
        f"IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{said}'; END $$",
        f"CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {name} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}_are_only_added()",
    )


def guard_names(name: str, dialect: str) -> tuple[str, ...]:
    """The triggers of a guarded table.

    >>> guard_names("decisions", "sqlite")
    ('decisions_no_update', 'decisions_no_delete')
    """
    if dialect == "sqlite":
        return f"{name}_no_update", f"{name}_no_delete"
    return (f"{name}_only_added",)


only_added(decisions, forgets="reason")
only_added(item_events)

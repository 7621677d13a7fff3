"""Stores as earlier releases left them: their SQL text, and what those releases answered of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, MetaData, create_engine, inspect, text
from sqlalchemy.engine import make_url

from serving.store.migrations import baseline
from serving.store.replacing import replacing_guard_names
from serving.store.schema import guard_names, guards
from serving.store.tables import metadata

RELEASES = Path(__file__).parent.parent / "serving" / "migrations" / "releases"
NAMES = ("first", "patients", "last")
"""``first`` put what it stored on PostgreSQL too; ``patients`` knew denied claims, invoices and a patient's claims, but
no moves; ``last`` is the last one before migrations."""


def load(name: str, url: str) -> None:
    """Put the store of a release into an empty database."""
    script = (RELEASES / f"{name}.{make_url(url).get_backend_name()}.sql").read_text(encoding="utf-8")
    if url.startswith("sqlite"):
        connection = sqlite3.connect(make_url(url).database or "")
        connection.executescript(script)
        connection.close()
        return
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(script)
    engine.dispose()


def answers(name: str) -> dict[str, Any]:
    """What the release answered: ``total``, ``lanes`` and ``items``, each item whole by its id."""
    found: dict[str, Any] = msgspec.json.decode((RELEASES / f"{name}.json").read_bytes())
    return found


def contents(url: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, as the database itself has them."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table: [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]  # noqa: S608
            for table in inspect(connection).get_table_names()
        }
    engine.dispose()
    return found


def forget_revision(connection: Connection) -> None:
    """Make it a store of before migrations, which lacks whatever a test takes from it, and what came since."""
    connection.execute(text("DROP TABLE alembic_version"))
    for table in metadata.tables.keys() - baseline.metadata.tables.keys():
        connection.execute(text(f"DROP TABLE {table}"))
    there = {
        index["name"]
        for name in inspect(connection).get_table_names()
        for index in _indexes(connection, name)
    }
    for name in there & _index_names(metadata) - _index_names(baseline.metadata):
        connection.execute(text(f"DROP INDEX {name}"))
    allow_replacing(connection)
    for name in {"decisions", "checks"}.intersection(inspect(connection).get_table_names()):
        _guard_as_before(connection, name)  # theirs tell of a column that was not there
    connection.execute(text("ALTER TABLE items DROP COLUMN purged_at"))


def allow_replacing(connection: Connection) -> None:
    """Take away the guards that revision 0010 put on the tables that are there."""
    there = set(inspect(connection).get_table_names())
    for name in (name for name, table in metadata.tables.items() if table.info.get("only_added")):
        if name in there:
            _drop_triggers(connection, name, replacing_guard_names(name, connection.dialect.name))


def _indexes(connection: Connection, table: str) -> list[Any]:
    return list(inspect(connection).get_indexes(table))


def _index_names(tables: MetaData) -> set[str]:
    every = {str(index.name) for table in tables.tables.values() for index in table.indexes}
    return every | {str(index.name) for index in baseline.INDEXES}


def _guard_as_before(connection: Connection, table: str) -> None:
    dialect = connection.dialect.name
    _drop_triggers(connection, table, guard_names(table, dialect))
    for statement in guards(table, dialect):
        connection.exec_driver_sql(statement)


def _drop_triggers(connection: Connection, table: str, names: Sequence[str]) -> None:
    for name in names:
        where = "" if connection.dialect.name == "sqlite" else f" ON {table}"
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{where}"))

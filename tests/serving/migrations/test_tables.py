"""What the migrations make is what the tables say, to the letter, on both databases."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from serving.store import tables
from serving.store.connections import Connections
from serving.store.migrations.comparing import differences
from serving.store.migrations.running import of_this_release
from serving.store.store import Store

ROOM = Path(tables.__file__).parent

CATALOGUE = {
    "sqlite": ("SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version'",),
    "postgresql": (
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass",
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
        "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    ),
}


def test_alembic_finds_nothing_to_change(url: str) -> None:
    Store(url).close()
    connections = Connections(url)
    with connections.reading() as connection:
        assert differences(connection) == []
    connections.close()


def test_the_catalogue_is_that_of_the_tables_to_the_letter(
    url: str, empty_database: Callable[[str], str]
) -> None:
    Store(url).close()
    other = empty_database(make_url(url).get_backend_name())
    engine = create_engine(other)
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    engine.dispose()
    made, said = catalogue(url), catalogue(other)
    assert len(made) > 50
    assert made - said == set()
    assert said - made == set()


def catalogue(url: str) -> set[tuple[Any, ...]]:
    """Everything that the database says of its tables, indexes, constraints, triggers and functions."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            tuple(re.sub(r"\s+", " ", value) if isinstance(value, str) else value for value in row)
            for query in CATALOGUE[engine.dialect.name]
            for row in connection.execute(text(query))
        }
    engine.dispose()
    return found


def test_every_module_with_tables_is_known() -> None:
    having = {
        path.stem
        for path in ROOM.glob("*.py")
        if re.search(r"^\w+ = Table\(", path.read_text(encoding="utf-8"), re.M)
    }
    assert having == {module.__name__.rpartition(".")[2] for module in tables.MODULES}
    for name in having:
        importlib.import_module(f"serving.store.{name}")


def test_revisions_are_numbered_in_one_line() -> None:
    revisions = of_this_release().revisions
    assert revisions == tuple(f"{number:04d}" for number in range(1, len(revisions) + 1))
    files = sorted(path.name[:4] for path in (ROOM / "migrations" / "versions").glob("*.py"))
    assert tuple(files) == revisions


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP INDEX items_by_queue", "items_by_queue"),
        ("ALTER TABLE items DROP COLUMN escalate_to", "items.escalate_to"),
        ("ALTER TABLE claims ADD COLUMN more VARCHAR", "claims.more"),
        ("DROP TABLE payment_keys", "payment_keys"),
    ],
)
def test_what_differs_is_told(url: str, statement: str, said: str) -> None:
    assert said in " ".join(found_after(url, statement))


def test_a_guard_that_was_taken_away_or_switched_off_is_told(url: str) -> None:
    if url.startswith("sqlite"):
        assert found_after(url, "DROP TRIGGER decisions_no_update") == ["no guard decisions_no_update"]
    else:
        off = "ALTER TABLE decisions DISABLE TRIGGER decisions_only_added"
        assert found_after(url, off) == ["no guard decisions_only_added"]


def found_after(url: str, statement: str) -> list[str]:
    """What is told of a store that somebody has changed."""
    Store(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
    connections = Connections(url)
    with connections.reading() as connection:
        found = differences(connection)
    connections.close()
    return found

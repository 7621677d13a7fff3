"""What was posted to a claim is found by the claim, however many items the store holds."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.sql import Select

from serving.store.postings import _automatic, _decided
from serving.store.schema import items
from serving.store.store import Store

QUERIES = {"automatic": _automatic(["a", "b"] * 20, None), "decided": _decided(["a", "b"] * 20, None)}
INDICES = {"automatic": "candidates_by_reference", "decided": "decisions_by_claim"}


def plan(store: Store, query: Select[tuple[str]]) -> str:
    """How SQLite goes about it; the first table that it reads comes first."""
    with store._database.reading() as connection:
        compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
        return "\n".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))


@pytest.mark.parametrize("which", QUERIES)
def test_sqlite_begins_with_the_claims_and_not_with_all_items_of_a_status(store: Store, which: str) -> None:
    if store._database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL knows how many items have a status")
    found = plan(store, QUERIES[which])
    assert INDICES[which] in found.splitlines()[0]
    assert "status=?" not in found


def test_the_plan_of_a_query_by_status_would_show_it(store: Store) -> None:
    if store._database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL knows how many items have a status")
    assert "status=?" in plan(store, select(items.c.id).where(items.c.status == "automatic"))

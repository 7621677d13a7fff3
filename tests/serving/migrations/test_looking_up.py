"""Revision 0006 on a store that has data: the rows stay as they are, and what is asked for is found by an index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from serving import ingestion
from serving.audit.chain import Entry
from serving.items import ItemFilter
from serving.store.audit_reading import AuditStore, LogFilter
from serving.store.connections import Connections
from serving.store.migrations.comparing import differences
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support import earlier_stores
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, professional

INDICES = ("items_by_file", "audit_log_by_actor", "audit_log_by_action", "audit_log_by_time")
LATER = ("shadow_scores", "challengers")  # tables that came after it
ASKED = {
    "items_by_file": "SELECT id FROM items WHERE file_id = 'x' AND status = 'open'",
    "audit_log_by_actor": "SELECT * FROM audit_log WHERE actor = 'x' ORDER BY number DESC LIMIT 51",
    "audit_log_by_action": "SELECT * FROM audit_log WHERE action = 'purge' ORDER BY number DESC LIMIT 51",
    "audit_log_by_time": "SELECT * FROM audit_log WHERE at >= '2025' AND at < '2026' ORDER BY number DESC LIMIT 51",
}


@pytest.fixture
def earlier(url: str) -> Iterator[Engine]:
    """A store at revision 0005 with two files and some thousands of entries."""
    store = Store(url)
    for number in range(2):
        data = professional([BilledClaim(f"A-{number}"), BilledClaim(f"B-{number}")], control=f"{number:09d}")
        ingestion.take(data, name="a.x12", store=store, champions=fake_champions(), at=NOW)
    AuditStore.of(store).add(*(Entry("view", f"item {number}") for number in range(3000)))
    store.close()
    engine = create_engine(url)
    with engine.begin() as connection:
        for name in INDICES:
            connection.execute(text(f"DROP INDEX {name}"))
        for name in LATER:
            connection.execute(text(f"DROP TABLE {name}"))
        connection.execute(text("ALTER TABLE jobs DROP COLUMN traceparent"))
        connection.execute(text("DROP INDEX items_as_listed"))
        connection.execute(text("CREATE INDEX items_in_order ON items (status, strictness, due_at)"))
        earlier_stores.allow_replacing(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    yield engine
    engine.dispose()


@pytest.mark.usefixtures("earlier")
def test_every_row_stays_and_the_tables_are_those_of_this_release(url: str) -> None:
    before = earlier_stores.contents(url)
    assert len(before["items"]) == 4
    Store(url).close()
    after = earlier_stores.contents(url)
    assert after.pop("alembic_version") != before.pop("alembic_version")
    assert [after.pop(name) for name in LATER] == [[], []]
    assert after == before
    connections = Connections(url)
    with connections.reading() as connection:
        assert differences(connection) == []
    connections.close()


def test_each_index_is_what_the_database_looks_by(url: str, earlier: Engine) -> None:
    def plan(query: str) -> str:
        with earlier.begin() as connection:
            if earlier.dialect.name == "postgresql":  # of so few rows it would read all
                connection.execute(text("SET LOCAL enable_seqscan = off"))
                return repr(connection.execute(text(f"EXPLAIN {query}")).all())
            return repr(connection.execute(text(f"EXPLAIN QUERY PLAN {query}")).all())

    assert not [name for name, query in ASKED.items() if name in plan(query)]
    Store(url).close()
    earlier.dispose()  # an EXPLAIN that SQLite has prepared does not look whether the tables changed
    with earlier.begin() as connection:
        if earlier.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
    assert [name for name, query in ASKED.items() if name not in plan(query)] == []


@pytest.mark.usefixtures("earlier")
def test_a_file_and_an_actor_are_answered_as_before(url: str) -> None:
    store = Store(url)
    every = store.page(ItemFilter(status=None), offset=0, limit=50).rows
    digest = store.identifiers.of("file", "x")
    assert len(every) == 4
    assert store.page(ItemFilter(status=None, file=digest), offset=0, limit=50).rows == ()
    log = AuditStore.of(store)
    assert len(log.page(LogFilter(actor="clearlane", action="score"), limit=50)) == 4
    assert log.page(LogFilter(actor="nobody"), limit=50) == []
    assert [one.number for one in log.page(LogFilter(since=NOW.replace(year=2020)), limit=2)] == [3006, 3005]
    store.close()

"""A list is read in its order from an index, and no further than the page: however many items wait."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from models.lanes import Lane
from serving import ingestion
from serving.items import ItemFilter, ItemPlace
from serving.store.ordering import is_passed
from serving.store.schema import items
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, professional

WAITING = 300


@pytest.fixture
def waiting(store: Store) -> Store:
    """A store in which items of all lanes and statuses wait, some with deadlines that are over, many of one rank."""
    data = professional([BilledClaim("A-1")])
    ingestion.take(data, name="a", store=store, champions=fake_champions(), at=NOW)
    drawn = random.Random(7)
    with store._database.writing() as connection:
        row = dict(connection.execute(select(items)).mappings().one())
        connection.execute(insert(items), [{**row, **_drawn(drawn)} for _ in range(WAITING)])
    return store


def _drawn(drawn: random.Random) -> dict[str, Any]:
    lane = drawn.choice(list(Lane))
    return {
        "id": f"{drawn.getrandbits(96):024x}",
        "lane": lane.value,
        "strictness": lane.strictness,
        "rank": drawn.choice([0.0, -1.5, 2.25, drawn.random()]),
        "kind": drawn.choice(["denial-risk", "remittance-match", "denied-claim"]),
        "status": drawn.choice(["open", "open", "automatic", "decided"]),
        "queue": drawn.choice(["claims", "payments", None]),
        "lapses": drawn.choice([None, *(NOW.date() + timedelta(days=days) for days in (-30, -1, 0, 1))]),
    }


def _walk(store: Store, wanted: ItemFilter) -> list[str]:
    """All pages of a list."""
    found: list[str] = []
    place: ItemPlace | None = None
    while True:
        page = store.page(wanted, offset=0, limit=7, at=NOW, after=place)
        found += [row.id for row in page.rows]
        place = page.end
        if place is None:
            assert len(found) == page.total
            return found


def _sorted(store: Store, wanted: ItemFilter) -> list[str]:
    """The same by sorting all that is there."""
    with store._database.reading() as connection:
        rows = connection.execute(select(items)).mappings().all()

    def place(row: Any) -> tuple[int, bool, float, str]:
        return -row["strictness"], is_passed(row["lapses"], NOW.date()), -row["rank"], row["id"]

    names = ("status", "kind", "queue", "lane")
    listed = [row for row in rows if all(getattr(wanted, name) in (None, row[name]) for name in names)]
    return [row["id"] for row in sorted(listed, key=place)]


FILTERS = {
    "open": ItemFilter(),
    "every status": ItemFilter(status=None),
    "a lane": ItemFilter(lane="review"),
    "a kind": ItemFilter(kind="denied-claim", status=None),
    "a queue": ItemFilter(queue="claims"),
}


@pytest.mark.parametrize("which", FILTERS)
def test_the_pages_of_a_list_are_what_sorting_all_of_it_gives(waiting: Store, which: str) -> None:
    expected = _sorted(waiting, FILTERS[which])
    assert _walk(waiting, FILTERS[which]) == expected
    by_offset = [
        row.id
        for offset in range(0, len(expected), 50)
        for row in waiting.page(FILTERS[which], offset=offset, limit=50, at=NOW).rows
    ]
    assert by_offset == expected


def test_behind_an_item_comes_the_next_one_and_behind_the_last_the_first(waiting: Store) -> None:
    listed = _sorted(waiting, ItemFilter())
    following = [waiting.next_open(ItemFilter(), after=one, at=NOW) for one in listed]
    assert following == [*listed[1:], listed[0]]


READS: dict[str, Callable[[Store], object]] = {
    "the first page": lambda store: store.page(ItemFilter(), offset=0, limit=20, at=NOW),
    "a later page": lambda store: store.page(
        ItemFilter(), offset=0, limit=20, at=NOW, after=ItemPlace(date(2024, 4, 1), 2, True, 0.5, "8")
    ),
    "a kind": lambda store: store.page(ItemFilter(kind="denied-claim"), offset=0, limit=20, at=NOW),
    "a queue": lambda store: store.page(ItemFilter(queue="claims"), offset=0, limit=20, at=NOW),
    "every status": lambda store: store.page(
        ItemFilter(status=None, lane="auto"), offset=0, limit=20, at=NOW
    ),
    "the next": lambda store: store.next_open(ItemFilter(), after="0", at=NOW),
}


@pytest.mark.parametrize("which", READS)
def test_sqlite_sorts_nothing_and_reads_no_item_that_it_does_not_show(waiting: Store, which: str) -> None:
    if waiting._database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's plan depends on what it has counted")
    asked: list[tuple[str, Any]] = []
    engine = waiting._database.engine

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if "FROM items" in statement and "items.id = ?" not in statement:
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    READS[which](waiting)
    event.remove(engine, "before_cursor_execute", note)
    assert asked
    with waiting._database.reading() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [row[3] for row in plan]
            sorted_by = [step for step in steps if "TEMP B-TREE" in step]
            counted = "count(*)" in statement
            assert [step for step in steps if "items_as_listed" in step], (statement, steps)
            assert not sorted_by or (counted and "GROUP BY" in sorted_by[0]), (statement, steps)
            if counted:
                assert all("COVERING" in step for step in steps if "items" in step), (statement, steps)

"""Stores of earlier releases, with data, become stores of this one: every row is kept and every answer the same."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import create_engine

from serving.items import ItemFilter
from serving.store.connections import Connections
from serving.store.migrations.comparing import differences
from serving.store.migrations.running import of_this_release, standing_of
from serving.store.store import Store
from tests.support import earlier_stores

EVERY = ItemFilter(status=None)


@pytest.fixture(params=earlier_stores.NAMES)
def release(request: pytest.FixtureRequest) -> str:
    """The name of an earlier release."""
    return str(request.param)


def test_every_row_is_kept_as_it_was(release: str, url: str) -> None:
    earlier_stores.load(release, url)
    before = earlier_stores.contents(url)
    Store(url).close()
    after = earlier_stores.contents(url)
    assert before["items"]
    assert before["decisions"]
    for table, rows in before.items():
        kept = [{name: row[name] for name in rows[0]} for row in after[table]] if rows else after[table]
        assert without_queue(kept) == without_queue(rows), table


def without_queue(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In order; earlier releases derived the names of most queues, which are written down since."""
    return sorted(({name: row[name] for name in row if name != "queue"} for row in rows), key=repr)


def test_it_answers_the_same(release: str, url: str) -> None:
    earlier_stores.load(release, url)
    expected = earlier_stores.answers(release)
    store = Store(url)
    page = store.page(EVERY, offset=0, limit=200)
    assert (page.total, page.lanes) == (expected["total"], expected["lanes"])
    for item_id, item in expected["items"].items():
        found = msgspec.to_builtins(store.get(item_id), str_keys=True)
        found["row"]["priority"] = item["row"].get("priority")  # of the day on which it is asked for
        agrees(item, found, item_id)
    store.close()


def agrees(expected: Any, found: Any, where: str) -> None:
    """All that was answered is answered still; what a release has learnt to tell since may stand beside it."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            agrees(value, found[name], f"{where}/{name}")
    elif isinstance(expected, list):
        assert len(expected) == len(found), where
        for number, value in enumerate(expected):
            agrees(value, found[number], f"{where}/{number}")
    else:
        assert found == expected, where


def test_it_ends_with_the_tables_of_this_release(release: str, url: str) -> None:
    earlier_stores.load(release, url)
    Store(url).close()
    connections = Connections(url)
    with connections.reading() as connection:
        assert differences(connection) == []
        assert standing_of(connection).revision == of_this_release().newest
    connections.close()


def test_what_was_decided_there_cannot_be_changed_here(release: str, url: str) -> None:
    earlier_stores.load(release, url)
    Store(url).close()
    engine = create_engine(url)
    with pytest.raises(Exception, match="only added"), engine.begin() as connection:
        connection.exec_driver_sql("UPDATE decisions SET reviewer = 'bob'")
    engine.dispose()

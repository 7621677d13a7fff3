"""What is only added is neither replaced nor truncated: in new stores, and in those of earlier releases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from serving.store.replacing import replaced_by
from serving.store.store import Store
from serving.store.tables import metadata
from tests.serving.audit.logs import KEY
from tests.support import earlier_stores
from tests.support.automatic_lane import AutomaticDesk

GUARDED = sorted(name for name, table in metadata.tables.items() if table.info.get("only_added"))
FILLED = (
    "audit_log",
    "checks",
    "decisions",
    "incidents",
    "posting_batches",
    "postings",
    "watched",
)


@pytest.fixture(params=earlier_stores.NAMES)
def brought_up(request: pytest.FixtureRequest, url: str) -> str:
    """The address of a store that an earlier release made, with its rows."""
    earlier_stores.load(str(request.param), url)
    Store(url).close()
    return url


@pytest.fixture(scope="module")
def worked_with(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an SQLite store in which a certificate was revoked and a batch was closed."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.sqlite'}"
    desk = AutomaticDesk(Store(url, audit_key=KEY))
    desk.pay(40)
    for name in desk.waiting():
        if desk.check(name, "none").get("incident"):
            break
    (claim, *_) = desk.client.get("/v1/items?kind=denial-risk").json()["rows"]
    address, body = f"/v1/items/{claim['id']}", {"reviewer": "ann", "reason": "a test"}
    for verb, version in (("decision", 1), ("undo", 2)):
        said = {**body, "action": "accept"} if verb == "decision" else body
        assert desk.client.post_json(f"{address}/{verb}", said, **{"If-Match": f'"{version}"'}).is_success
    closed = desk.client.post_json("/v1/postings/batches", {})
    assert closed.status_code in (200, 201), closed.text
    yield url
    desk.application.close()


def rows(connection: Connection, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]  # noqa: S608


def refused(url: str, table: str, statement: str, values: dict[str, Any] | None = None) -> None:
    """The database says no, and every row stands as it stood."""
    engine = create_engine(url)
    with engine.connect() as connection:
        before = rows(connection, table)
    said = f"{table.replace('_', ' ')} are only added"
    with pytest.raises(DBAPIError, match=said), engine.begin() as connection:
        connection.execute(text(statement), values or {})
    with engine.connect() as connection:
        assert rows(connection, table) == before
    engine.dispose()


@pytest.mark.parametrize("table", FILLED)
def test_no_unique_key_of_a_row_lets_it_be_replaced(worked_with: str, table: str) -> None:
    engine = create_engine(worked_with)
    with engine.connect() as connection:
        row = rows(connection, table)[0]
        number = connection.execute(text(f"SELECT rowid FROM {table}")).scalars().first()  # noqa: S608
    engine.dispose()
    row["rowid"] = number
    for key in replaced_by(metadata.tables[table]):
        if all(row[column] is not None for column in key):
            given = {
                **{name: other(value) for name, value in row.items()},
                **{name: row[name] for name in key},
            }
            if "number" in given:  # it is the rowid
                given.pop("rowid" if key != ("rowid",) else "number")
            names, values = ", ".join(f'"{name}"' for name in given), ", ".join(f":{name}" for name in given)
            refused(worked_with, table, f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({values})", given)  # noqa: S608
            refused(worked_with, table, f"REPLACE INTO {table} ({names}) VALUES ({values})", given)  # noqa: S608


def other(value: Any) -> Any:
    """A value that no row has."""
    if isinstance(value, str):
        return f"{value}x"
    return value + 100_000 if isinstance(value, int) and not isinstance(value, bool) else value


def test_decisions_of_an_earlier_release_are_neither_replaced_nor_truncated(brought_up: str) -> None:
    if make_url(brought_up).get_backend_name() == "sqlite":
        refused(brought_up, "decisions", "INSERT OR REPLACE INTO decisions SELECT * FROM decisions")
    else:
        refused(brought_up, "decisions", "TRUNCATE decisions")


@pytest.mark.parametrize("table", GUARDED)
def test_no_guarded_table_is_truncated(empty_database: Callable[[str], str], table: str) -> None:
    url = empty_database("postgresql")
    Store(url).close()
    refused(url, table, f"TRUNCATE {table} CASCADE")


def test_what_refers_to_a_table_that_is_truncated_is_not_truncated_with_it(
    empty_database: Callable[[str], str],
) -> None:
    url = empty_database("postgresql")
    Store(url).close()
    engine = create_engine(url)
    with pytest.raises(DBAPIError, match="are only added"), engine.begin() as connection:
        connection.execute(text("TRUNCATE files CASCADE"))
    engine.dispose()

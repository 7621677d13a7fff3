"""In PostgreSQL the service needs no right to change tables, once another role has brought the store up."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from serving import ingestion
from serving.items import Decision, ItemFilter
from serving.store.store import Store
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import professional

DOCUMENT = Path(__file__).parent.parent.parent.parent / "docs" / "store.md"
NOW = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)


def test_the_role_of_the_documents_serves_and_cannot_take_the_guards_away(
    empty_database: Callable[[str], str],
) -> None:
    url, role = empty_database("postgresql"), f"served{time.monotonic_ns()}"
    Store(url).close()
    (statements,) = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.exec_driver_sql(statements.replace("served", role))
    owner.dispose()
    limited = url.replace("clearlane@", f"{role}@")
    store = Store(limited)
    ingestion.take(professional(), name="a.837", store=store, champions=fake_champions(), at=NOW)
    (row,) = store.page(ItemFilter(), offset=0, limit=2).rows
    store.decide(row.id, Decision("none", "ann", None, "a test"), version=1, at=NOW)
    store.close()
    engine = create_engine(limited)
    for statement in (
        "UPDATE decisions SET reviewer = 'bob'",
        "ALTER TABLE decisions DISABLE TRIGGER decisions_only_added",
        "DROP TRIGGER audit_log_only_added ON audit_log",
        "TRUNCATE decisions",
    ):
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.exec_driver_sql(statement)
    engine.dispose()

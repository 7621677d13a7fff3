"""What ``/readyz`` looks at: the store, whether it takes changes, and whether it can tell which certificates stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from serving.application import Application, build
from serving.champions import Champions
from serving.store.connections import StoreError
from serving.store.store import Store
from training.benchmarks.service.databases import database
from training.benchmarks.service.postgres import missing
from training.benchmarks.service.process import Service

needs_postgres = pytest.mark.skipif(missing() is not None, reason=missing() or "")


@pytest.fixture
def application(store: Store, champions: Champions) -> Iterator[Application]:
    built = build(store, replace(champions, certificates={"remittance-match": ()}))
    yield built
    built.close()


def test_it_is_not_ready_while_nobody_can_tell_which_certificates_stand(
    application: Application, default_url: str
) -> None:
    application.check()
    engine = create_engine(default_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE incidents RENAME TO elsewhere"))
    application.monitor._live.refresh()
    with pytest.raises((StoreError, ProgrammingError)):
        application.check()
    engine.dispose()


@needs_postgres
def test_a_server_that_takes_no_changes_is_not_ready(tmp_path: Path) -> None:
    with database("postgresql", tmp_path) as url:
        store = Store(url)
        store.check()
        store.close()
        standby = Store(f"{url}?options=-c%20default_transaction_read_only%3Don")
        with pytest.raises(StoreError, match="takes no changes"):
            standby.check()
        standby.close()


@needs_postgres
def test_a_service_whose_database_goes_is_alive_and_not_ready(tmp_path: Path) -> None:
    with database("postgresql", tmp_path) as url:
        environment = {"CLEARLANE_DATABASE_URL": url}
        service = Service(tmp_path / "home", environment, ("--without-models",), workers=1)
        service.start()
    try:
        ready = httpx.get(f"{service.address}/readyz", timeout=20)
        alive = httpx.get(f"{service.address}/livez", timeout=20)
        assert (ready.status_code, alive.status_code) == (503, 200)
        assert httpx.get(f"{service.address}/v1/items", timeout=60).status_code == 503
    finally:
        service.stop()

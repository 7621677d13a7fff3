"""Stores and applications for the tests of the serving room."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from serving.application import Application, build
from serving.champions import Champions
from serving.store.store import Store
from tests.serving.databases import missing, running_postgres
from tests.support.asgi_client import AsgiClient
from tests.support.fake_champions import fake_champions

NOW = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def champions() -> Champions:
    """Fakes that answer by rules a test can see through."""
    return fake_champions()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server that runs for all of these tests."""
    why = missing()
    if why:
        pytest.skip(why)
    # Not below pytest's folders: those are ours alone, and as root we run the server as another user.
    with tempfile.TemporaryDirectory() as folder, running_postgres(Path(folder)) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    server: str = request.getfixturevalue("postgres")
    name = f"d{time.monotonic_ns()}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.rpartition("/")[0] + f"/{name}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty SQLite store."""
    opened = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def application(store: Store, champions: Champions) -> Iterator[Application]:
    """The application over the empty store; its clock stands."""
    built = build(store, champions, clock=lambda: NOW)
    yield built
    built.close()


@pytest.fixture
def client(application: Application) -> AsgiClient:
    """A client of the application."""
    return AsgiClient(application.asgi)

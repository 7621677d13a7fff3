"""Stores and applications for the tests of the serving room."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from serving.application import Application, build
from serving.champions import Champions
from serving.store.store import Store
from tests.serving.databases import CHOSEN, KINDS
from tests.support.asgi_client import AsgiClient
from tests.support.fake_champions import fake_champions
from training.benchmarks.service.postgres import empty_postgres, missing, running_postgres

NOW = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)


NEEDS_A_DATABASE = frozenset({"empty_database", "new_database_settings", "postgres"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where one database is chosen, leave out what uses none: the default run has that."""
    if not CHOSEN:
        return
    using = [item for item in items if NEEDS_A_DATABASE.intersection(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[item for item in items if item not in using])
    items[:] = using


@pytest.fixture
def champions() -> Champions:
    """Fakes that answer by rules a test can see through."""
    return fake_champions()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server that runs for all of these tests."""
    why = missing()
    if why:
        (pytest.fail if CHOSEN else pytest.skip)(why)
    # Not below pytest's folders: those are ours alone, and as root we run the server as another user.
    with tempfile.TemporaryDirectory() as folder, running_postgres(Path(folder)) as url:
        yield url


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Makes empty databases, of a kind, and says their addresses."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / f'store{time.monotonic_ns()}.sqlite'}"
        return empty_postgres(request.getfixturevalue("postgres"))

    return make


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, empty_database: Callable[[str], str]) -> str:
    """The address of an empty database, of one kind after the other."""
    return empty_database(request.param)


@pytest.fixture(scope="session")
def new_database_settings(request: pytest.FixtureRequest) -> Callable[[], dict[str, str]]:
    """What the environment of a service says of its database, a new one each time: nothing for SQLite in its home."""

    def make() -> dict[str, str]:
        if KINDS[0] == "sqlite":
            return {}
        return {"CLEARLANE_DATABASE_URL": empty_postgres(request.getfixturevalue("postgres"))}

    return make


@pytest.fixture
def default_url(empty_database: Callable[[str], str]) -> str:
    """The address of an empty database of the kind that all tests of this run use."""
    return empty_database(KINDS[0])


@pytest.fixture
def another_url(empty_database: Callable[[str], str]) -> str:
    """The address of another one."""
    return empty_database(KINDS[0])


@pytest.fixture
def store(default_url: str) -> Iterator[Store]:
    """An empty store."""
    opened = Store(default_url)
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


@pytest.fixture
def wait_for() -> Callable[[Callable[[], bool]], None]:
    """Waits until something holds; fails where it does not within 20 seconds."""

    def until(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < deadline, "it did not come to hold"
            time.sleep(0.05)

    return until

"""Databases for tests: SQLite, and a PostgreSQL of our own where its programs are installed.

``CLEARLANE_TEST_DATABASE=postgresql`` (``make test-postgres``) runs every test that uses a database on PostgreSQL,
and leaves the others out. By default tests run on SQLite, and those of the store itself on both.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from training.benchmarks.service.postgres import drop_postgres, empty_postgres, missing, running_postgres

CHOSEN = os.environ.get("CLEARLANE_TEST_DATABASE") or None
KINDS = (CHOSEN,) if CHOSEN else ("sqlite", "postgresql")
"""The first is that of the tests for which any will do."""

USES_A_DATABASE = frozenset({"empty_database", "new_database", "new_database_settings", "postgres"})
"""Every store of a test comes from one of these fixtures; what is told apart by them is told apart rightly."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where one database is chosen, leave out what uses none: the default run has that."""
    if not CHOSEN:
        return
    using = [item for item in items if USES_A_DATABASE.intersection(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[item for item in items if item not in using])
    items[:] = using


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
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes empty databases, of a kind, and says their addresses; those in PostgreSQL go after the test."""
    made: list[str] = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / f'store{time.monotonic_ns()}.sqlite'}"
        made.append(empty_postgres(request.getfixturevalue("postgres")))
        return made[-1]

    yield make
    for address in made:
        drop_postgres(address)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, empty_database: Callable[[str], str]) -> str:
    """The address of an empty database, of one kind after the other."""
    return empty_database(request.param)


@pytest.fixture
def default_url(empty_database: Callable[[str], str]) -> str:
    """The address of an empty database of the kind that all tests of this run use."""
    return empty_database(KINDS[0])


@pytest.fixture
def another_url(empty_database: Callable[[str], str]) -> str:
    """The address of another one."""
    return empty_database(KINDS[0])


@pytest.fixture(scope="session")
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """As ``default_url``, a new one each time, for fixtures that outlive a test."""

    def make() -> str:
        if KINDS[0] == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp('database') / 'store.sqlite'}"
        return empty_postgres(request.getfixturevalue("postgres"))

    return make


@pytest.fixture(scope="session")
def new_database_settings(new_database: Callable[[], str]) -> Callable[[], dict[str, str]]:
    """What the environment of a service says of its database, a new one each time: nothing for SQLite in its home."""
    return lambda: {} if KINDS[0] == "sqlite" else {"CLEARLANE_DATABASE_URL": new_database()}

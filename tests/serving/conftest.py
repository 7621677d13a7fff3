"""Stores and applications for the tests of the serving room."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from serving.application import Application, build
from serving.champions import Champions
from serving.store.store import Store
from tests.support.asgi_client import AsgiClient
from tests.support.canary import Watch, watching
from tests.support.fake_champions import fake_champions

NOW = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def champions() -> Champions:
    """Fakes that answer by rules a test can see through."""
    return fake_champions()


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
def watch(
    application: Application,
    store: Store,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Watch]:
    """A client that looks for the canary in everything but the body of a good answer."""
    with watching(application, store, caplog, capfd) as send:
        yield send


@pytest.fixture
def wait_for() -> Callable[[Callable[[], bool]], None]:
    """Waits until something holds; fails where it does not within 20 seconds."""

    def until(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < deadline, "it did not come to hold"
            time.sleep(0.05)

    return until

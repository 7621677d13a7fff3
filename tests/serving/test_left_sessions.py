"""What nobody is behind any more keeps no writer waiting in PostgreSQL, and a writer that waits too long is told so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import NullPool, create_engine, text

from serving.store import connections
from serving.store.connections import LOCK, SESSION, Connections, StoreError, StoreGoneError


@pytest.fixture
def address(empty_database: Callable[[str], str]) -> str:
    return empty_database("postgresql")


@contextmanager
def opened(address: str, **said: str) -> Iterator[Connections]:
    """Connections to an address that says something of its sessions."""
    options = "%20".join(f"-c%20{name}={value}" for name, value in said.items())
    found = Connections(f"{address}?options={options}" if said else address)
    try:
        yield found
    finally:
        found.close()


@contextmanager
def writing_without_end(address: str) -> Iterator[None]:
    """Another machine's writer that holds its turn and says nothing."""
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield


def settings_of(store: Connections) -> dict[str, str]:
    query = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
    with store.reading() as connection:
        return {row.name: row.setting for row in connection.execute(query, {"names": list(SESSION)})}


def test_a_session_has_our_bounds_where_nobody_has_said_otherwise(address: str) -> None:
    with opened(address) as store:
        assert settings_of(store) == {name: str(value) for name, value in SESSION.items()}
    with opened(address, lock_timeout="7s", tcp_keepalives_idle="99") as store:
        found = settings_of(store)
        assert (found["lock_timeout"], found["tcp_keepalives_idle"]) == ("7000", "99")
        assert found["idle_in_transaction_session_timeout"] == "60000"
    with create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
        name = address.rpartition("/")[2]
        connection.execute(text(f"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '5min'"))
    with opened(address) as store:
        assert settings_of(store)["idle_in_transaction_session_timeout"] == "300000"


def test_the_bounds_outlive_a_transaction_that_is_undone_and_a_session_that_was_ended(address: str) -> None:
    with opened(address) as store:

        def fail() -> None:
            with store.writing() as connection:
                connection.execute(text("SELECT 1"))
                raise KeyError

        with pytest.raises(KeyError):
            fail()
        with store.reading() as connection:
            session = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with create_engine(address, poolclass=NullPool).connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:session, 5000)"), {"session": session})
        assert settings_of(store) == {name: str(value) for name, value in SESSION.items()}


def test_a_session_that_idles_in_its_turn_is_ended_and_writers_go_on(address: str) -> None:
    with opened(address, idle_in_transaction_session_timeout="1s") as left, opened(address) as store:
        holds, went_on = threading.Event(), threading.Event()
        raised: list[Exception] = []

        def idle() -> None:
            try:
                with left.writing() as connection:
                    holds.set()
                    went_on.wait(20)
                    connection.execute(text("SELECT 1"))
            except StoreError as error:
                raised.append(error)

        idling = threading.Thread(target=idle)
        begun = time.monotonic()
        idling.start()
        assert holds.wait(20)
        with store.writing() as connection:
            connection.execute(text("SELECT 1"))
        assert 0.9 < time.monotonic() - begun < 15
        went_on.set()
        idling.join()
        assert [type(one) for one in raised] == [StoreGoneError], "as where the store is gone, with 503"
        with left.writing() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1


def test_a_writer_that_waits_too_long_for_its_turn_is_told_that_the_store_cannot_be_used_now(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections.SESSION, "lock_timeout", 300)
    with opened(address) as store:
        with writing_without_end(address):
            begun = time.monotonic()
            with pytest.raises(StoreGoneError) as refused, store.writing():
                pass
            assert 0.2 < time.monotonic() - begun < 10
            assert refused.value.http_status == 503
            with store.reading() as connection:
                assert connection.execute(text("SELECT 1")).scalar() == 1
        with store.writing() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1


def test_a_change_of_the_tables_waits_for_its_turn_for_as_long_as_another_change_takes(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections.SESSION, "lock_timeout", 300)
    with opened(address) as store:
        bounds: list[str] = []

        def alter() -> None:
            with store.altering() as connection:
                bounds.append(connection.execute(text("SHOW lock_timeout")).scalar_one())

        altering = threading.Thread(target=alter)
        with writing_without_end(address):
            altering.start()
            altering.join(1.0)
            assert altering.is_alive()
        altering.join(20)
        assert bounds == [f"{connections.BUSY_SECONDS}s"], "its tables it does not wait for without end"
        assert settings_of(store)["lock_timeout"] == "300"

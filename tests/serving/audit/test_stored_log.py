"""A log in a real database, SQLite and PostgreSQL, attacked behind the service's back by who owns the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert, text

from serving.audit.anchors import Anchor
from serving.store.audit import audit_log
from serving.store.audit_reading import AuditStore, LogFilter
from serving.store.store import Store
from tests.serving.audit.logs import KEY, anchored, attack, entry, of_store, rechained, unlock

COLUMNS = ("at", "actor", "action", "subject", "before", "after", "model", "policy", "input", "hash", "mac")
COUNT = 20


@pytest.fixture
def logged(url: str) -> Iterator[Store]:
    """A store with a log of twenty entries whose guard has been taken away."""
    store = Store(url, audit_key=KEY)
    AuditStore.of(store).add(*(entry(place) for place in range(COUNT)))
    unlock(store)
    yield store
    store.close()


@pytest.fixture
def anchors(logged: Store) -> list[Anchor]:
    """Of the tenth entry and the last."""
    entries = list(AuditStore.of(logged).entries())
    return anchored(entries[9], entries[-1], key=KEY)


def swap(store: Store, one: int, other: int) -> None:
    for now, then in ((one, 1000), (other, one), (1000, other)):
        attack(store, "UPDATE audit_log SET number = :then WHERE number = :now", now=now, then=then)


def make_room(store: Store, number: int) -> None:
    """Move an entry and all behind it by one."""
    for moved in range(COUNT, number - 1, -1):
        attack(store, "UPDATE audit_log SET number = :to WHERE number = :number", number=moved, to=moved + 1)


def put_in(store: Store, number: int, subject: str = "forged") -> None:
    attack(
        store,
        "INSERT INTO audit_log (number, at, actor, action, subject, hash) "
        "VALUES (:number, '2026-01-31T09:30:00.000000Z', 'eve', 'view', :subject, :hash)",
        number=number,
        subject=subject,
        hash="0" * 64,
    )


def insert_between(store: Store) -> None:
    make_room(store, 8)
    put_in(store, 8)


def grow_a_second_head(store: Store) -> None:
    """Two entries of one number: first its uniqueness has to go."""
    with store._database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_log DROP CONSTRAINT audit_log_pkey"))
        else:
            connection.execute(text("CREATE TABLE forged AS SELECT * FROM audit_log"))
            connection.execute(text("DROP TABLE audit_log"))
            connection.execute(text("ALTER TABLE forged RENAME TO audit_log"))
    put_in(store, COUNT)


def rewrite(store: Store) -> None:
    """All of it again from the eighth entry on, with hashes that fit; who has no key keeps the MACs."""
    changed = [
        msgspec.structs.replace(one, actor="eve") if one.number == 8 else one
        for one in AuditStore.of(store).entries()
    ]
    with store._database.writing() as connection:
        connection.execute(text("DELETE FROM audit_log"))
        connection.execute(insert(audit_log), [msgspec.structs.asdict(one) for one in rechained(changed)])


ATTACKS: dict[str, tuple[Callable[[Store], object], int, str]] = {
    "changed": (lambda s: attack(s, "UPDATE audit_log SET actor = 'eve' WHERE number = 8"), 8, "change"),
    "deleted": (lambda s: attack(s, "DELETE FROM audit_log WHERE number = 8"), 8, "delete"),
    "inserted": (insert_between, 8, "insert"),
    "put in front": (lambda s: put_in(s, 0), 0, "insert"),
    "put behind": (lambda s: put_in(s, COUNT + 1), COUNT + 1, "change"),
    "reordered": (lambda s: swap(s, 8, 9), 8, "reorder"),
    "cut": (lambda s: attack(s, "DELETE FROM audit_log WHERE number > 17"), 18, "truncate"),
    "emptied": (lambda s: attack(s, "DELETE FROM audit_log"), 1, "truncate"),
    "rewritten": (rewrite, 8, "rewrite"),
    "two heads": (grow_a_second_head, COUNT, "fork"),
}
"""What is done, and where it first shows as what to who has the key and the anchors."""


def test_a_log_is_whole_as_it_was_written(logged: Store, anchors: list[Anchor]) -> None:
    report = of_store(logged, key=KEY, anchors=anchors)
    assert (report.verdict, report.entries, report.anchored) == ("whole", COUNT, COUNT)
    assert report.first_at == report.last_at == next(AuditStore.of(logged).entries()).at


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_is_found_with_the_first_bad_entry(
    logged: Store, anchors: list[Anchor], name: str
) -> None:
    make, number, told = ATTACKS[name]
    make(logged)
    report = of_store(logged, key=KEY, anchors=anchors)
    assert (report.faults[0].number, report.faults[0].attack) == (number, told)


def test_a_log_that_was_rewritten_whole_is_caught_by_its_anchors_where_there_is_no_key(
    logged: Store, anchors: list[Anchor]
) -> None:
    rewrite(logged)
    assert of_store(logged).whole, "the chain alone cannot know"
    report = of_store(logged, anchors=anchors)
    assert (report.faults[0].number, report.faults[0].attack) == (10, "rewrite")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_is_found(logged: Store, column: str) -> None:
    attack(logged, f"UPDATE audit_log SET {column} = 'x' WHERE number = 8")  # noqa: S608
    assert of_store(logged, key=KEY).faults[0].number == 8


def test_bytes_that_are_no_text_are_found(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 's.sqlite'}", audit_key=KEY)
    AuditStore.of(store).add(*(entry(place) for place in range(6)))
    unlock(store)
    attack(store, "UPDATE audit_log SET subject = CAST(x'69ff' AS TEXT) WHERE number = 3")
    assert of_store(store, key=KEY).faults[0].number == 3
    attack(store, "UPDATE audit_log SET hash = CAST(x'ff' AS TEXT) WHERE number = 2")
    assert of_store(store, key=KEY).faults[0].number == 2
    store.close()


def test_a_log_longer_than_what_is_read_at_once_is_read_in_its_order(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.store.audit_reading.AT_ONCE", 7)
    store = Store(url, audit_key=KEY)
    log = AuditStore.of(store)
    log.add(*(entry(place) for place in range(50)))
    assert [one.number for one in log.entries()] == list(range(1, 51))
    assert of_store(store, key=KEY).whole
    store.close()


def test_entries_are_listed_by_what_they_say_the_latest_first(logged: Store) -> None:
    log = AuditStore.of(logged)
    everything = log.page(LogFilter(), limit=200)
    assert [one.number for one in everything] == list(range(COUNT, 0, -1))
    assert [one.number for one in log.page(LogFilter(subject="item7"), limit=5)] == [8]
    views = log.page(LogFilter(action="view"), limit=3, before=10)
    assert [(one.number, one.action) for one in views] == [(7, "view"), (4, "view"), (1, "view")]
    assert log.page(LogFilter(actor="nobody"), limit=3) == []
    assert log.at(8) == everything[COUNT - 8]
    assert log.at(COUNT + 1) is None

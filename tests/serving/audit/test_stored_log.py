"""A log in a real database, attacked behind the service's back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.audit.anchors import Anchor
from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from tests.serving.audit.logs import KEY, attack, entry, of_store, unlock

COLUMNS = ("at", "actor", "action", "subject", "before", "after", "model", "policy", "input", "hash", "mac")


@pytest.fixture
def logged(url: str) -> Iterator[Store]:
    """A store with a log of twenty entries whose guard has been taken away."""
    store = Store(url, audit_key=KEY)
    AuditStore.of(store).add(*(entry(place) for place in range(20)))
    unlock(store)
    yield store
    store.close()


def test_a_log_is_whole_as_it_was_written(logged: Store) -> None:
    report = of_store(logged, key=KEY)
    assert (report.verdict, report.entries) == ("whole", 20)


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


def test_what_is_taken_out_moved_put_in_or_cut_off_is_found(logged: Store) -> None:
    last = list(AuditStore.of(logged).entries())[-1]
    anchors = [Anchor(last.number, last.hash, last.at)]
    attack(logged, "DELETE FROM audit_log WHERE number = 20")
    (fault,) = of_store(logged, key=KEY, anchors=anchors).faults
    assert (fault.number, fault.attack) == (20, "truncate")
    attack(logged, "UPDATE audit_log SET number = 100 WHERE number = 5")
    attack(logged, "UPDATE audit_log SET number = 5 WHERE number = 6")
    attack(logged, "UPDATE audit_log SET number = 6 WHERE number = 100")
    assert (of_store(logged).faults[0].number, of_store(logged).faults[0].attack) == (5, "reorder")
    attack(logged, "DELETE FROM audit_log WHERE number = 3")
    assert (of_store(logged).faults[0].number, of_store(logged).faults[0].attack) == (3, "delete")
    attack(
        logged,
        "INSERT INTO audit_log (number, at, actor, action, subject, hash) "
        "VALUES (0, '2026', 'eve', 'view', 'x', :hash)",
        hash="0" * 64,
    )
    assert (of_store(logged).faults[0].number, of_store(logged).faults[0].attack) == (0, "insert")

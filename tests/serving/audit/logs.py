"""Small audit logs, and what an attacker who owns the database can do to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import text

from serving.audit.anchors import Anchor, anchor
from serving.audit.chain import BEGINNING, Entry, Logged, chained, plain
from serving.audit.verifying import Report, verify
from serving.store.audit_reading import AuditStore
from serving.store.store import Store

KEY = b"a key that is not in the database"
UNLOCK = {
    "sqlite": ("DROP TRIGGER audit_log_no_update", "DROP TRIGGER audit_log_no_delete"),
    "postgresql": ("DROP TRIGGER audit_log_only_added ON audit_log",),
}


def entry(place: int) -> Entry:
    """One of a few sorts."""
    if place % 3 == 0:
        return Entry("view", f"item{place}")
    after = plain(lane="review", queue="remittance-match-review", place=place, note="é\u2028\U0001f600")
    return Entry("score", f"item{place}", after=after, model="m-1", policy="policy-1", input=f"{place:064x}")


def log_of(count: int, *, key: bytes | None = None) -> list[Logged]:
    """A whole log."""
    found: list[Logged] = []
    for number in range(1, count + 1):
        previous = found[-1].hash if found else BEGINNING
        at = f"2026-01-31T09:30:{number % 60:02d}.000000Z"
        found.append(chained(entry(number), number=number, previous=previous, at=at, actor="ann", key=key))
    return found


def rechained(entries: Iterable[Logged], *, key: bytes | None = None) -> list[Logged]:
    """The same entries with numbers and hashes that fit, as somebody would make them who knows the format."""
    found: list[Logged] = []
    for number, one in enumerate(entries, start=1):
        said = Entry(**{name: getattr(one, name) for name in Entry.__struct_fields__})
        previous = found[-1].hash if found else BEGINNING
        made = chained(said, number=number, previous=previous, at=one.at, actor=one.actor, key=key)
        found.append(made if key else msgspec.structs.replace(made, mac=one.mac))
    return found


def checked(log: Sequence[Logged], **given: Any) -> Report:
    """Verified as it lies there."""
    return verify(log, lambda first, last: [one for one in log if first <= one.number <= last], **given)


def anchored(*entries: Logged, key: bytes | None = None) -> list[Anchor]:
    """Anchors of some entries."""
    return [anchor(one.number, one.hash, one.at, key=key) for one in entries]


def of_store(store: Store, **given: Any) -> Report:
    """A store's log, verified."""
    log = AuditStore.of(store)
    return verify(log.entries(), log.entries, **given)


def unlock(store: Store) -> None:
    """Take the database's own guard away, as its owner can."""
    with store._database.writing() as connection:
        for statement in UNLOCK[connection.dialect.name]:
            connection.execute(text(statement))


def attack(store: Store, statement: str, **values: Any) -> None:
    """Change the log behind the service's back."""
    with store._database.writing() as connection:
        connection.execute(text(statement), values)

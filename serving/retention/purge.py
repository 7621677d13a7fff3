"""A purge: a few hundred items a transaction, so that requests go on, each with its entry in the audit log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from msgspec import Struct, field
from sqlalchemy import Connection

from serving.access.sessions import LONGEST
from serving.audit.chain import Entry, plain
from serving.parts import in_parts
from serving.store import purging, retention
from serving.store.audit import append
from serving.store.database import Database
from serving.store.store import Store

AT_ONCE: Final = 200  # items or claims a transaction
SUBJECT: Final = "retention"


class Purged(Struct):
    """What was removed, or would be."""

    items: Counter[str] = field(default_factory=Counter)  # by kind
    claims: int = 0
    files: int = 0  # whose names were removed
    answers: int = 0  # to requests with an ``Idempotency-Key``
    jobs: int = 0  # that were over
    sessions: int = 0

    @property
    def nothing(self) -> bool:
        """Whether nothing is."""
        return not (self.items or self.claims or self.files or self.answers or self.jobs or self.sessions)

    def add(self, other: Purged) -> None:
        """Both together."""
        self.items.update(other.items)
        self.claims += other.claims
        self.files += other.files
        self.answers += other.answers
        self.jobs += other.jobs
        self.sessions += other.sessions


class Purge:
    """Of what is older than so many days at a time; the limit was looked at before (``check_limit``).

    May run beside the service and other purges: what is chosen is looked at again in the transaction that removes it.
    """

    def __init__(self, store: Store, days: int, at: datetime, *, kind: str | None = None) -> None:
        """With ``kind`` the items of one kind alone, and no claims: other kinds may refer to them."""
        self._database: Database = store._database
        self._days, self._at, self._kind = days, at, kind
        self._before = at - timedelta(days=days)

    def steps(self) -> Iterator[Purged]:
        """Do it; what each transaction removed. Raises StoreError."""
        for ids in self._items():
            yield self._step(partial(_remove_items, ids=ids, before=self._before, at=self._at))
        if self._kind is None:
            for references in self._claims():
                yield self._step(partial(_remove_claims, references=references))
            for names in in_parts(self._named_files(), AT_ONCE):
                yield self._step(partial(_forget_names, ids=names))
        yield self._step(partial(_end_what_is_over, at=self._at))

    def preview(self) -> Purged:
        """What ``steps`` would remove now, without answers and sessions; nothing is changed."""
        found, gone = Purged(), set[str]()
        for ids in self._items():
            with self._database.reading() as connection:
                free = retention.not_needed(connection, ids)
                found.items.update(retention.kinds_of(connection, free))
            gone.update(free)
        if self._kind is None:
            unused = set[str]()
            for references in self._claims():
                with self._database.reading() as connection:
                    unused.update(retention.unused(connection, references, gone))
            found.claims = len(unused)
            with self._database.reading() as connection:
                found.files = len(retention.emptied_files(connection, self._before, gone, unused))
        return found

    def _step(self, do: Callable[[Connection], Purged]) -> Purged:
        with self._database.writing() as connection:
            done = do(connection)
            if not done.nothing:
                append(connection, [self._entry(done)])
        return done

    def _entry(self, done: Purged) -> Entry:
        counts = {
            name: getattr(done, name) or None for name in ("claims", "files", "answers", "jobs", "sessions")
        }
        before = self._before.date().isoformat()
        said = plain(days=self._days, before=before, items=dict(done.items) or None, **counts)
        return Entry("purge", SUBJECT, after=said)

    def _items(self) -> Iterator[list[str]]:
        behind = ""
        while True:
            with self._database.reading() as connection:
                ids = retention.over_since(
                    connection, self._before, self._at, kind=self._kind, behind=behind, limit=AT_ONCE
                )
            if not ids:
                return
            behind = ids[-1]
            yield ids

    def _claims(self) -> Iterator[list[str]]:
        behind = ""
        while True:
            with self._database.reading() as connection:
                names = retention.old_claims(connection, self._before, behind=behind, limit=AT_ONCE)
            if not names:
                return
            behind = names[-1]
            yield names

    def _named_files(self) -> list[str]:
        with self._database.reading() as connection:
            return retention.named_files(connection, self._before)


def _remove_items(connection: Connection, *, ids: Sequence[str], before: datetime, at: datetime) -> Purged:
    return Purged(items=purging.purge_items(connection, ids, before, at))


def _remove_claims(connection: Connection, *, references: Sequence[str]) -> Purged:
    return Purged(claims=purging.purge_claims(connection, references))


def _forget_names(connection: Connection, *, ids: Sequence[str]) -> Purged:
    return Purged(files=purging.forget_names(connection, ids))


def _end_what_is_over(connection: Connection, *, at: datetime) -> Purged:
    answers, jobs, sessions = purging.end_what_is_over(connection, at, at - LONGEST)
    return Purged(answers=answers, jobs=jobs, sessions=sessions)

"""What was refused stands in the audit log, and whoever is refused without end cannot fill it.

That is credentials that were not taken, and requests of actors whose role or facilities do not suffice. The first of a
reason, an address and an actor has its entry at once, before it is answered; those that follow within a minute are
counted, and the next entry says how many they were. Only so many are told apart at a time; what comes from more of them
is counted as from ``others``, by nobody. So each worker adds a bounded number of entries a minute, and
the counts of all entries together are the number of all refusals.

An entry names the id of a key, where what was sent has the form of one. It never holds its secret, a token, or text of
either: whoever attacks would choose what stands in the log.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from features.errors import ClearlaneError
from serving.access.actor import NOBODY
from serving.audit.chain import Entry, plain
from serving.periodic import Periodic
from serving.store.access import AccessStore

EVERY: Final = 60.0  # seconds from one entry of a reason and an address to the next
MOST: Final = 20  # reasons, addresses and actors that are told apart within a minute, of each ``where``
OTHERS: Final = "others"
logger = logging.getLogger("clearlane.access")


class Refused(Struct, frozen=True):
    """What refusals are counted by."""

    where: str  # "credentials" of a request, "sign-in" at the form, or a "request" of somebody who is known
    reason: str  # of a closed set: never text that somebody sent
    address: str  # ``serving.access.addresses``
    actor: str = NOBODY.name


@dataclass
class _Count:
    """Of one kind: how many have no entry yet, and the id of the key that the last of them named."""

    since: float  # the last entry, or the first refusal
    waiting: int = 0
    key: str | None = None


class _Due(Struct, frozen=True):
    """What one entry is to say."""

    kind: Refused
    count: int
    key: str | None


class Refusals:
    """One for each worker; safe to use from several threads."""

    def __init__(
        self,
        store: AccessStore,
        *,
        every: float = EVERY,
        most: int = MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._every = every
        self._most = most
        self._clock = clock
        self._counts: dict[Refused, _Count] = {}
        self._lock = threading.Lock()
        self._periodic = Periodic(
            "refusals",
            self._write_late,
            every=every,
            logger=logger,
            failing="refusals are not yet in the audit log",
            wait_first=True,
            last=lambda: self.write(early=True),
        )

    def start(self) -> None:
        """From now on write what was counted, though no other refusal follows."""
        self._periodic.start()

    def close(self) -> None:
        """Write what was counted."""
        self._periodic.close()

    async def note(self, refused: Refused, *, key: str | None = None) -> None:
        """Count a refusal, and write an entry where one is due; where the store cannot be written to it stays counted.

        ``key`` is the id of the key that was named.
        """
        due = self._count(refused, key)
        if due is None:
            return
        try:
            await asyncio.to_thread(self._write, [due])
        except ClearlaneError as error:  # who asks is refused all the same
            logger.warning("a refusal is not yet in the audit log: %s", error)

    def write(self, *, early: bool = False) -> None:
        """Write what was counted for long enough, or ``early`` all of it; raises StoreError, then it stays counted."""
        with self._lock:
            now = self._clock()
            due = [
                self._taken(kind, now)
                for kind, one in self._counts.items()
                if one.waiting and (early or now - one.since >= self._every)
            ]
        if due:
            self._write(due)

    def _write(self, due: Sequence[_Due]) -> None:
        try:
            self._store.note_refusals([(one.kind.actor, _entry(one)) for one in due])
        except BaseException:
            with self._lock:
                for one in due:
                    self._counts.setdefault(one.kind, _Count(self._clock())).waiting += one.count
            raise

    def _count(self, refused: Refused, key: str | None) -> _Due | None:
        """What is to be written now: the first of its kind for a while, with those that were counted before it."""
        with self._lock:
            now = self._clock()
            kind = self._kind(refused, now)
            new = kind not in self._counts
            one = self._counts.setdefault(kind, _Count(now))
            one.waiting += 1
            one.key = key
            return self._taken(kind, now) if new or now - one.since >= self._every else None

    def _taken(self, kind: Refused, now: float) -> _Due:
        one = self._counts[kind]
        due = _Due(kind, one.waiting, one.key)
        one.waiting, one.since = 0, now
        return due

    def _kind(self, refused: Refused, now: float) -> Refused:
        """Itself while there is room; those are forgotten whose minute is over and of which all is written."""
        if refused not in self._counts:
            for kind, one in list(self._counts.items()):
                if not one.waiting and now - one.since >= self._every:
                    del self._counts[kind]
        told_apart = sum(kind.where == refused.where for kind in self._counts)
        room = refused in self._counts or told_apart < self._most
        return refused if room else Refused(refused.where, refused.reason, OTHERS)

    def _write_late(self) -> bool:
        self.write()
        return False


def _entry(due: _Due) -> Entry:
    kind = due.kind
    said = plain(did="refused", reason=kind.reason, address=kind.address, count=due.count, key=due.key)
    return Entry("access", kind.where, after=said)

"""The API keys in a worker's memory: read again every few seconds, so that no request waits for the store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from serving.access.actor import Actor
from serving.access.keys import ApiKey, split
from serving.store.access import AccessStore

FRESH_SECONDS = 5.0
"""How old the keys may be: a revoked one is refused after this, in every worker."""


class KeyRing:
    """All keys of the store. A key that is not among them costs no look into the store, however many are tried."""

    def __init__(self, store: AccessStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._keys: dict[str, ApiKey] = {}
        self._names: frozenset[str] = frozenset()
        self._read_at = -FRESH_SECONDS - 1.0
        self._reading = asyncio.Lock()
        self._used: set[str] = set()

    async def actor_of(self, given: str) -> tuple[str, Actor] | None:
        """The id of a key and whom it stands for; None for one that is unknown, wrong, expired or revoked."""
        parts = split(given)
        if parts is None:
            return None
        key = await self._good(parts[0])
        if key is None or not key.is_opened_by(parts[1]):
            return None
        self._used.add(key.id)
        return key.id, key.actor

    def why_refused(self, given: str) -> tuple[str, str | None]:
        """Why a key was not taken just now, for the logs alone, and its id where it has the form of a key."""
        parts = split(given)
        if parts is None:
            return "malformed key", None
        key = self._keys.get(parts[0])
        if key is None:
            return "unknown key", parts[0]
        if not key.is_opened_by(parts[1]):
            return "wrong secret", parts[0]
        return f"{key.state(self._clock())} key", parts[0]

    async def actor_of_id(self, id_: str) -> Actor | None:
        """Whom a key stands for that was shown earlier; None where it is good no more."""
        key = await self._good(id_)
        return key.actor if key else None

    async def has_had(self, name: str) -> bool:
        """Whether a key of this name was ever made."""
        await self._be_fresh()
        return name in self._names

    async def _good(self, id_: str) -> ApiKey | None:
        await self._be_fresh()
        key = self._keys.get(id_)
        return key if key and key.is_good(self._clock()) else None

    async def _be_fresh(self) -> None:
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            async with self._reading:
                if time.monotonic() - self._read_at > FRESH_SECONDS:
                    await asyncio.to_thread(self._read)

    def _read(self) -> None:
        """Raises StoreError where the store cannot be read: then nobody comes in."""
        used, self._used = self._used, set()
        day = self._clock().date()
        unnoted = [id_ for id_ in used if (key := self._keys.get(id_)) and key.last_used != day]
        if unnoted:  # once a day for each key
            self._store.note_use(unnoted, day)
        self._keys = {key.id: key for key in self._store.every_key()}
        self._names = frozenset(key.name for key in self._keys.values())
        self._read_at = time.monotonic()

"""People who are signed in at the pages: kept in the store, known by a random id that the browser alone holds.

A session ends after 15 minutes without a request (45 CFR 164.312(a)(2)(iii), automatic logoff), after 12 hours whatever
happens, when its person signs out, and when the key that it began with is revoked or expires.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from serving.access.actor import Actor, acting_as
from serving.access.key_ring import KeyRing
from serving.access.refusals import Refusals, Refused
from serving.identifiers import Identifiers
from serving.store.access import AccessStore

COOKIE = "clearlane-session"
IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)  # what is written of being active, so that not every page writes


class Session(Struct, frozen=True):
    """A session that goes on."""

    digest: str
    actor: Actor


class Sessions:
    """Begins, finds and ends them."""

    def __init__(
        self,
        store: AccessStore,
        keys: KeyRing,
        refusals: Refusals,
        identifiers: Identifiers,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._keys = keys
        self._refusals = refusals
        self._identifiers = identifiers
        self._clock = clock

    async def begin(self, key: str) -> tuple[str, Actor] | None:
        """The id of a new session and whose it is; None where the key is not good. An id is never used again."""
        found = await self._keys.actor_of(key)
        if found is None:
            return None
        id_, now = secrets.token_urlsafe(32), self._clock()
        with acting_as(found[1]):  # as which the audit log has it
            await asyncio.to_thread(self._store.begin_session, digest_of(id_), found[0], now, now - LONGEST)
        return id_, found[1]

    async def note_refusal(self, key: str, address: str) -> None:
        """Remember in the audit log that somebody could not sign in with a key."""
        why, id_ = self._keys.why_refused(key)
        await self._refusals.note(Refused("sign-in", why, address), key=id_)

    async def find(self, id_: str) -> Session | None:
        """The session of an id; None for one that is unknown or has ended."""
        digest, now = digest_of(id_), self._clock()
        row = await asyncio.to_thread(self._store.session, digest)
        if row is None or now - row.seen_at >= IDLE or now - row.made_at >= LONGEST:
            return None
        actor = await self._keys.actor_of_id(row.key_id)
        if actor is None:
            return None
        if now - row.seen_at >= NOTED_EVERY:
            await asyncio.to_thread(self._store.note_session, digest, now)
        return Session(digest, actor)

    async def end(self, digest: str) -> None:
        """Sign out."""
        await asyncio.to_thread(self._store.end_session, digest)

    def form_token(self, actor: Actor, session: Session | None) -> str:
        """What a form of this session brings back; of this actor where a proxy says on each request who it is.

        Another site can neither read it nor reckon it: it is made with the store's own key.
        """
        return self._identifiers.of("form", session.digest if session else "", actor.name)


def digest_of(id_: str) -> str:
    """As the store keeps it: who reads the store can take over no session."""
    return hashlib.sha256(id_.encode()).hexdigest()

"""Around the whole application: who asks is settled before anything else is done, and is known to all that follows.

What an actor may ask for is settled by the routes (``serving.access.permits``).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from datetime import datetime
from functools import partial

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.access.actor import NOBODY, Actor, acting_as
from serving.access.addresses import address_of
from serving.access.key_ring import KeyRing
from serving.access.limits import Buckets
from serving.access.permits import NOTE_REFUSAL
from serving.access.refusals import Refusals, Refused
from serving.access.sessions import COOKIE, Session, Sessions
from serving.access.tokens import LARGEST, BadTokenError, Tokens
from serving.identifiers import Identifiers
from serving.problem_details import RequestError
from serving.store.access import AccessStore

FAILURES = 20  # that an address may send at once
FAILURES_A_SECOND = 0.5
logger = logging.getLogger("clearlane.access")


SESSION, ACTOR, FORM_TOKEN = "clearlane.session", "clearlane.actor", "clearlane.form_token"


def session_of(scope: Scope) -> Session | None:
    """The session that a request at a page belongs to."""
    found: Session | None = scope.get(SESSION)
    return found


def signed_in(scope: Scope) -> Actor | None:
    """Who is at a page, where that is asked."""
    found: Actor | None = scope.get(ACTOR)
    return found


def form_token_of(scope: Scope) -> str:
    """What a form has to bring back; empty where nobody is signed in."""
    return str(scope.get(FORM_TOKEN, ""))


class Credentials:
    """Settles whom the credentials of a request stand for."""

    def __init__(
        self,
        store: AccessStore,
        tokens: Tokens | None,
        identifiers: Identifiers,
        clock: Callable[[], datetime],
    ) -> None:
        self.keys = KeyRing(store, clock)
        self.tokens = tokens
        self.refusals = Refusals(store)
        self.sessions = Sessions(store, self.keys, self.refusals, identifiers, clock)

    async def actor(self, headers: Headers) -> Actor | None:
        """Whom they stand for; None where there are none. Raises BadTokenError for such as are not taken."""
        bearers, own = headers.getlist("authorization"), headers.getlist("x-api-key")
        if not bearers and not own:
            return None
        if len(bearers) + len(own) > 1:
            raise BadTokenError("more than one set of credentials")
        given = own[0] if own else _bearer(bearers[0])
        if given.startswith("clk_"):
            found = await self.keys.actor_of(given)
            if found is None:
                raise BadTokenError(*self.keys.why_refused(given))
            return found[1]
        if self.tokens is None or own:
            raise BadTokenError("no API key")
        actor = await self.tokens.actor_of(given)
        if await self.keys.has_had(actor.name):  # a name in the log stands for one of them
            raise BadTokenError("its name is an API key's")
        return actor


class Guard:
    """Asks everyone who they are. Requests without credentials go on as nobody's: a few addresses are open."""

    def __init__(self, app: ASGIApp, credentials: Credentials, *, rate: float) -> None:
        self.app = app
        self.credentials = credentials
        self._buckets = Buckets(rate=rate, burst=2 * rate)
        self._failures = Buckets(rate=FAILURES_A_SECOND, burst=FAILURES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        actor = await self._actor(scope)
        if not scope["path"].startswith("/v1"):
            actor = await self._at_a_page(scope, actor)
        actor = actor or NOBODY
        name = actor.name if actor is not NOBODY else f"address {address_of(scope)}"
        wait = self._buckets.take(name)
        if wait:
            raise _too_many(wait)
        scope[NOTE_REFUSAL] = partial(self._note_refusal, actor, scope)
        with acting_as(actor):
            await self.app(scope, receive, send)

    async def _note_refusal(self, actor: Actor, scope: Scope, reason: str) -> None:
        refused = Refused("request", reason, address_of(scope), actor.name)
        await self.credentials.refusals.note(refused)

    async def _at_a_page(self, scope: Scope, actor: Actor | None) -> Actor | None:
        """Pages, and they alone, know their people by a session; what they send back carries a token of it."""
        session = None
        if actor is None:
            cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
            session = await self.credentials.sessions.find(cookies[COOKIE]) if COOKIE in cookies else None
            actor = session.actor if session else None
        if actor is not None:
            scope[SESSION], scope[ACTOR] = session, actor
            scope[FORM_TOKEN] = self.credentials.sessions.form_token(actor, session)
        return actor

    async def _actor(self, scope: Scope) -> Actor | None:
        try:
            return await self.credentials.actor(Headers(scope=scope))
        except BadTokenError as error:
            # Good credentials are never refused for somebody's bad ones: behind a proxy all come from one address.
            address = address_of(scope)
            await self.credentials.refusals.note(Refused("credentials", str(error), address), key=error.key)
            wait = self._failures.take(address)
            if wait:
                raise _too_many(wait) from None
            logger.warning("credentials were refused: %s", error)
            raise unauthenticated("these credentials are not taken", error="invalid_token") from None


def unauthenticated(detail: str, *, error: str | None = None) -> RequestError:
    """A 401 as RFC 6750 has it; alike for what is unknown, wrong, expired and revoked."""
    challenge = 'Bearer realm="clearlane"' + (f', error="{error}"' if error else "")
    return RequestError(401, "unauthenticated", detail, headers={"WWW-Authenticate": challenge})


def _bearer(header: str) -> str:
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "bearer" or len(header) > LARGEST + 16:
        raise BadTokenError("no bearer token")
    return given.strip()


def _too_many(seconds: float) -> RequestError:
    headers = {"Retry-After": str(max(1, math.ceil(seconds)))}
    return RequestError(429, "too-many-requests", "you ask more often than is allowed", headers=headers)

"""How callers come in: asked who they are, or, on this machine alone, as anonymous."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Scope

from serving.access.guard import Credentials, Guard, unauthenticated
from serving.access.jwks import JsonWebKeys, KeysUnknownError, logger
from serving.access.permits import Refuse
from serving.access.sessions import Sessions
from serving.access.settings import AccessSettings, is_asked_for
from serving.access.this_machine import OpenToThisMachine
from serving.access.tokens import Tokens
from serving.clock import utc_now
from serving.problem_details import problem, problem_of
from serving.store.access import AccessStore
from serving.store.store import Store


class Entrance:
    """Made once for an application; ``credentials`` is None where nobody is asked who they are.

    Expiry is judged by the time as it is, whatever day the service takes for today.
    """

    def __init__(
        self,
        settings: AccessSettings | None,
        store: Store,
        *,
        hosts: Sequence[str] = (),
        names: Sequence[str] = (),
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """``hosts`` are where the service listens, ``names`` those by which others reach it.

        Without settings everyone is anonymous, wherever they are.

        Raises AccessError where it would be open to other machines or closed to everyone, KeysUnknownError where the
        file of an identity provider's keys cannot be read.
        """
        clock = clock or utc_now
        self.settings = settings
        self.credentials: Credentials | None = None
        kept = AccessStore.of(store)
        if settings and is_asked_for(settings, kept.every_key(), hosts, names):
            tokens = _tokens(settings, clock)
            self.credentials = Credentials(kept, tokens, store.identifiers, clock)

    @property
    def sessions(self) -> Sessions | None:
        """Of people at the pages; None where nobody is asked who they are."""
        return self.credentials.sessions if self.credentials else None

    def start(self) -> None:
        """From now on write down late refusals too, beside answering."""
        if self.credentials:
            self.credentials.refusals.start()

    def close(self) -> None:
        """Write down what was refused."""
        if self.credentials:
            self.credentials.refusals.close()

    def around(self, app: ASGIApp, refuse_page: Refuse) -> ASGIApp:
        """The application behind it; ``refuse_page`` answers at the pages."""
        if self.settings is None or self.credentials is None:
            return OpenToThisMachine(app, refuse_page, everywhere=self.settings is None)
        return Guard(app, self.credentials, rate=self.settings.rate)


def refuse_call(_: Scope, status: int, detail: str) -> ASGIApp:
    """The answer of the API to a request that may not go on."""
    return problem_of(unauthenticated(detail)) if status == 401 else problem(status, "not-permitted", detail)


def _tokens(settings: AccessSettings, clock: Callable[[], datetime]) -> Tokens | None:
    if settings.tokens is None:
        return None
    keys = JsonWebKeys(settings.tokens.jwks)
    try:
        keys.read()
    except KeysUnknownError as error:
        if urlsplit(settings.tokens.jwks).scheme != "https":
            raise
        logger.warning("no token is taken until this is mended: %s", error)  # it is asked again
    return Tokens(settings.tokens, keys, clock)

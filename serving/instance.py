"""Which process an answer comes from, for whoever started it: another service may listen on the port meanwhile."""

from __future__ import annotations

import os
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

VARIABLE = "CLEARLANE_INSTANCE"  # set by the one who starts the service, for it alone
HEADER = "Clearlane-Instance"


def new_token() -> str:
    """A token that no other service can know."""
    return secrets.token_urlsafe(16)


class InstanceMiddleware:
    """Gives the token back in a header of every answer, the probes' too; without a token it changes nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.token = os.environ.get(VARIABLE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start" and self.token:
                MutableHeaders(scope=message)[HEADER] = self.token
            await send(message)

        await self.app(scope, receive, marked)

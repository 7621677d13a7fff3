"""The page ``/outbox``: what nobody took, so that somebody sends it again, and how much still waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from features.errors import ConflictError, NotFoundError
from serving.access.actor import current_actor
from serving.access.permits import may
from serving.pages.rendering import root_path
from serving.pages.security import is_same_origin, read_form
from serving.store.outbox import DeliveryPlace, OutboxStore
from serving.workers import Workers

PAGE_SIZE = 50
SEND = "/outbox/{id}/retry"
ERRORS = {
    "timeout": "no answer in time",
    "no-connection": "no connection",
    "not-allowed": "an address that may not be told",
    "certificate": "its certificate was not accepted",
    "refused": "refused",
    "redirect": "led elsewhere, which is not followed",
    "gone": "the receiver is gone",
}
NOTICES = {
    "sent": "It will be sent again at once. If it fails, it is tried again for as long as a new event.",
    "changed": "That delivery does not wait to be sent again any more.",
}


class Render(Protocol):
    """Renders a template for a request."""

    def __call__(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response: ...


class OutboxPages:
    """Answers of the page and of its buttons; ``tries_for`` is how long a delivery is tried anew."""

    def __init__(
        self,
        outbox: OutboxStore,
        workers: Workers,
        *,
        tries_for: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._outbox = outbox
        self._workers = workers
        self._tries_for = tries_for
        self._clock = clock

    def routes(self, render: Render) -> list[Route]:
        """The addresses, below that of the list."""

        async def shown(request: Request) -> Response:
            return await self._page(request, render)

        async def again(request: Request) -> Response:
            return await self._again(request, render)

        return [
            Route("/outbox", shown, name="outbox"),
            Route(SEND, again, methods=["POST"], name="send-again"),
        ]

    async def _page(self, request: Request, render: Render) -> Response:
        before = request.query_params.get("before", "")
        after = (
            DeliveryPlace(int(before)) if before.isascii() and before.isdigit() and len(before) < 16 else None
        )
        rows, end = await self._workers.run(self._outbox.page, "dead", limit=PAGE_SIZE, after=after)
        return render(
            request,
            "outbox.html",
            rows=rows,
            counts=await self._workers.run(self._outbox.counts),
            further=end.number if end else None,
            later=after is not None,
            errors=ERRORS,
            may_send=may(current_actor(), "POST", SEND),
            notice=NOTICES.get(request.query_params.get("said", ""), ""),
        )

    async def _again(self, request: Request, render: Render) -> Response:
        if not is_same_origin(request.headers):
            return render(
                request, "error.html", status=403, title="This form came from elsewhere", error=None
            )
        await read_form(request)
        said = "sent"
        try:
            await self._workers.run(
                self._outbox.send_again, request.path_params["id"], self._clock(), self._tries_for
            )
        except (ConflictError, NotFoundError):  # somebody else has sent it meanwhile
            said = "changed"
        return RedirectResponse(f"{root_path(request)}/outbox?{urlencode({'said': said})}", status_code=303)

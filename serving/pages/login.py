"""Signing in and out: an API key is shown once, and a session stands for it in the browser from then on."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from serving.access.actor import Actor
from serving.access.addresses import address_of
from serving.access.guard import session_of
from serving.access.limits import Buckets
from serving.access.permits import may
from serving.access.sessions import COOKIE, Sessions
from serving.pages.rendering import root_path
from serving.pages.security import is_same_origin, read_form

TRIES, TRIES_A_SECOND = 10, 1 / 6  # of wrong keys, from one address
FIRST_PAGES = ("/", "/certificates", "/monitor")  # that of these is shown first which the role may see
OWN_PATH = re.compile(r"/(?!/)[A-Za-z0-9._~/?=&%+-]*")
logger = logging.getLogger("clearlane.access")


class LoginPages:
    """``/login`` and ``/logout``; ``render`` makes a page of a template."""

    def __init__(self, sessions: Sessions, render: Callable[..., Response]) -> None:
        self._sessions = sessions
        self._render = render
        self._failures = Buckets(rate=TRIES_A_SECOND, burst=TRIES)

    def routes(self) -> list[Route]:
        """The addresses, below that of the list."""
        return [
            Route("/login", self.form, name="login"),
            Route("/login", self.begin, methods=["POST"], name="begin"),
            Route("/logout", self.end, methods=["POST"], name="logout"),
        ]

    async def form(self, request: Request) -> Response:
        """The form; who is signed in goes on to the page."""
        session, target = session_of(request.scope), own_path(request.query_params.get("next"))
        if session:
            return RedirectResponse(root_path(request) + (target or first_page(session.actor)), 303)
        return self._page(request, next=target, said=request.query_params.get("said", ""))

    async def begin(self, request: Request) -> Response:
        """Take a key for a session, which has a new id each time."""
        if not is_same_origin(request.headers):
            return self._page(request, status=403, error="This form came from elsewhere")
        form = await read_form(request)
        target = own_path(form.get("next"))
        key = form.get("key", "").strip()
        begun = await self._sessions.begin(key)
        if begun is None:  # a good key is never refused for others' bad ones
            address = address_of(request.scope)
            await self._sessions.note_refusal(key, address)
            wait = self._failures.take(address)
            logger.warning("signing in failed")
            if wait:
                headers = {"Retry-After": str(int(wait) + 1)}
                return self._page(
                    request, status=429, next=target, error="Too many wrong keys", headers=headers
                )
            return self._page(request, status=401, next=target, error="This key is not taken")
        id_, actor = begun
        answer = RedirectResponse(root_path(request) + (target or first_page(actor)), status_code=303)
        answer.set_cookie(COOKIE, id_, **_cookie(request))
        return answer

    async def end(self, request: Request) -> Response:
        """Sign out."""
        await read_form(request)
        session = session_of(request.scope)
        if session:
            await self._sessions.end(session.digest)
        answer = RedirectResponse(f"{root_path(request)}/login?said=out", status_code=303)
        answer.delete_cookie(COOKIE, **_cookie(request))
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    def _page(
        self, request: Request, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
    ) -> Response:
        shown = {"next": "", "said": "", "error": "", **values}
        answer = self._render(request, "login.html", status=status, **shown)
        answer.headers.update(headers or {})
        return answer


def own_path(given: str | None) -> str:
    """An address of these pages to go on to; empty for anything that could lead elsewhere.

    >>> own_path("/items/ab12?lane=review"), own_path("//evil.example"), own_path("https://evil.example")
    ('/items/ab12?lane=review', '', '')
    """
    return given if given and OWN_PATH.fullmatch(given) and "\\" not in given else ""


def first_page(actor: Actor) -> str:
    """Where an actor begins."""
    return next((path for path in FIRST_PAGES if may(actor, "GET", path)), "/")


def _cookie(request: Request) -> dict[str, Any]:
    """Never read by a script, never sent from another site, and over https alone where that is how we are reached."""
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))
    return {"path": root_path(request) or "/", "secure": secure, "httponly": True, "samesite": "strict"}

"""What every page answers with, and which forms are taken: the page holds patient data and may decide on money."""

from __future__ import annotations

import hmac
import logging
import traceback
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from features.errors import BadInputError, ClearlaneError
from serving.access.guard import form_token_of
from serving.access.permits import Refuse
from serving.origins import origin_of

_LOG = logging.getLogger(__name__)
_MOST_FORM_BYTES = 16 * 1024
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": under it browsers send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class ForeignFormError(ClearlaneError):
    """A form that another site, or another session, made up."""

    code = "foreign-form"
    http_status = 403


class PageHeaders:
    """Middleware around the pages: security headers on every answer, no cache, and no traceback in a log.

    An unforeseen exception, whose page the application has sent, ends here: it is logged by its type and place
    alone, because its text may quote a record. ``paths`` are the templates of the pages' addresses.
    """

    def __init__(
        self, app: ASGIApp, *, refusing: Refuse, paths: Sequence[str] = (), routes: Sequence[BaseRoute] = ()
    ) -> None:
        self._app = app
        self._refusing = refusing
        self.routes = tuple(routes)
        self.paths = tuple(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; anything but HTTP is passed through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _secure(MutableHeaders(scope=message))
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            _LOG.error("a page failed: %s at %s", type(error).__name__, _place(error))

    def refuse(self, scope: Scope, status: int, detail: str, /) -> ASGIApp:
        """The page for a request that does not come as far as the pages."""
        return PageHeaders(self._refusing(scope, status, detail), refusing=self._refusing)


def _secure(headers: MutableHeaders) -> None:
    headers.update(_HEADERS)
    is_asset = headers.get("content-type", "").startswith(("text/css", "text/javascript", "image/"))
    headers["Cache-Control"] = (
        "no-cache" if is_asset else "no-store"
    )  # an asset may be kept, but is asked about


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{PurePath(frame.filename).name}:{frame.lineno}"


def is_same_origin(headers: Headers) -> bool:
    """Whether a form was sent from our own pages.

    A request that does not say so is refused: every current browser sends Sec-Fetch-Site or Origin with a form, and
    programs have the API.
    """
    return origin_of(headers) == "here"


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a URL-encoded form, each once, without its token, which is checked here.

    Raises BadInputError beyond 16 KiB or when it is no such form, ForeignFormError for one without the token.
    """
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise BadInputError("the form was not sent as a form", remedy="send it from the page")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_FORM_BYTES:
            raise BadInputError("the form is too large", remedy="shorten the reason to 500 characters")
    try:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=11, errors="strict"))
    except ValueError as error:
        raise BadInputError("the form could not be read", remedy="reload the page and try again") from error
    _check_token(form.pop("csrf", ""), form_token_of(request.scope))
    return form


def _check_token(given: str, wanted: str) -> None:
    """Raises ForeignFormError unless a form of somebody who is signed in came from a page that was made for them."""
    if wanted and not hmac.compare_digest(given.encode(), wanted.encode()):
        raise ForeignFormError("the form was not made for you here", remedy="reload the page and try again")

"""Every error as ``application/problem+json`` (RFC 9457), and nothing of a patient in any of them."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Sequence
from http import HTTPStatus

import msgspec
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from features.errors import ClearlaneError

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "5"
logger = logging.getLogger("clearlane.serving")


class Fault(Struct, frozen=True):
    """One thing wrong with a request: where, as a JSON pointer (RFC 6901), and what, never quoting a value."""

    pointer: str
    detail: str


class ProblemDetails(Struct, frozen=True, omit_defaults=True):
    """The body of an error (RFC 9457)."""

    type: str  # urn:clearlane:problem: and the code
    title: str  # the status in words
    status: int
    detail: str  # what is wrong, where, and what to do
    code: str  # kebab-case and stable: what a program branches on
    errors: tuple[Fault, ...] = ()
    instance: str | None = None  # urn:clearlane:incident: and the id under which the log has more


class RequestError(Exception):
    """A request that cannot be answered as it stands."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = headers or {}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    faults: Sequence[Fault] = (),
    headers: dict[str, str] | None = None,
    incident: str | None = None,
) -> Response:
    """The response; ``code`` is kebab-case and stable, ``incident`` the id under which the log has more."""
    body = ProblemDetails(
        type=f"urn:clearlane:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        errors=tuple(faults),
        instance=f"urn:clearlane:incident:{incident}" if incident else None,
    )
    more = dict(headers or {})
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT):
        more.setdefault("Retry-After", RETRY_SECONDS)
    return Response(msgspec.json.encode(body), status_code=status, headers=more, media_type=MEDIA_TYPE)


def problem_of(error: Exception) -> Response:
    """The response to an exception; one that is not meant for users becomes a 500 with an opaque id."""
    if isinstance(error, RequestError):
        return problem(error.status, error.code, error.detail, faults=error.faults, headers=error.headers)
    if isinstance(error, ClearlaneError):
        return problem(error.http_status, error.code, str(error))
    if isinstance(error, HTTPException):
        return _standing_for(error.status_code, {k.lower(): v for k, v in (error.headers or {}).items()})
    if isinstance(error, TimeoutError):
        return problem(504, "timeout", "the work took too long; the same request may be sent again")
    incident = secrets.token_hex(8)
    logger.error("incident %s: %s", incident, where_it_happened(error))
    return problem(500, "internal", "something went wrong here; the log has the incident", incident=incident)


def where_it_happened(error: BaseException) -> str:
    """The kinds of exception and the places in the code, without any text: it may quote a record.

    >>> try:
    ...     int("JANE DOE")
    ... except ValueError as error:
    ...     "JANE" in where_it_happened(error)
    False
    """
    chain: list[str] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 5:
        places: list[str] = []
        step = current.__traceback__
        while step is not None:
            code = step.tb_frame.f_code
            places.append(f"{code.co_filename.rpartition('/')[2]}:{step.tb_lineno} {code.co_name}")
            step = step.tb_next
        chain.append(f"{type(current).__name__} at {' > '.join(places[-8:])}")
        current = current.__cause__ or current.__context__
    return " from ".join(chain)


class ProblemMiddleware:
    """The outermost layer: no exception passes it, and every error body behind it is problem+json.

    What BentoML and Starlette answer by themselves (unknown path, wrong method, not ready) is put into the same form.
    HTML pages keep their own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        guard = _Guard(send)
        try:
            await self.app(scope, receive, guard)
        except Exception as error:
            response = problem_of(error)
            if guard.started:  # too late for another answer: the client sees a broken one
                raise ConnectionAbortedError from None
            await response(scope, receive, send)
            return
        if guard.replaced:
            await guard.replaced(scope, receive, send)


class _Guard:
    """Sends what the app sends, but holds back error bodies that are not for our callers."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.started = False
        self.replaced: Response | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= HTTPStatus.BAD_REQUEST:
            headers = {name.decode().lower(): value.decode() for name, value in message.get("headers", ())}
            if not re.match(r"application/problem\+json|text/html", headers.get("content-type", "")):
                self.replaced = _standing_for(message["status"], headers)
        if self.replaced is None:
            self.started = True
            await self.send(message)


def _standing_for(status: int, headers: dict[str, str]) -> Response:
    code, detail = PLAIN.get(status, ("error", "the request cannot be answered"))
    kept: dict[str, str] = {name: headers[name] for name in ("allow", "retry-after") if name in headers}
    return problem(status, code, detail, headers=kept)


PLAIN = {
    404: ("not-found", "there is nothing at this address"),
    405: ("method-not-allowed", "this address does not take this method"),
    429: ("too-many-requests", "the service is busy"),
    503: ("not-ready", "the service is not ready: its store or its models cannot be used"),
    504: ("timeout", "the work took too long"),
}

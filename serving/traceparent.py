"""``traceparent`` (W3C Trace Context): whose request this is in the caller's own logs, passed on and never guessed.

A header that is not valid is not passed on: a new trace begins, as the standard asks.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from msgspec import Struct
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "traceparent"
TRACE = "clearlane.trace"  # in the request's scope
RANDOM = random.Random()  # noqa: S311 - an id is no secret, and to ask the system lets another thread go first
_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


class Trace(Struct, frozen=True):
    """A trace, and this service's own step in it."""

    trace_id: str  # 32 hexadecimal digits
    span_id: str  # 16
    sampled: bool
    parent: str | None = None  # the caller's step; None where the trace begins here

    @property
    def header(self) -> str:
        """As it is passed on."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """That of the request which the present work is done for; None where there is none."""
    return _current.get()


@contextmanager
def following(header: str | None) -> Iterator[None]:
    """Do work that a request left behind, in the request's trace; None: in none."""
    token = _current.set(trace_of([header]) if header else None)
    try:
        yield
    finally:
        _current.reset(token)


def trace_of(headers: list[str]) -> Trace:
    """The caller's trace with a step of ours, or a new one.

    >>> trace_of(["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"]).header[:36]
    '00-4bf92f3577b34da6a3ce929d0e0e4736-'
    """
    found = _FORM.fullmatch(headers[0].strip()) if len(headers) == 1 else None
    if not found or not _is_valid(*found.groups()):
        return Trace(_id(16), _id(8), sampled=False)
    return Trace(found[2], _id(8), sampled=bool(int(found[4], 16) & 1), parent=found[3])


def _id(size: int) -> str:
    """So many bytes in hexadecimal digits, not all of them zero."""
    return f"{RANDOM.randrange(1, 1 << (8 * size)):0{2 * size}x}"


def _is_valid(version: str, trace_id: str, parent: str, _: str, more: str | None) -> bool:
    """Version ff is none, version 00 has four parts, and ids of zeros are absent ones."""
    known = version != "ff" and (version != "00" or more is None)
    return known and trace_id.strip("0") != "" and parent.strip("0") != ""


class TraceMiddleware:
    """Gives every request its trace, and every answer the header."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope[TRACE] = trace_of(Headers(scope=scope).getlist(HEADER))

        async def traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                trace: Trace = scope[TRACE]
                MutableHeaders(scope=message)[HEADER] = trace.header
            await send(message)

        token = _current.set(scope[TRACE])
        try:
            await self.app(scope, receive, traced)
        finally:
            _current.reset(token)

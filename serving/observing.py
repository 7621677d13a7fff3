"""Counts, times and logs each request by its route: never by its path, its query or its body."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.json_lines import OF_REQUEST
from serving.metrics import method_of, metrics
from serving.telemetry.spans import request_span
from serving.traceparent import TRACE, Trace

TIMEOUT_SECONDS = 55  # less than BentoML's own, whose answer is no problem+json
NO_ROUTE = "(no route)"
logger = logging.getLogger("clearlane.access")


class ObservingMiddleware:
    """Around the application: one log line and the metrics of each request, with the status that was sent.

    Inside ``TraceMiddleware``, by whose trace a caller finds the line.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[str]) -> None:
        self.app = app
        self.routes = [(re.compile(_pattern(route)), route) for route in routes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, started = 500, time.perf_counter()

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method, route = method_of(scope["method"]), self.route_of(scope["path"])
        with request_span(scope[TRACE], method, route) as asked:
            scope[TRACE] = asked.trace
            try:
                await self.app(scope, receive, observed)
            finally:
                asked.answered(status)
                self._note(asked.trace, method, route, status, time.perf_counter() - started)

    def _note(self, trace: Trace, method: str, route: str, status: int, seconds: float) -> None:
        metrics().request(method, route, status, seconds)
        fields = {"method": method, "route": route, "status": status, "seconds": round(seconds, 6)}
        logger.info(
            "%s %s %d %.1f ms trace=%s",
            *(method, route, status, seconds * 1000, trace.trace_id),
            extra={OF_REQUEST: fields},
        )

    def route_of(self, path: str) -> str:
        """The template of a path: a closed set, whatever callers ask for."""
        return next((route for pattern, route in self.routes if pattern.fullmatch(path)), NO_ROUTE)


class TimeLimitMiddleware:
    """Ends a request that takes too long with a TimeoutError, for the layer around it to answer."""

    def __init__(self, app: ASGIApp, seconds: float = TIMEOUT_SECONDS) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        async with asyncio.timeout(self.seconds):
            await self.app(scope, receive, send)


def _pattern(route: str) -> str:
    return re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route))

"""How requests come off the wire: what is none is answered in the form of all our errors, what is one goes straight in.

uvicorn answers a broken request line in plain text, and its fast parser takes headers of any length. BentoML's own
layers around an application (traces, a timer a request that is never cancelled, a context for its own APIs) take three
times as long as to score a claim, and the application has its own of what it needs of them.
"""

from __future__ import annotations

import random
from functools import cache
from http import HTTPStatus
from typing import Any, cast

import httptools
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config, config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from serving.probes import PROBES
from serving.problem_details import problem

LARGEST_HEAD = 64 * 1024  # bytes of the request's line and headers
LINGER_SECONDS = 2.0
LONGEST_KEPT = (500, 1000)  # requests of a connection, by chance: those that began together end apart


class Protocol(HttpToolsProtocol):
    """One connection.

    Whichever worker is first takes all connections that wait, so it may have those of every caller while another has
    none. A connection ends after some hundreds of requests, which the answer to the last says: the next one goes to
    a worker that has time for it.
    """

    application: ASGIApp  # set by ``install``
    _coming = 0  # bytes that came since the last head was complete, while the next one is not
    _length = 0  # bytes of the parts of this request's head, and of what trails its body
    _in_head = True
    _ended = False
    _owed = 0  # requests whose head came and that are not answered
    _last: Response | None = None  # what is written behind their answers, and nothing after it

    def __init__(self, config: Config, *arguments: Any, **named: Any) -> None:
        super().__init__(config, *arguments, **named)
        self.app = _entrance(self.app, self.application, config)
        self._left = random.randint(*LONGEST_KEPT)  # noqa: S311 - no secret

    def data_received(self, data: bytes) -> None:
        """Read on; a head that has no end is cut off before it fills the memory."""
        if self._ended or self.transport.is_closing():
            return
        if self._in_head:
            self._coming += len(data)
        super().data_received(data)
        if self._in_head and self._coming > LARGEST_HEAD and not self._ended:
            self._end_with(TOO_LONG)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head, self._length = True, 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A piece of its address; raises where that is too long."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers; raises where all of them are too long."""
        self._count(len(name) + len(value) + 4)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its head is there; raises where that cannot be read."""
        super().on_headers_complete()
        self._in_head, self._coming = False, 0
        self._owed += 1

    def on_message_complete(self) -> None:
        """What comes next is another request's.

        Only here may a connection be ended: one that is closed over a body that was not read is reset.
        """
        self._in_head = True
        self._left -= 1
        if self._left <= 0 and self.cycle is not None and not self.cycle.response_started:
            self.cycle.keep_alive = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the server's words for it
        """What the server calls where the parser, or one of the methods above, raised."""
        self._end_with(TOO_LONG if self._length > LARGEST_HEAD else MALFORMED)

    def on_response_complete(self) -> None:
        """One is answered; the next one that waits has its turn."""
        super().on_response_complete()
        self._owed -= 1
        self._write_last()

    def _count(self, length: int) -> None:
        self._length += length
        if self._length > LARGEST_HEAD:
            raise httptools.HttpParserError

    def _end_with(self, response: Response) -> None:
        """The last answer of the connection: behind those to what came whole before it."""
        self._ended, self._last = True, response
        if not self._in_head and not self.cycle.response_started:
            self._give_up()
        self._write_last()

    def _give_up(self) -> None:
        """The request whose body broke off: the last answer is the one to it."""
        self._owed -= 1
        if self.pipeline:
            self.pipeline.popleft()  # it has not begun
        else:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _write_last(self) -> None:
        """Once nothing is owed before it.

        What the caller is still sending is read and dropped for a while: a connection that is closed over unread
        bytes is reset, and the caller would lose the answer.
        """
        response = self._last
        if response is None or self._owed or self.transport.is_closing():
            return
        lines = [
            f"HTTP/1.1 {response.status_code} {HTTPStatus(response.status_code).phrase}".encode(),
            *(name + b": " + value for name, value in response.raw_headers),
            b"connection: close",
        ]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(response.body)]))
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.loop.call_later(LINGER_SECONDS, self.transport.close)
        else:
            self.transport.close()


class _Entrance:
    """Probes are the server's: it knows whether it is ready. All else is the application's."""

    def __init__(self, server: ASGIApp, application: ASGIApp) -> None:
        self.server = server
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"] not in PROBES
        await (self.application if ours else self.server)(scope, receive, send)


@cache
def _entrance(server: ASGIApp, application: ASGIApp, config: Config) -> ASGIApp:
    """The one of a server, for all of its connections; proxies are trusted as the server trusts them."""
    if not config.proxy_headers:
        return _Entrance(server, application)
    behind: Any = ProxyHeadersMiddleware(cast("Any", application), trusted_hosts=config.forwarded_allow_ips)
    return _Entrance(server, behind)


def install(application: ASGIApp) -> None:
    """Have the servers that are started from now on in this process speak through it, and pass requests to this."""
    Protocol.application = application
    config.HTTP_PROTOCOLS["auto"] = f"{__name__}:{Protocol.__name__}"


MALFORMED = problem(400, "malformed-request", "what came is no HTTP request that is understood here")
TOO_LONG = problem(
    431,
    "headers-too-large",
    f"the request's line and headers are longer than {LARGEST_HEAD // 1024} kB; send fewer or shorter ones",
)

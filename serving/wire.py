"""What the HTTP server itself answers to what is no request, in the form of all our errors, and how long a head may be.

uvicorn answers a broken request line in plain text, and its fast parser takes headers of any length.
"""

from __future__ import annotations

from http import HTTPStatus

import httptools
from starlette.responses import Response
from uvicorn import config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from serving.problem_details import problem

LARGEST_HEAD = 64 * 1024  # bytes of the request's line and headers
LINGER_SECONDS = 2.0


class Protocol(HttpToolsProtocol):
    """One connection."""

    _coming = 0  # bytes that came since the last head was complete, while the next one is not
    _length = 0  # bytes of the parts of this request's head, and of what trails its body
    _in_head = True
    _ended = False

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
        """Its head is there."""
        self._in_head, self._coming = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes next is another request's."""
        self._in_head = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the server's words for it
        """What the server calls where the parser, or one of the methods above, raised."""
        self._end_with(TOO_LONG if self._length > LARGEST_HEAD else MALFORMED)

    def _count(self, length: int) -> None:
        self._length += length
        if self._length > LARGEST_HEAD:
            raise httptools.HttpParserError

    def _end_with(self, response: Response) -> None:
        """The last answer of the connection.

        What the caller is still sending is read and dropped for a while: a connection that is closed over unread
        bytes is reset, and the caller would lose the answer.
        """
        self._ended = True
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


def install() -> None:
    """Have the servers that are started from now on in this process speak through it."""
    config.HTTP_PROTOCOLS["auto"] = f"{__name__}:{Protocol.__name__}"


MALFORMED = problem(400, "malformed-request", "what came is no HTTP request that is understood here")
TOO_LONG = problem(
    431,
    "headers-too-large",
    f"the request's line and headers are longer than {LARGEST_HEAD // 1024} kB; send fewer or shorter ones",
)

"""A receiver of events on a real port of this machine: it answers as a test says, and keeps what came."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import msgspec

from tests.support.self_signed import self_signed
from training.benchmarks.service.listening import listening


@dataclass(frozen=True)
class Say:
    """How to answer one request."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0  # seconds
    drip: bool = False  # the head comes byte by byte, and never ends
    endless: bool = False  # the body never ends


@dataclass(frozen=True)
class Came:
    """One request."""

    path: str
    headers: dict[str, str]  # names in small letters
    body: bytes
    at: float

    @property
    def event(self) -> dict[str, Any]:
        """The event."""
        return dict(msgspec.json.decode(self.body))

    @property
    def id(self) -> str:
        """``webhook-id``."""
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Answers with what it was given to say, and the last of it for ever."""

    says: list[Say]
    address: str = ""
    came: list[Came] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, came: Came) -> Say:
        """Keep a request, and say how to answer."""
        with self.lock:
            self.came.append(came)
            return self.says.pop(0) if len(self.says) > 1 else self.says[0]

    def wait(self, count: int, seconds: float = 30.0) -> list[Came]:
        """What has come, once it is so much."""
        deadline = time.monotonic() + seconds
        while len(self.came) < count:
            assert time.monotonic() < deadline, f"{len(self.came)} of {count} came"
            time.sleep(0.02)
        return list(self.came)


@contextmanager
def receiving(says: Sequence[Say] = (Say(),), *, tls: bool = False) -> Iterator[Receiver]:
    """A receiver inside the block; ``tls``: by https, with a certificate that nobody vouches for."""
    receiver = Receiver(list(says))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            say = receiver.next(Came(self.path, headers, body, time.monotonic()))
            time.sleep(say.after)
            try:
                self._answer(say)
            except OSError:  # the sender has gone
                self.close_connection = True

        do_GET = do_POST  # noqa: N815 - a redirect that is followed may come as a GET

        def _answer(self, say: Say) -> None:
            if say.drip:
                for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 600:
                    self.wfile.write(bytes([letter]))
                    self.wfile.flush()
                    time.sleep(0.05)
            self.send_response(say.status)
            for name, value in say.headers.items():
                self.send_header(name, value)
            if not say.endless:
                self.send_header("Content-Length", "0")
            self.end_headers()
            while say.endless:
                self.wfile.write(b"x" * 65536)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with listening(Handler, tls=self_signed("127.0.0.1") if tls else None) as port:
        receiver.address = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        yield receiver

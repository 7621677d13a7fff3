"""A load on a server: as many requests as it takes from so many callers, or so many a second whatever it answers."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np


@dataclass(frozen=True)
class Request:
    """Bytes to send, headers and all, so that the load costs next to nothing itself."""

    data: bytes

    @staticmethod
    def post(path: str, body: bytes, *, kind: str = "application/json", **headers: str) -> Request:
        """A POST on a connection that is kept."""
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        return Request(f"{head}{more}\r\n".encode() + body)

    @staticmethod
    def get(path: str) -> Request:
        """A GET on a connection that is kept."""
        return Request(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())


@dataclass(frozen=True)
class Loaded:
    """What a load came to."""

    seconds: float
    latencies: np.ndarray[tuple[int], np.dtype[np.float64]]  # seconds, of each answer
    failed: int  # answers other than 200 and 201

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """In milliseconds."""
        return float(np.quantile(self.latencies, share)) * 1000


def closed(address: str, requests: Sequence[Request], *, callers: int, seconds: float) -> Loaded:
    """Each caller sends its next request when the last one is answered."""
    return asyncio.run(_closed(address, itertools.cycle(requests), callers, seconds))


def at_rate(address: str, requests: Iterable[Request], *, rate: float, callers: int) -> Loaded:
    """Each request once, so many a second; what has to wait for a free caller waits in its latency."""
    return asyncio.run(_at_rate(address, requests, rate, callers))


async def _closed(address: str, requests: Iterator[Request], callers: int, seconds: float) -> Loaded:
    latencies: list[float] = []
    failed = 0
    started = time.perf_counter()
    over = started + seconds

    async def call() -> None:
        nonlocal failed
        connection = Connection(address)
        while (begun := time.perf_counter()) < over:
            good = await connection.ask(next(requests))
            latencies.append(time.perf_counter() - begun)
            failed += not good
        connection.close()

    await asyncio.gather(*(call() for _ in range(callers)))
    return Loaded(time.perf_counter() - started, np.array(latencies), failed)


async def _at_rate(address: str, requests: Iterable[Request], rate: float, callers: int) -> Loaded:
    waiting: asyncio.Queue[tuple[float, Request] | None] = asyncio.Queue()
    latencies: list[float] = []
    failed = 0
    started = time.perf_counter()

    async def call() -> None:
        nonlocal failed
        connection = Connection(address)
        while (one := await waiting.get()) is not None:
            due, request = one
            good = await connection.ask(request)
            latencies.append(time.perf_counter() - due)
            failed += not good
        connection.close()

    calls = [asyncio.create_task(call()) for _ in range(callers)]
    for number, request in enumerate(requests):
        due = started + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        waiting.put_nowait((due, request))
    for _ in calls:
        waiting.put_nowait(None)
    await asyncio.gather(*calls)
    return Loaded(time.perf_counter() - started, np.array(latencies), failed)


class Connection:
    """A caller's, which is kept until the server says that it ends; then the next request opens another."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._place = parts.hostname, parts.port
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: Request) -> bool:
        """Send it and read the answer to its end; whether it was a good one."""
        self._open = self._open or await asyncio.open_connection(*self._place)
        reader, writer = self._open
        writer.write(request.data)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        if b"\r\nconnection: close\r\n" in head:
            self.close()
        return head.startswith((b"http/1.1 200", b"http/1.1 201"))

    def close(self) -> None:
        """End it."""
        if self._open:
            self._open[1].close()
            self._open = None

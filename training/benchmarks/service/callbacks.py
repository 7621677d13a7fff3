"""Files that are left to jobs, whose ends are told to an address: a receiver that keeps whose end it was told.

It answers the first telling of every third job with 503, so that telling again is measured as well.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

import httpx

from training.benchmarks.service.listening import listening

PATIENCE = (
    600.0  # seconds: what a dead process was at is taken up by another one after half a minute, or a minute
)
AGAIN = 0.5  # seconds between two looks
REFUSED = 3  # of so many jobs the first telling of one is refused


class Receiver:
    """Where the ends of jobs are told; ``environment`` has a service send them here."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/ended"
        self.environment = {
            "CLEARLANE_CALLBACKS": f"http://127.0.0.1:{port}/,127.0.0.1",
            "CLEARLANE_EVENTS_SECRET": "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        self._seen: set[str] = set()
        self._told: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, body: bytes) -> int:
        """Keep what an event says; the status to answer with."""
        job = json.loads(body)["subject"]
        with self._lock:
            first = job not in self._seen
            self._seen.add(job)
            if first and len(self._seen) % REFUSED == 1:
                return 503
            self._told[job] += 1
        return 204

    def told(self, jobs: Sequence[str]) -> Callbacks:
        """How many of these were told, once all were or the patience is over."""
        deadline = time.monotonic() + PATIENCE
        while set(jobs) - set(self._told) and time.monotonic() < deadline:
            time.sleep(AGAIN)
        with self._lock:
            return Callbacks(
                len(jobs), len(set(jobs) - set(self._told)), self._told.total() - len(self._told)
            )


@dataclass(frozen=True)
class Callbacks:
    """What came of the callbacks of jobs."""

    due: int
    untold: int  # of them, in the end
    again: int  # tellings of what had been taken before: at least once, not exactly once


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver at a free port of this machine, inside the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            status = receiver.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with listening(Handler) as port:
        receiver = Receiver(port)
        yield receiver


def wait_for(address: str, jobs: Sequence[str]) -> None:
    """Return when all of them are done; raises TimeoutError, and ValueError for one that failed."""
    deadline = time.monotonic() + PATIENCE
    with httpx.Client(base_url=address, timeout=60) as client:
        for job in jobs:
            while (status := client.get(f"/v1/jobs/{job}").raise_for_status().json()["status"]) != "done":
                if status == "failed":
                    raise ValueError(f"job {job} failed")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"job {job} did not end in {PATIENCE:.0f} s")
                time.sleep(AGAIN)

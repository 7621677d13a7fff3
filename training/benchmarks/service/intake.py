"""Files that go to a service until it has taken them, as a caller sends them that delivers at least once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Semaphore
from typing import Any

import httpx

SENDERS = 4
AHEAD = 4
AGAIN = 0.2  # seconds between two attempts
PATIENCE = 600.0
LISTED = 200  # rows of a page
LEFT = 10  # where callbacks are asked for, every so many files one is left to a job


@dataclass(frozen=True)
class Sent:
    """How a file came in."""

    attempts: int
    job: str | None = None  # that it was left to


def files_of(folder: Path) -> list[Path]:
    """The claims and remittances of a provider's folder, in the order of their days."""
    found = [*folder.glob("claims/*.837"), *folder.glob("remittances/*.835")]
    return sorted(found, key=lambda path: (path.name[:10], path.suffix, path.name))


def send_until_taken(client: httpx.Client, path: Path, callback: str | None = None) -> Sent:
    """Send it again and again; with a ``callback`` it is left to a job, whose end is told there.

    Without an Idempotency-Key: a file is known by its bytes. The key of a request that died with its process is free
    again only after a minute, as nobody can tell that it will never be answered.
    """
    data = path.read_bytes()
    given = {"name": path.name} | ({"callback": callback} if callback else {})
    deadline, attempts = time.monotonic() + PATIENCE, 0
    while time.monotonic() < deadline:
        attempts += 1
        try:
            answer = client.post("/v1/files", params=given, content=data)
        except httpx.TransportError:
            time.sleep(AGAIN)
            continue
        if answer.status_code in (200, 201, 202):
            return Sent(attempts, answer.json()["id"] if answer.status_code == 202 else None)
        if answer.status_code not in (409, 429, 503):
            answer.raise_for_status()
        time.sleep(AGAIN)
    raise TimeoutError(f"{path.name} was not taken in {PATIENCE:.0f} s")


def send_all(
    address: str,
    paths: Sequence[Path],
    taken: Callable[[int], None],
    *,
    senders: int = SENDERS,
    callback: str | None = None,
) -> list[Sent]:
    """All of them, a few at once; ``taken`` hears how many are. With a ``callback`` of ``LEFT`` one is a job."""
    ahead = Semaphore(AHEAD * senders)  # while ``taken`` waits for something, few more are sent

    def send(place: int, path: Path) -> Sent:
        ahead.acquire()
        return send_until_taken(client, path, None if place % LEFT else callback)

    sent = []
    with httpx.Client(base_url=address, timeout=60) as client, ThreadPoolExecutor(senders) as pool:
        for one in pool.map(send, range(len(paths)), paths):
            sent.append(one)
            taken(len(sent))
            ahead.release()
    return sent


def items(address: str) -> Iterator[dict[str, Any]]:
    """Every item of the queue, by its pages."""
    with httpx.Client(base_url=address, timeout=60) as client:
        after: str | None = ""
        while after is not None:
            given: dict[str, str | int] = {"status": "all", "limit": LISTED}
            if after:
                given["after"] = after
            page = client.get("/v1/items", params=given).raise_for_status().json()
            yield from page["rows"]
            after = page["next"]

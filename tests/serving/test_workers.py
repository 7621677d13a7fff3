"""Two worker processes on one store: both take files at the same time, and nothing is doubled or lost."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from serving.demo.server import running_service
from serving.items import ItemFilter
from serving.store.store import Store
from tests.serving.audit.logs import of_store
from tests.serving.test_service import free_port
from tests.support import earlier_stores
from tests.support.small_x12 import BilledClaim, professional

FILES, CLAIMS, CALLERS = 48, 4, 8


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "service.log"


@pytest.fixture
def service(url: str, log: Path) -> Iterator[str]:
    """The address of the service, which begins with an empty database: both workers open it at once."""
    environment = {
        **os.environ,
        "CLEARLANE_HOME": str(log.parent),
        "CLEARLANE_DATABASE_URL": url,
        "CLEARLANE_WORKERS": "2",
    }
    with running_service(
        port=free_port(), environment=environment, log=log, patience=600, options=["--without-models"]
    ) as address:
        yield address


def file(number: int) -> bytes:
    claims = [BilledClaim(f"F{number}-{claim}", member=f"M{number}-{claim}") for claim in range(CLAIMS)]
    return professional(claims, control=f"{number:09d}")


def at_once(work: Callable[[httpx.Client, int], int], address: str, numbers: list[int]) -> list[int]:
    """The statuses of what several callers ask at the same time, each request on a connection of its own."""

    def one(number: int) -> int:
        with httpx.Client(base_url=address, timeout=300) as client:
            return work(client, number)

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(one, numbers))


def wait_until_both_answer(address: str, log: Path) -> None:
    """A worker is ready long before the other where a machine is slow: alone it would take all that is sent."""
    deadline = time.monotonic() + 300
    while len(workers_that_answered(log, "GET /v1/items")) < 2:
        assert time.monotonic() < deadline, "one of the two workers never answered"
        at_once(lambda client, _: client.get("/v1/items").status_code, address, list(range(4 * CALLERS)))


def test_both_workers_take_files_and_decisions_at_once(service: str, url: str, log: Path) -> None:
    wait_until_both_answer(service, log)

    def send(client: httpx.Client, number: int) -> int:
        return client.post("/v1/files", files={"file": ("a.837", file(number))}).status_code

    sent = [number for number in range(FILES) for _ in range(2)]  # every file twice, side by side
    assert Counter(at_once(send, service, sent)) == {201: FILES, 200: FILES}
    rows = httpx.get(f"{service}/v1/items?limit=200", timeout=60).json()
    assert rows["total"] == FILES * CLAIMS
    assert len({row["claim_id"] for row in rows["rows"]}) == FILES * CLAIMS

    item = rows["rows"][0]["id"]

    def decide(client: httpx.Client, number: int) -> int:
        decision = {"action": "none", "reviewer": f"reviewer {number}", "reason": "a test"}
        path = f"/v1/items/{item}/decision"
        return client.post(path, json=decision, headers={"If-Match": '"1"'}).status_code

    assert Counter(at_once(decide, service, list(range(12)))) == {200: 1, 409: 11}
    assert len(workers_that_answered(log, "POST /v1/files")) == 2
    stored = earlier_stores.contents(url)
    assert [len(stored[table]) for table in ("files", "items", "decisions")] == [FILES, FILES * CLAIMS, 1]
    store = Store(url)
    assert store.page(ItemFilter(status=None), offset=0, limit=1).total == FILES * CLAIMS
    assert not of_store(store).faults
    store.close()


def workers_that_answered(log: Path, request: str) -> set[str]:
    """The process ids that stand before such lines of the log."""
    line = rf"\] (\d+) clearlane\S* {re.escape(request)} "
    return set(re.findall(line, log.read_text(encoding="utf-8")))

"""A request that takes too long is answered with 504; its work goes on, and is the answer to the same key."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from serving.application import Application, build
from serving.champions import Champions
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.small_x12 import professional

SECONDS = 1.5  # all else is done well within it, on a busy machine too
KEY = {"Idempotency-Key": "5f0c-1"}


@dataclass
class Gate:
    """Where the work of storing a file waits until a test lets it go on."""

    begun: threading.Event = field(default_factory=threading.Event)
    open: threading.Event = field(default_factory=threading.Event)
    files: int = 0


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate, take = Gate(), Store.take

    def waits(*given: Any) -> Any:
        gate.files += 1
        gate.begun.set()
        assert gate.open.wait(60)
        return take(*given)

    monkeypatch.setattr(Store, "take", waits)
    yield gate
    gate.open.set()


@pytest.fixture
def application(store: Store, champions: Champions) -> Iterator[Application]:
    built = build(store, champions, clock=lambda: NOW, time_limit=SECONDS)
    yield built
    built.close()


@asynccontextmanager
async def calling(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose requests share one event loop, as those of a server do: threads outlive requests there."""
    transport = httpx.ASGITransport(application.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://clearlane.test") as client:
        yield client


async def send(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await client.post("/v1/files?name=a.837", content=professional(), headers=headers)


async def until_replayed(client: httpx.AsyncClient) -> httpx.Response:
    """The answer to the key once it is no longer in use."""
    for _ in range(100):
        answer = await send(client, **KEY)
        if answer.status_code != 409:
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError("the key stayed in use")


def test_a_request_that_takes_too_long_is_a_504_and_others_are_answered(
    application: Application, gate: Gate
) -> None:
    async def calls() -> None:
        async with calling(application) as client:
            late = await send(client)
            assert late.status_code == 504
            assert late.headers["content-type"] == "application/problem+json"
            assert int(late.headers["retry-after"]) > 0
            assert (late.json()["code"], late.json()["status"]) == ("timeout", 504)
            assert gate.begun.is_set()
            assert (await client.get("/v1/items")).status_code == 200, "while the thread is still at work"
            gate.open.set()
            assert (await until_replayed(client)).status_code == 200, "the work went on: the file was taken"
            assert (await client.get("/v1/items?status=all")).json()["total"] == 1

    asyncio.run(calls())


def test_its_key_is_in_use_while_the_thread_is_at_work_and_then_has_its_answer(
    application: Application, gate: Gate
) -> None:
    async def calls() -> None:
        async with calling(application) as client:
            assert (await send(client, **KEY)).status_code == 504
            again = await send(client, **KEY)
            assert (again.status_code, again.json()["code"]) == (409, "idempotency-key-in-use")
            assert int(again.headers["retry-after"]) > 0
            gate.open.set()
            done = await until_replayed(client)
            assert (done.status_code, done.headers["idempotency-replayed"]) == (201, "true")
            assert (done.json()["already_taken"], gate.files) == (False, 1)
            assert (await client.get("/v1/items?status=all")).json()["total"] == 1

    asyncio.run(calls())


def test_its_thread_takes_other_work_once_it_is_done(application: Application, gate: Gate) -> None:
    """Its place counts as taken while it works, and is free again behind it."""

    async def calls() -> None:
        few = application.workers[-1]
        async with calling(application) as client:
            assert (await send(client)).status_code == 504
            assert few._taken == 1
            gate.open.set()
            for _ in range(100):
                if few._taken == 0:
                    break
                await asyncio.sleep(0.05)
            assert few._taken == 0
            assert (await send(client)).json()["already_taken"]

    asyncio.run(calls())

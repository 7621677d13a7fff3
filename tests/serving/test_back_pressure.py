"""More than may wait is refused at once with a 429 that says when to come again; then the service goes on as before."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import msgspec
import pytest

from serving.api.scores import FEW
from serving.application import Application
from serving.champions import Champions
from tests.support.builders import make_claim
from tests.support.fake_champions import FakeDenialRisk, fake_champions

SCORING = 1  # its place among the application's pools
BODY = msgspec.json.encode({"items": [{"claim": make_claim()}] * (FEW + 1)})


class SlowDenialRisk(FakeDenialRisk):
    """Answers when it may."""

    may = threading.Event()

    def score(self, claims: Any) -> Any:
        assert self.may.wait(60)
        return super().score(claims)


@pytest.fixture
def champions() -> Iterator[Champions]:
    SlowDenialRisk.may.clear()
    yield replace(fake_champions(), denial_risk=SlowDenialRisk())
    SlowDenialRisk.may.set()


async def score(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post("/v1/denial-risk", content=BODY, headers={"Content-Type": "application/json"})


async def flood(application: Application, more: int) -> tuple[list[httpx.Response], list[httpx.Response]]:
    """The answers to as many as there are places and to ``more``; then that to one after them."""
    transport = httpx.ASGITransport(application.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://clearlane.test") as client:
        places = application.workers[SCORING]._places
        waiting = [asyncio.create_task(score(client)) for _ in range(places)]
        async with asyncio.timeout(20):
            while application.workers[SCORING]._taken < places:
                await asyncio.sleep(0.01)
        refused = [await score(client) for _ in range(more)]
        assert (await client.get("/v1/items")).status_code == 200, "another pool has its own places"
        SlowDenialRisk.may.set()
        return refused, [*await asyncio.gather(*waiting), await score(client)]


def test_what_finds_no_place_is_refused_and_the_others_are_answered(application: Application) -> None:
    refused, answered = asyncio.run(flood(application, 3))
    assert Counter(answer.status_code for answer in refused) == {429: 3}
    for answer in refused:
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) > 0
        assert (answer.json()["code"], answer.json()["status"]) == ("too-many-requests", 429)
    assert Counter(answer.status_code for answer in answered) == {200: len(answered)}
    assert {answer.json()["items"][0]["probability"] for answer in answered} == {0.9}
    assert application.workers[SCORING]._taken == 0

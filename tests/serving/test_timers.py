"""A request that was answered leaves no timer behind: a service that has run for a month is as light as a new one."""

from __future__ import annotations

import asyncio

import httpx
import msgspec

from serving.application import Application
from tests.support.builders import make_claim
from tests.support.small_x12 import professional

REQUESTS = 200


async def timers_left(application: Application) -> int:
    """Those that will still go off on the loop, less those from before."""
    loop = asyncio.get_running_loop()
    body = msgspec.json.encode({"items": [{"claim": make_claim()}]})
    kind = {"Content-Type": "application/json"}
    transport = httpx.ASGITransport(application.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://clearlane.test") as client:
        before = _timers(loop)
        for _ in range(REQUESTS):
            scored = await client.post("/v1/denial-risk", content=body, headers=kind)
            taken = await client.post("/v1/files?name=a.837", content=professional())
            listed = await client.get("/v1/items")
            assert {scored.status_code, listed.status_code} == {200}
            assert taken.status_code in (200, 201)
        return _timers(loop) - before


def _timers(loop: asyncio.AbstractEventLoop) -> int:
    return sum(not timer.cancelled() for timer in loop._scheduled)  # type: ignore[attr-defined]


def test_an_answered_request_leaves_no_timer(application: Application) -> None:
    assert asyncio.run(timers_left(application)) == 0

"""Many large bodies at once: what has no room is refused with a 429, and its room is free again once it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from serving.api.bodies import read_body
from serving.api.room import BodyRoomMiddleware
from serving.problem_details import ProblemMiddleware


class Held:
    """Reads each body, and answers none before it is let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.read = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(Request(scope, receive))
        self.read += 1
        await self.go.wait()
        await Response(str(len(body)))(scope, receive, send)


async def in_chunks(size: int) -> AsyncIterator[bytes]:
    """A body that does not say how long it is."""
    for _ in range(size):
        yield b"x"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_without_room_is_refused_and_the_room_is_free_once_the_others_are_answered(
    chunked: bool,
) -> None:
    def body(size: int) -> bytes | AsyncIterator[bytes]:
        return in_chunks(size) if chunked else b"x" * size

    async def main() -> None:
        app = Held()
        room = BodyRoomMiddleware(app, most=10)
        transport = httpx.ASGITransport(ProblemMiddleware(room))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            first = asyncio.create_task(client.post("/", content=body(8)))
            while app.read < 1:
                await asyncio.sleep(0)
            refused = await client.post("/", content=body(3))
            assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
            assert refused.headers["retry-after"]
            app.go.set()
            assert (await client.post("/", content=body(2))).text == "2"
            assert (await first).text == "8"
            assert (await client.post("/", content=body(10))).text == "10"
        assert room.taken == 0

    asyncio.run(main())

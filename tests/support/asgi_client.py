"""A client for an ASGI application in this process: what ``httpx`` sends, without a server."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec
from starlette.types import ASGIApp


class AsgiClient:
    """Blocking requests; an exception that escapes from the application fails the test."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def get(self, path: str, **more: Any) -> httpx.Response:
        """A GET."""
        return self.send("GET", path, **more)

    def post_json(self, path: str, value: Any, **headers: str) -> httpx.Response:
        """A POST of a value as JSON; structs and decimals are taken, and bytes are sent as they are."""
        body = value if isinstance(value, bytes) else msgspec.json.encode(value)
        return self.send("POST", path, content=body, headers={"Content-Type": "application/json", **headers})

    def post_file(self, data: bytes, name: str = "upload.x12") -> httpx.Response:
        """A POST of a file as a form sends it."""
        return self.send("POST", "/v1/files", files={"file": (name, data)})

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Any request."""
        return asyncio.run(self._send(method, path, **more))

    async def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://clearlane.test") as client:
            return await client.request(method, path, **more)

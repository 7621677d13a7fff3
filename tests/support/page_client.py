"""A browser without a window: asks an ASGI application, keeps its cookies, follows no redirect."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp

OWN_FORM: Mapping[str, str] = {"sec-fetch-site": "same-origin"}


class PageClient:
    """One visitor at ``http://testserver``; ``headers`` go with every request."""

    def __init__(self, app: ASGIApp, *, headers: Mapping[str, str] = OWN_FORM) -> None:
        self._app = app
        self._headers = headers
        self.cookies = httpx.Cookies()

    def get(self, path: str) -> httpx.Response:
        """The answer to a link."""
        return self._send("GET", path)

    def post(self, path: str, **content: Any) -> httpx.Response:
        """The answer to a form (``data=``) or to something else (``json=``)."""
        return self._send("POST", path, **content)

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://testserver", headers=self._headers, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **content)
                self.cookies = client.cookies
                return answer

        return asyncio.run(ask())

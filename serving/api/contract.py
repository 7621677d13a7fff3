"""``GET /v1/openapi.json``: the contract of this API."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from serving.contract.document import written


async def contract(_: Request) -> Response:
    """The OpenAPI 3.1 document, which holds nothing of anybody."""
    return Response(written(), media_type="application/json")

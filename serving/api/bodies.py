"""Reading request bodies within bounds, and writing JSON."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from serving.api.room import PLACE, Share
from serving.problem_details import RequestError

LARGEST_BODY = 25 * 1024 * 1024  # bytes


async def read_body(request: Request, *, largest: int = LARGEST_BODY) -> bytes:
    """The whole body; raises RequestError (413) as soon as it is known to be too large.

    Where other requests hold too much already (``serving.api.room``) it is refused with a 429, before it is read if it
    says how long it is.
    """
    stated = request.headers.get("content-length", "")
    expected = int(stated) if stated.isascii() and stated.isdigit() else 0
    if expected > largest:
        raise _too_large(largest)
    share: Share | None = request.scope.get(PLACE)
    if share:
        share.check(expected)
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > largest:
                raise _too_large(largest)
            if share:
                share.take(len(part))
            parts.append(part)
    except ClientDisconnect:
        raise RequestError(400, "incomplete-body", "the body ended before it was complete") from None
    return b"".join(parts)


async def read_json(request: Request) -> bytes:
    """The body of a JSON request.

    The media type is asked for: a browser sends ``application/json`` to another site only after asking us.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise RequestError(415, "unsupported-media-type", "the body should be application/json")
    return await read_body(request)


def answer(value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON response; patient data is for this caller only, so nothing on the way may keep it."""
    return Response(
        msgspec.json.encode(value),
        status_code=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type="application/json",
    )


def _too_large(largest: int) -> RequestError:
    return RequestError(
        413, "too-large", f"at most {largest // (1024 * 1024)} MB are taken at once; send it in parts"
    )

"""What is still served but will go: told with every answer that used it (RFC 9745, RFC 8594)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.requests import Request

OFFSET_SINCE = datetime(2026, 12, 1, tzinfo=UTC)
OFFSET_UNTIL = datetime(2027, 12, 1, tzinfo=UTC)
LINK = '</v1/openapi.json>; rel="deprecation"; type="application/json"'


def of_offset(request: Request) -> dict[str, str]:
    """The headers of an answer to a request with ``offset``; none for others."""
    if "offset" not in request.query_params:
        return {}
    return {
        "Deprecation": f"@{int(OFFSET_SINCE.timestamp())}",
        "Sunset": format_datetime(OFFSET_UNTIL, usegmt=True),
        "Link": LINK,
    }

"""``ETag`` and ``If-None-Match`` (RFC 9110, 8.8.3 and 13.1.2): what a caller has already is not sent again."""

from __future__ import annotations

import hashlib
import re

from starlette.requests import Request
from starlette.responses import Response

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")


def etag_of(version: int, body: bytes) -> str:
    """The version, which ``If-Match`` names, and a digest: what stands beside it changes without a new version.

    >>> etag_of(3, b"{}")
    '"3-44136fa355b3678a"'
    """
    return f'"{version}-{hashlib.sha256(body).hexdigest()[:16]}"'


def is_named(given: str, etag: str) -> bool:
    """Whether ``If-None-Match`` names a representation, by the weak comparison; what is no such header names nothing.

    >>> is_named('"a", W/"b"', '"b"'), is_named("*", '"b"'), is_named('"a"', '"b"'), is_named("b", '"b"')
    (True, True, False, False)
    """
    if given.strip() == "*":
        return True
    return etag.removeprefix("W/") in (tag.removeprefix("W/") for tag in tags_of(given) or ())


def tags_of(given: str) -> list[str] | None:
    """The tags of a list, weak ones with their mark; None for what is no such list.

    >>> tags_of('"a", W/"b"'), tags_of('"a'), tags_of("a")
    (['"a"', 'W/"b"'], None, None)
    """
    return re.findall(_TAG, given) if _LIST.fullmatch(given) else None


def unless_known(request: Request, response: Response) -> Response:
    """The answer to a GET, or 304 without a body where the caller says that it has it.

    What was asked for was read all the same: nobody learns by this of what may not be seen, and it counts as shown.
    """
    given = ", ".join(request.headers.getlist("if-none-match"))
    etag = response.headers.get("etag")
    if etag is None or not is_named(given, etag):
        return response
    kept = {name: response.headers[name] for name in ("ETag", "Cache-Control") if name in response.headers}
    return Response(status_code=304, headers=kept)

"""``If-Match`` (RFC 9110, 13.1.1): on which version of an item a change is made."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeVar

from starlette.requests import Request

from features.errors import ConflictError
from serving.api.validators import tags_of
from serving.problem_details import RequestError

T = TypeVar("T")
MOST: Final = 10  # versions that one request names
_OURS = re.compile(r'"([0-9]{1,9})(?:-[0-9a-f]{16})?"')


def versions_of(request: Request) -> tuple[int, ...] | None:
    """The versions that a request names, the latest first; None where it takes the item as it is (``*``).

    The comparison is the strong one: a weak tag names no version, and neither does one that is none of ours.

    Raises RequestError: 428 without the header, 400 where it is no such header, 412 where it names no version.
    """
    given = ", ".join(request.headers.getlist("if-match"))
    if "if-match" not in request.headers:
        raise RequestError(
            428, "version-needed", "send If-Match with the item's ETag: it says which version you decided on"
        )
    if given.strip(" \t") == "*":
        return None
    tags = tags_of(given)
    if tags is None:
        raise _malformed(
            'If-Match is no list of entity tags; send the item\'s ETag, or its version as in "3"'
        )
    found = {int(match[1]) for match in map(_OURS.fullmatch, tags) if match}
    if not found:
        raise RequestError(412, "version-unknown", "If-Match names no version of this item")
    if len(found) > MOST:
        raise _malformed(f"If-Match names more than {MOST} versions")
    return tuple(sorted(found, reverse=True))


async def on_one_of(versions: tuple[int, ...] | None, change: Callable[[int | None], Awaitable[T]]) -> T:
    """Make a change on the first of these versions on which it can be made; raises as it does on the last."""
    *others, last = (None,) if versions is None else versions
    for version in others:
        with suppress(ConflictError):
            return await change(version)
    return await change(last)


def _malformed(what: str) -> RequestError:
    return RequestError(400, "malformed-if-match", what)

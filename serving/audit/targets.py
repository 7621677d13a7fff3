"""Where anchors go: a file, or an address."""

from __future__ import annotations

import http.client
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import msgspec

from features.errors import BadInputError, ClearlaneError
from serving.audit.anchors import Anchor

PATIENCE: Final = 10.0  # seconds for an answer


class AnchorError(ClearlaneError):
    """An anchor could not be written."""

    code = "anchor"
    http_status = 503


class Target(Protocol):
    """Where anchors go."""

    def write(self, anchor: Anchor, /) -> None:
        """Keep it for good; raises AnchorError."""


class FileTarget:
    """A file that lines are only added to; keep it on another machine, or on a medium that cannot be written twice."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, anchor: Anchor, /) -> None:
        """Add a line, and have it on the disk before going on."""
        line = msgspec.json.encode(anchor) + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                whole = line if _ends_whole(handle) else b"\n" + line
                if os.write(handle, whole) < len(whole):
                    raise AnchorError("the file of anchors took a part of a line: its disk may be full")
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise AnchorError(f"the file of anchors cannot be written ({error.strerror})") from error


class UrlTarget:
    """An address that takes each anchor as JSON by POST; an answer with a status of 2xx means that it is kept."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(_NoRedirects)

    def write(self, anchor: Anchor, /) -> None:
        """Send it, once: what fails is sent anew with the next head, which vouches for all before it."""
        request = urllib.request.Request(  # noqa: S310 - http and https alone, by ``target_of``
            self._url,
            data=msgspec.json.encode(anchor),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        try:
            with self._opener.open(request, timeout=PATIENCE):
                return
        except urllib.error.HTTPError as error:
            error.close()
            why = f"status {error.code}"
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = type(error).__name__
        raise AnchorError(f"the address of anchors did not take one ({why})")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A POST that is sent elsewhere becomes a GET, which keeps nothing and is answered all the same."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Leave the answer as it is: an error with its status."""


def target_of(given: str) -> Target:
    """A file, or an address with http or https; raises BadInputError for another address."""
    parts = urlsplit(given)
    if parts.scheme.lower() in ("http", "https") and parts.hostname:
        return UrlTarget(given)
    if "://" in given:
        raise BadInputError(
            "anchors go to a file, or to an address with http or https", "CLEARLANE_AUDIT_ANCHOR"
        )
    return FileTarget(Path(given).absolute())


def _ends_whole(handle: int) -> bool:
    """Whether the file is empty or ends with a line's end: a line that was cut off stays on its own."""
    size = os.lseek(handle, 0, os.SEEK_END)
    return size == 0 or os.pread(handle, 1, size - 1) == b"\n"

"""Heads of the log as they are kept outside of the database: what was there when one was written cannot go unseen."""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from features.errors import BadInputError

FORMAT: Final = "clearlane-anchor-1"
LONGEST_LINE: Final = 4096  # bytes
LISTED: Final = 20  # unreadable lines that are told one by one


class Anchor(Struct, frozen=True):
    """The log's last entry at a time."""

    number: int
    hash: str
    at: str  # when it was anchored, UTC
    mac: str | None = None  # HMAC-SHA-256 of the rest, hexadecimal; None where no key was set


class Anchors(Struct, frozen=True):
    """The anchors of a file, in its order."""

    found: tuple[Anchor, ...]
    unreadable: tuple[int, ...] = ()  # numbers of lines that are no anchor, such as one that was cut off


def anchor(number: int, digest: str, at: str, *, key: bytes | None = None) -> Anchor:
    """An anchor, with its MAC where there is a key."""
    plain = Anchor(number, digest, at)
    return msgspec.structs.replace(plain, mac=mac_of_anchor(plain, key)) if key else plain


def mac_of_anchor(one: Anchor, key: bytes) -> str:
    """The MAC that an anchor has by a key.

    >>> mac_of_anchor(Anchor(1, "0" * 64, "2026-01-31T09:30:00.000000Z"), b"key")[:12]
    '915613ccb83f'
    """
    said = msgspec.json.encode((FORMAT, one.number, one.hash, one.at))
    return hmac.digest(key, said, "sha256").hex()


def read_anchors(path: Path) -> Anchors:
    """The anchors of a file, one JSON object a line; raises BadInputError where it cannot be read or holds none.

    A line that was cut off while it was written stays in the file, and is passed over: those behind it vouch for what
    it would have vouched for.
    """
    found: list[Anchor] = []
    unreadable: list[int] = []
    try:
        with path.open("rb") as stream:
            for place, line in enumerate(iter(lambda: stream.readline(LONGEST_LINE), b""), start=1):
                read = _decoded(line)
                if read is not None:
                    found.append(read)
                elif line.strip() and len(unreadable) < LISTED:
                    unreadable.append(place)
    except OSError as error:
        raise BadInputError("the anchors cannot be read", path.name, "check the path") from error
    if not found:
        raise BadInputError("the file holds no anchor", path.name, "name the file that anchors are added to")
    return Anchors(tuple(found), tuple(unreadable))


def _decoded(line: bytes) -> Anchor | None:
    try:
        return DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


DECODER = msgspec.json.Decoder(Anchor)

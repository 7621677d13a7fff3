"""Heads of the log as they are kept outside of the database: what was there when one was written cannot go unseen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from features.errors import BadInputError

LARGEST: Final = 1024 * 1024 * 1024  # bytes; an anchor a minute for six years is 500 MB


class Anchor(Struct, frozen=True):
    """The log's last entry at a time."""

    number: int
    hash: str
    at: str  # when it was anchored, UTC


def read_anchors(path: Path) -> tuple[Anchor, ...]:
    """The anchors of a file, one JSON object a line; raises BadInputError, which names the line.

    A last line without its end was cut off while it was written, and is left out.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise BadInputError("the anchors cannot be read", path.name, "check the path") from error
    if len(data) > LARGEST:
        raise BadInputError("the file of anchors is too large", path.name)
    lines = data.split(b"\n")
    return _decoded(lines[:-1], path.name)


def _decoded(lines: Sequence[bytes], name: str) -> tuple[Anchor, ...]:
    decoder = msgspec.json.Decoder(Anchor)
    found: list[Anchor] = []
    for place, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadInputError("this is no anchor", f"{name}, line {place}") from error
    return tuple(found)

"""Files in UTF-16, as some Windows editors save them: they are read from a copy in UTF-8."""

from __future__ import annotations

import codecs
from typing import IO

CHUNK = 1 << 16  # bytes decoded at a time

# The first two bytes of a file: a byte order mark, or the I of an ISA that is two bytes wide.
_WIDE = {
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    b"I\x00": "utf-16-le",
    b"\x00I": "utf-16-be",
}


def is_wide(start: bytes) -> bool:
    """Whether a file that starts with these bytes is UTF-16.

    >>> is_wide("ISA*00".encode("utf-16")), is_wide(b"ISA*00")
    (True, False)
    """
    return start[:2] in _WIDE


def narrowed(start: bytes) -> bytes:
    """The start of a file as UTF-8 where it is UTF-16, else as it is.

    >>> narrowed("ISA*00".encode("utf-16-be"))
    b'ISA*00'
    """
    return start.decode(_WIDE[start[:2]], "replace").encode() if is_wide(start) else start


def copy_narrowed(stream: IO[bytes], into: IO[bytes]) -> None:
    """Copy a stream that is UTF-16, as UTF-8."""
    start = stream.read(2)
    decoder = codecs.getincrementaldecoder(_WIDE[start])("replace")
    while start:
        into.write(decoder.decode(start).encode())
        start = stream.read(CHUNK)

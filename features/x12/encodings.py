"""Files in UTF-16, as some Windows editors save them: they are read from a copy in UTF-8."""

from __future__ import annotations

import codecs
from typing import IO

CHUNK = 1 << 16  # bytes decoded at a time

MARK = 4  # bytes from the start of a file that tell

_WIDE = {
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    b"I\x00S\x00": "utf-16-le",  # an ISA without a byte order mark
    b"\x00I\x00S": "utf-16-be",
}


def wide_encoding(start: bytes) -> str | None:
    """The encoding of a file that starts with these bytes, where it is UTF-16.

    >>> wide_encoding("ISA*00".encode("utf-16-le")), wide_encoding(b"ISA*00"), wide_encoding(b"\\0ISA*00")
    ('utf-16-le', None, None)
    """
    return next((name for mark, name in _WIDE.items() if start.startswith(mark)), None)


def narrowed(start: bytes) -> bytes:
    """The start of a file as UTF-8 where it is UTF-16, else as it is.

    >>> narrowed("ISA*00".encode("utf-16-be"))
    b'ISA*00'
    """
    encoding = wide_encoding(start)
    return start.decode(encoding, "replace").encode() if encoding else start


def copy_narrowed(stream: IO[bytes], into: IO[bytes], encoding: str) -> None:
    """Copy a stream in the encoding, as UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while block := stream.read(CHUNK):
        into.write(decoder.decode(block).encode())

"""Where the interchanges of a stream begin and end, and where one of them is cut off.

This is a first, fast look over the bytes, so that the reader knows before it yields a record whether the
transaction around it was ever finished, and need not hold a transaction in memory to find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from features.x12.delimiters import HEADER_LIMIT, Header, read_header

SCAN = 1 << 18  # bytes looked at at a time
WINDOW = 1 << 16  # bytes of an interchange's end looked at at a time
NEIGHBOURS = 64  # bytes before an ISA that tell whether a segment may start there
_BLANKS = b"\r\n\t "
# A file that is wrapped at a fixed width may break inside a name.
_ISA, _WRAPPED_ISA = b"ISA", (b"I\nSA", b"IS\nA", b"I\r\nSA", b"IS\r\nA")
_ENVELOPE = b"|".join(
    rb"[\r\n]*".join(re.findall(rb".", name)) for name in (b"ST", b"SE", b"GE", b"IEA", b"GS")
)


class Interchange(NamedTuple):
    """A stretch of the stream, in bytes from its start."""

    start: int  # of ISA
    end: int  # of the next ISA, or of the stream
    header: Header
    unfinished: int | None  # where a transaction begins that is never closed
    closed: bool  # an IEA stands at its end


def find_interchanges(stream: BinaryIO) -> Iterator[Interchange]:
    """The interchanges in order, each as soon as its end is known; the stream must be seekable.

    The caller may move the stream between two of them.
    """
    start, header = -1, None
    for position, found in _headers(stream):
        if header is not None:
            yield _bounded(stream, start, position, header)
        start, header = position, found
    if header is not None:
        yield _bounded(stream, start, stream.seek(0, 2), header)


def _headers(stream: BinaryIO) -> Iterator[tuple[int, Header]]:
    """Each ISA with its place; a header must be seen whole, so a block's last stretch waits for the next."""
    position, before, text = 0, b"", b""
    current: Header | None = None
    while True:
        stream.seek(position + len(text))
        block = stream.read(SCAN)
        text += block
        limit = max(0, len(text) - HEADER_LIMIT) if block else len(text)
        for at in _places(text, limit):
            header = read_header(text[at : at + HEADER_LIMIT])
            if header and (header.sure or _stands_alone((before + text[:at])[-NEIGHBOURS:], current)):
                yield position + at, header
                current = header
        if not block:
            return
        before, text, position = (before + text[:limit])[-NEIGHBOURS:], text[limit:], position + limit


def _places(text: bytes, limit: int) -> list[int]:
    """Where an ISA may begin before the limit, in order."""
    found: list[int] = []
    for name in (_ISA, *_WRAPPED_ISA) if b"\n" in text else (_ISA,):
        at = text.find(name, 0, limit + len(name) - 1)
        while at >= 0:
            found.append(at)
            at = text.find(name, at + 1, limit + len(name) - 1)
    return sorted(found)


def _stands_alone(before: bytes, current: Header | None) -> bool:
    """Whether a segment may start after these bytes: at the start of the file, or after a terminator."""
    left = before.lstrip(b"\xef\xbb\xbf") if current is None else before
    text = left.rstrip(_BLANKS)
    if current is None:
        return not text
    return left.rstrip(b" \t").endswith(current.terminator) or text.endswith(current.terminator)


def _bounded(stream: BinaryIO, start: int, end: int, header: Header) -> Interchange:
    """The interchange with what its last envelope segment tells."""
    last, position = _last_envelope_segment(stream, start, end, header)
    return Interchange(
        start, end, header, unfinished=position if last == b"ST" else None, closed=last == b"IEA"
    )


def _last_envelope_segment(stream: BinaryIO, start: int, end: int, header: Header) -> tuple[bytes, int]:
    """The name and the place of the last ST, SE, GE or IEA; nearly always in the last window.

    A name may be padded with blanks, as the segment splitter reads it.
    """
    pattern = re.compile(
        re.escape(header.terminator)
        + rb"[\r\n\t ]*("
        + _ENVELOPE
        + rb")[\r\n\t ]*"
        + re.escape(header.element)
    )
    right = end
    while right > start:
        left = max(start, right - WINDOW)
        stream.seek(left)
        matches = list(pattern.finditer(stream.read(min(end, right + 64) - left)))
        if matches:
            return matches[-1].group(1).translate(None, b"\r\n"), left + matches[-1].start(1)
        right = left
    return b"", start

"""An interchange's bytes into lists of segment texts, a chunk at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import BinaryIO

from features.x12.delimiters import NEWLINES, Header

FILLING = b" \t\r\n\x00\x1a"  # behind a file's last segment: line ends, padding, the mark of a DOS file's end
SEGMENT_LIMIT = 1 << 20  # bytes; a longer stretch without a terminator is no segment


def read_segments(
    stream: BinaryIO, start: int, end: int, header: Header, *, chunk: int, report: Callable[[str], None]
) -> Iterator[list[str]]:
    """The segments between two places of the stream, in lists; pieces that hold nothing are left out.

    Line ends are dropped wherever they stand (files are wrapped after every segment, or at a fixed width),
    unless they are the terminator. ``report`` takes the code of a problem, as often as it occurs.
    """
    rest, position = b"", start
    while position < end:
        stream.seek(position)
        block = stream.read(min(chunk, end - position))
        if not block:
            break
        position += len(block)
        cut = block.rfind(header.terminator)
        if cut < 0:
            rest += block
            if len(rest) > SEGMENT_LIMIT:
                report("segment-too-long")
                rest = rest[:HEAD_OF_LONG]
            continue
        yield _texts(rest + block[:cut], header, report)
        rest = block[cut + 1 :]
    rest = rest.rstrip(FILLING)
    if rest.strip():
        yield _texts(rest, header, report)


HEAD_OF_LONG = 4096  # bytes kept of a stretch that is too long, so that it still counts as one segment


def _texts(body: bytes, header: Header, report: Callable[[str], None]) -> list[str]:
    """The texts of whole segments, the last without its terminator."""
    unwanted = NEWLINES.replace(header.terminator, b"")
    if any(newline in body for newline in (b"\n", b"\r")):
        body = body.translate(None, unwanted)
    if b" " + header.terminator in body or body.endswith(b" "):
        body = _padded_end(header).sub(b"", body)
    if b" " + header.element in body or b"\t" in body:
        body = _padded_name(header).sub(rb"\1", body)
    segments = _split(body, header, report)
    blank = _blank_start(header).search(header.terminator + body + header.terminator)
    return [text for segment in segments if (text := segment.lstrip())] if blank else segments


@lru_cache(maxsize=8)
def _padded_name(header: Header) -> re.Pattern[bytes]:
    """Blanks between a segment's name and its first element."""
    terminator, element = re.escape(header.terminator), re.escape(header.element)
    return re.compile(rb"((?:^|" + terminator + rb")[ \t]*[A-Z][A-Z0-9]{1,2})[ \t]+(?=" + element + rb")")


@lru_cache(maxsize=8)
def _padded_end(header: Header) -> re.Pattern[bytes]:
    """Blanks between a segment's last element and its terminator."""
    return re.compile(rb" +(?=" + re.escape(header.terminator) + rb"|\Z)")


@lru_cache(maxsize=8)
def _blank_start(header: Header) -> re.Pattern[bytes]:
    """A segment that is empty or starts with a blank."""
    terminator = re.escape(header.terminator)
    return re.compile(terminator + rb"[ \t" + terminator + rb"]")


def _split(body: bytes, header: Header, report: Callable[[str], None]) -> list[str]:
    if header.encoding_is_bytewise:
        return body.decode("latin-1").split(header.terminator.decode("latin-1"))
    try:
        return body.decode("utf-8").split(header.terminator.decode("ascii"))
    except UnicodeDecodeError:
        report("encoding-mixed")
        return [_decoded(segment) for segment in body.split(header.terminator)]


def _decoded(segment: bytes) -> str:
    """A name in UTF-8 or, as older systems write it, in Latin-1: judged a segment at a time.

    >>> _decoded("NM1*QC*1*MUÑOZ".encode("latin-1")) == _decoded("NM1*QC*1*MUÑOZ".encode())
    True
    """
    try:
        return segment.decode("utf-8")
    except UnicodeDecodeError:
        return segment.decode("latin-1")

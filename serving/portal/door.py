"""One door for all files: what a file is, its content says, and each becomes the same records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from features import files, incoming
from features.errors import NotX12Error
from features.x12.records import Record
from serving.portal.documents import looks_like_json, read_document, says_what_it_is
from serving.portal.tables import read_table, sort_of_table


def records_of(data: bytes, *, file: str) -> Iterable[Record]:
    """The records of a file: X12, what was typed from paper, CSV, JSON or FHIR.

    Raises NotX12Error where it is none of these, BadInputError where it is one of them and cannot be read at all.
    """
    start = data[: incoming.HEADER_LIMIT]
    if looks_like_json(start):
        if not says_what_it_is(data):
            raise NotX12Error(
                "the JSON holds no claims and no claim payments", where=file, remedy="see docs/intake.md"
            )
        return read_document(data, file=file)
    if incoming.reader_of(start) is None:
        sort = sort_of_table(start)
        if sort is not None:
            return read_table(data, sort, file=file)
    return incoming.read_bytes(data, file=file)


def read(path: Path) -> Iterator[Record]:
    """The records of a file on disk, as ``records_of``; X12 is streamed. Raises what that raises."""
    start = _start(path)
    if looks_like_json(start) or (incoming.reader_of(start) is None and sort_of_table(start) is not None):
        yield from records_of(path.read_bytes(), file=files.shown(path))
    else:
        yield from incoming.read(path)


def _start(path: Path) -> bytes:
    """How a file begins; empty where it cannot be opened, which its reader then says."""
    try:
        with path.open("rb") as stream:
            return stream.read(incoming.HEADER_LIMIT)
    except OSError:
        return b""

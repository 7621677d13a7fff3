"""Files as a provider gets them: X12, and the tables into which clerks type what came on paper.

What a file is, its content says and not its name: an ISA near its start, or a first line that names the columns of
``features.paper`` or ``features.stubs``. Any other table, as a ledger, is none of these.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

from features import files, paper, stubs
from features.errors import BadInputError
from features.stubs import Stub
from features.x12 import reader
from features.x12.records import Record

HEADER_LIMIT = 4096  # bytes from the start of a table in which its first line must end


def read(path: Path) -> Iterator[Record]:
    """The records of a file on disk, see ``read_bytes``; X12 is streamed.

    Raises BadInputError where it cannot be opened, and as ``read_bytes``.
    """
    typed = reader_of(_start(path))
    if typed is None:
        yield from files.read(path)
        return
    try:
        with path.open("rb") as stream:
            yield from typed(stream, files.shown(path))
    except OSError as error:
        raise BadInputError("the file cannot be read", where=str(path), remedy=str(error.strerror)) from error


def read_bytes(data: bytes, *, file: str) -> Iterator[Record]:
    """The records of bytes in memory; a check with its stub is the payment of one claim, see ``Stub.claim_payment``.

    Raises NotX12Error where they are neither X12 nor such a table, BadInputError for a table that is no UTF-8.
    """
    typed = reader_of(data[:HEADER_LIMIT])
    if typed is None:
        yield from reader.read_bytes(data, file=file)
    else:
        yield from typed(BytesIO(data), file)


def recognised(path: Path) -> bool:
    """Whether ``read`` can read a file, judged by its start."""
    return files.looks_like_x12(path) or reader_of(_start(path)) is not None


def reader_of(start: bytes) -> Callable[[IO[bytes], str], Iterable[Record]] | None:
    """What reads a table that begins like this; None where it is not one of what came on paper.

    >>> reader_of(b"posting_date,trace_number,payer_id") is None
    True
    """
    lines = start.decode("utf-8-sig", "replace").splitlines()
    first = next((line for line in lines if line.strip(" ,")), "")
    header = {column.strip().lower() for column in next(csv.reader([first]), [])}
    if header.issuperset(paper.COLUMNS):
        return lambda stream, file: paper.paper_records_in(stream, file=file)
    return _payments_of_stubs if header.issuperset(stubs.COLUMNS) else None


def _payments_of_stubs(stream: IO[bytes], file: str) -> Iterator[Record]:
    for record in stubs.stub_records_in(stream, file=file):
        yield record.claim_payment() if isinstance(record, Stub) else record


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(HEADER_LIMIT)
    except OSError:
        return b""

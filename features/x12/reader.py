"""Reading X12: bytes to records, a stretch at a time, with problems among the records.

>>> isa = b"ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *260105*0900*^*00501*000000001*0*P*:~"
>>> records = list(read_bytes(isa + b"GS*HP*PAYER*CLINIC*20260105*0900*1*X*005010X221A1~ST*835*0001~", file="cut.835"))
>>> [(record.code, record.severity) for record in records]
[('transaction-cut-off', 'error')]
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, BinaryIO

from features.errors import NotX12Error
from features.x12.claim_payments import BLANKS
from features.x12.delimiters import component_in_use
from features.x12.encodings import MARK, copy_narrowed, wide_encoding
from features.x12.envelope import Envelope
from features.x12.interchanges import Interchange, find_interchanges
from features.x12.place import Place
from features.x12.records import Record
from features.x12.segments import read_segments

CHUNK = 1 << 16  # bytes read at a time
SPOOLED = 1 << 23  # bytes of an unseekable stream that are kept in memory rather than on disk
SEGMENT_NAME = re.compile(r"[A-Z][A-Z0-9]{1,2}", re.ASCII)


def read(stream: BinaryIO, *, file: str, chunk: int = CHUNK, in_memory: bool = False) -> Iterator[Record]:
    """The records of a stream in the order of the file, each as soon as it is complete.

    A remittance comes after its claim payments. Memory does not grow with the file. ``file`` is the path that
    stands in the sources. A stream that cannot be sought is first copied, to a temporary file where it is large and not
    ``in_memory``, since whether a transaction is cut off must be known before its first record is given.

    Raises NotX12Error where the stream holds no X12 interchange; all else is a ``Problem`` among the records.
    """
    if not (stream.seekable() and stream.tell() == 0):
        yield from _read_copy(stream, shutil.copyfileobj, file, chunk, in_memory)
        return
    encoding = wide_encoding(stream.read(MARK))
    stream.seek(0)
    if encoding:
        yield from _read_copy(stream, partial(copy_narrowed, encoding=encoding), file, chunk, in_memory)
    else:
        yield from _read_seekable(stream, file, chunk)


def read_bytes(data: bytes, *, file: str) -> Iterator[Record]:
    """The records of bytes in memory: no copy of them is written to the disk, where it would lie in clear."""
    return read(io.BytesIO(data), file=file, in_memory=True)


def _read_copy(
    stream: BinaryIO, copy_to: Callable[[BinaryIO, IO[bytes]], None], file: str, chunk: int, in_memory: bool
) -> Iterator[Record]:
    with tempfile.SpooledTemporaryFile(max_size=0 if in_memory else SPOOLED) as copy:  # 0: never on the disk
        copy_to(stream, copy)
        copy.seek(0)
        yield from read(copy, file=file, chunk=chunk)  # type: ignore[arg-type]


def _read_seekable(stream: BinaryIO, file: str, chunk: int) -> Iterator[Record]:
    place = Place(file)
    for number, interchange in enumerate(find_interchanges(stream)):
        if number == 0 and _text_before(stream, interchange.start):
            place.report("text-outside-interchange")
        yield from _read_interchange(stream, interchange, place, chunk)
        if interchange.unfinished is not None:
            _set_aside(stream, interchange, place, chunk)
        elif not interchange.closed:
            place.transaction = None
            place.report("cut-off")
        yield from _taken(place)
    if place.segment == 0:
        raise NotX12Error("there is no X12 interchange", where=file, remedy="it must hold an ISA segment")


def _read_interchange(
    stream: BinaryIO, interchange: Interchange, place: Place, chunk: int
) -> Iterator[Record]:
    """Hand each segment of the finished transactions to whoever reads it."""
    header = interchange.header
    end = interchange.end if interchange.unfinished is None else interchange.unfinished
    stream.seek(interchange.start)
    component = component_in_use(header, stream.read(min(CHUNK, end - interchange.start)))
    envelope = Envelope(place, component.decode("latin-1"))
    handlers = envelope.handlers
    strays = Strays(place, envelope)
    if header.damaged:
        place.report("header-damaged")
    if component != header.component:
        place.report("component-differs")
    found: set[str] = set()  # problems of the bytes: reported at the end, for no segment is theirs
    lists = read_segments(stream, interchange.start, end, header, chunk=chunk, report=found.add)
    segments = place.each(lists, header.element.decode("latin-1"))
    for elements in segments:
        if elements[0] == "CLP" and envelope.claims is not None:
            elements = yield from envelope.claims.read(elements, segments, strays.within_claims)
        handle = handlers.get(elements[0])
        if handle is not None:
            handle(elements)
        elif elements is not BLANKS:
            strays.take(elements[0])
        if place.records:
            yield from _taken(place)
    envelope.close_transaction()
    for code in sorted(found):
        place.report(code)


def _taken(place: Place) -> Iterator[Record]:
    """The records found so far; the list is emptied in place, for builders hold its ``append``."""
    yield from place.records
    place.records.clear()


class Strays:
    """Segments that nobody asked for: those that are not needed, damaged ones, and those outside a transaction."""

    def __init__(self, place: Place, envelope: Envelope) -> None:
        self.place = place
        self.envelope = envelope
        self.reported = ""  # the state in which something was reported last: once a stretch is enough

    def take(self, name: str) -> None:
        """Pass over what is not read, and say so where that loses something."""
        name = name.rstrip()
        if name in self.envelope.passed_over:
            return
        if self.envelope.ended:
            self.once("text-outside-interchange")
        elif not SEGMENT_NAME.fullmatch(name):
            self.place.report("segment-damaged")
        elif self.envelope.in_transaction:
            self.envelope.passed_over.add(name)
        elif name not in ("TA1", "ISB", "ISE"):
            self.once("segment-outside-transaction")

    def within_claims(self, elements: list[str]) -> bool:
        """Whether the claim payments end before this segment; if not, it is read or passed over."""
        name = elements[0]
        if name in self.envelope.own:
            return True
        handle = self.envelope.handlers.get(name)
        if handle is not None:
            handle(elements)
        else:
            self.take(name)
        return False

    def once(self, code: str) -> None:
        """One report a stretch between two transactions."""
        state = f"{code} {self.envelope.started_at}"
        if state != self.reported:
            self.reported = state
            self.place.report(code)


def _text_before(stream: BinaryIO, start: int) -> bool:
    """Whether more than a byte order mark and blanks stands before the first ISA."""
    if start == 0:
        return False
    stream.seek(0)
    return bool(stream.read(min(start, CHUNK)).removeprefix(b"\xef\xbb\xbf").strip())


def _set_aside(stream: BinaryIO, interchange: Interchange, place: Place, chunk: int) -> None:
    """Quarantine a transaction that is never closed: count what it holds, and say where it begins."""
    separator = interchange.header.element.decode("latin-1")
    first, claims, begun_at = place.segment + 1, 0, interchange.unfinished or 0
    lists = read_segments(
        stream, begun_at, interchange.end, interchange.header, chunk=chunk, report=lambda _: None
    )
    for elements in place.each(lists, separator):
        if place.segment == first and elements[0] == "ST" and len(elements) > 2:
            place.transaction = elements[2].strip() or None
        claims += elements[0] in ("CLM", "CLP")
    count = place.segment - first + 1
    place.report("transaction-cut-off", first, detail=f"segments set aside: {count}, claims: {claims}")
    place.transaction = None

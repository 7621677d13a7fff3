"""A file is read the same in any pieces, from any stream, in memory that does not grow with it."""

from __future__ import annotations

import io
import tempfile
import tracemalloc
from pathlib import Path

import pytest

from features.x12 import reader
from features.x12.reader import read, read_bytes
from features.x12.records import ClaimPayment
from tests.support.x12_files import PAYMENT, group, interchange, one, transaction, written

CLAIM = (
    "CLP*C1*1*100*80*20*12*P1*11*1",
    "CAS*PR*1*20",
    "NM1*QC*1*MU\u00d1OZ*ANA****MI*M1",
    "DTM*232*20251201",
)
FILE = (
    b"\xef\xbb\xbf \r\n"
    + written(interchange(group(transaction("835", *PAYMENT, *CLAIM))), "~\r\n")
    + one("835", *PAYMENT, *CLAIM).replace(b"*", b"|").replace(b"~", b"\n").replace(b":", b">")
    + one("835", *PAYMENT, *CLAIM).decode().encode("latin-1")
    + one("835", *PAYMENT, *CLAIM).replace(b"~", b"~~ ~\r\n\t")
    + one("835", *PAYMENT, *CLAIM)[:-60]
)


class Pipe(io.BytesIO):
    """A stream that cannot be sought, as a pipe."""

    def seekable(self) -> bool:
        return False


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64, 105, 106, 107, 1000])
def test_any_chunk_size_gives_the_same_records(chunk: int) -> None:
    assert list(read(io.BytesIO(FILE), file="a", chunk=chunk)) == list(read_bytes(FILE, file="a"))


def test_a_pipe_gives_the_records_of_the_file() -> None:
    assert list(read(Pipe(FILE), file="a")) == list(read_bytes(FILE, file="a"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("stream", [io.BytesIO, Pipe])
def test_a_file_in_utf_16_gives_the_records_of_one_in_utf_8(encoding: str, stream: type[io.BytesIO]) -> None:
    file = one("835", *PAYMENT, *(CLAIM * 1000))
    wide = stream(file.decode().encode(encoding))
    assert list(read(wide, file="a")) == list(read_bytes(file, file="a"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_bytes_in_memory_are_written_to_no_temporary_file(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = one("835", *PAYMENT, *CLAIM)
    records = list(read(io.BytesIO(file), file="a"))
    monkeypatch.setattr(reader, "SPOOLED", 10)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError):
        list(read(Pipe(file), file="a"))
    assert list(read_bytes(file.decode().encode(encoding), file="a")) == records


def test_every_interchange_has_its_own_delimiters_and_each_name_its_letters() -> None:
    payments = [record for record in read_bytes(FILE, file="a") if isinstance(record, ClaimPayment)]
    assert [payment.patient_last for payment in payments] == ["MU\u00d1OZ"] * 4
    assert all(payment.charge == 100 and payment.balanced for payment in payments)


def test_records_come_before_the_end_of_the_file() -> None:
    data = one("835", *PAYMENT, *(CLAIM * 5000))
    stream = io.BytesIO(data)
    next(r for r in read(stream, file="a", chunk=1000) if isinstance(r, ClaimPayment))
    assert stream.tell() < len(data) / 10


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "large.835"
    path.write_bytes(one("835", *PAYMENT, *(CLAIM * 20_000)))
    tracemalloc.start()
    try:
        with path.open("rb") as stream:
            count = sum(isinstance(record, ClaimPayment) for record in read(stream, file="a"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 4_000_000


def test_a_stretch_without_a_terminator_is_not_kept() -> None:
    data = one("835", *PAYMENT, *CLAIM).replace(
        b"CAS*PR*1*20~", b"CAS*PR*1*20~REF*" + b"A" * 3_000_000 + b"~"
    )
    tracemalloc.start()
    try:
        records = list(read_bytes(data, file="a"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [getattr(record, "code", "") for record in records].count("segment-too-long") == 1
    assert peak < 8_000_000

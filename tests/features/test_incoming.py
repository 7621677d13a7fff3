"""What comes in is told by its content: X12, typed remittances, check stubs, and what is none of these."""

from __future__ import annotations

from pathlib import Path

import pytest

from features import incoming
from features.errors import BadInputError, NotX12Error
from features.x12.records import ClaimPayment, Problem
from tests.support.paper import PAPER_HEADER, STUB_HEADER
from tests.support.small_x12 import remittance

PAPER = PAPER_HEADER + "\nP1,2024-03-05,8351,PLAN,A B,,C1,,10.00,,5.00,,,LM\n"
STUBS = STUB_HEADER + "\nS1,2024-03-05,2024-03-01,8351,PLAN,5.00,A B ET AL,,\n"


def channels(data: bytes) -> list[str]:
    return [
        record.channel for record in incoming.read_bytes(data, file="x") if isinstance(record, ClaimPayment)
    ]


@pytest.mark.parametrize(("text", "channel"), [(PAPER, "paper"), (STUBS, "stub")])
@pytest.mark.parametrize("before", ["", "\ufeff", "\r\n\n"])
def test_a_table_is_known_by_its_columns_and_not_by_its_name(
    tmp_path: Path, text: str, channel: str, before: str
) -> None:
    path = tmp_path / "export-7.txt"
    path.write_text(before + text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert incoming.recognised(path)
    (payment,) = incoming.read(path)
    assert isinstance(payment, ClaimPayment)
    assert (payment.channel, payment.source.file) == (channel, str(path))
    assert channels(path.read_bytes()) == [channel]


def test_a_check_says_how_many_claims_it_pays() -> None:
    (payment,) = incoming.read_bytes(STUBS.encode(), file="stubs.csv")
    assert isinstance(payment, ClaimPayment)
    assert payment.claims == 2


def test_rows_that_cannot_be_read_come_as_problems() -> None:
    records = list(incoming.read_bytes((PAPER + "P2,,,,,,,,,,,,,\n").encode(), file="paper.csv"))
    assert [type(record) for record in records] == [ClaimPayment, Problem]


def test_x12_is_read_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "paper.csv"
    path.write_bytes(remittance())
    assert incoming.recognised(path)
    assert set(channels(remittance())) == {"835"}
    assert list(incoming.read(path))


@pytest.mark.parametrize("data", [b"", b"row_id,claim_id,event\nP1,A,plain\n", b"\xff\xfe\x00 nothing"])
def test_other_bytes_are_neither(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "paper.csv"
    path.write_bytes(data)
    assert not incoming.recognised(path)
    with pytest.raises(NotX12Error):
        list(incoming.read_bytes(data, file="x"))
    with pytest.raises(NotX12Error):
        list(incoming.read(path))


def test_a_table_that_is_no_text_further_down_is_refused() -> None:
    with pytest.raises(BadInputError, match="UTF-8"):
        list(incoming.read_bytes(PAPER.encode() + b"P2,\xff\n", file="x"))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        list(incoming.read(tmp_path / "nothing.csv"))

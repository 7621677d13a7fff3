"""The posting ledger as clerks' systems export it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from features.errors import BadInputError, MissingDataError
from features.postings import COLUMNS, read_postings

HEADER = ",".join(COLUMNS)
ROW = "2024-04-03,TRN1,PAY01,A-1001,ICN9,1,168.00,A-1001,APARK"


def ledger(folder: Path, *lines: str, start: bytes = b"", end: str = "\n") -> Path:
    path = folder / "postings.csv"
    path.write_bytes(start + end.join(lines).encode())
    return path


def test_a_row_becomes_a_typed_posting(tmp_path: Path) -> None:
    (posting,) = read_postings(ledger(tmp_path, HEADER, ROW))
    assert posting.posting_date == date(2024, 4, 3)
    assert posting.amount == Decimal("168.00")
    assert posting.posted_claim_id == "A-1001"


def test_an_empty_claim_means_that_the_clerk_found_none(tmp_path: Path) -> None:
    (posting,) = read_postings(ledger(tmp_path, HEADER, "2024-04-03,TRN1,PAY01,0,ICN9,1,-3.10,,"))
    assert posting.posted_claim_id is None
    assert posting.posted_by is None


def test_a_byte_order_mark_blank_lines_blanks_and_other_columns_do_no_harm(tmp_path: Path) -> None:
    lines = ("", " " + HEADER.upper() + " ,Note", "", ROW + ",x", ",,,,,,,,,", ROW.replace(",", " , "))
    first, second = read_postings(ledger(tmp_path, *lines, start=b"\xef\xbb\xbf", end="\r\n"))
    assert first == second


def test_the_missing_columns_alone_are_named_and_where_the_list_of_them_stands(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="the columns trace_number, amount ") as caught:
        read_postings(ledger(tmp_path, HEADER.replace("trace_number,", "").replace("amount,", "")))
    assert "posted_claim_id" not in str(caught.value)
    heading = re.search("README under '(.+)'", str(caught.value))
    assert heading is not None
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    section = readme.partition(f"## {heading[1]}")[2].partition("\n## ")[0]
    assert all(f"`{column}`" in section for column in COLUMNS)


@pytest.mark.parametrize(
    "row",
    [ROW.replace("2024-04-03", "03/04/2024"), ROW.replace("168.00", "NaN"), "2024-04-03,TRN1", ROW.replace("TRN1", "")],
)  # fmt: skip
def test_rows_that_cannot_be_read_are_counted_by_line_and_never_quoted(tmp_path: Path, row: str) -> None:
    with pytest.raises(BadInputError, match="in line 3, 5") as caught:
        read_postings(ledger(tmp_path, HEADER, ROW, row, ROW, row))
    assert "A-1001" not in str(caught.value)


def test_a_missing_or_binary_ledger_is_an_error_for_users(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError):
        read_postings(tmp_path / "none.csv")
    with pytest.raises(BadInputError):
        read_postings(ledger(tmp_path, start=b"\xff\xfe\x00"))

"""Reading the tables of purchasing: what is wrong is said, and no good row is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import BadInputError, MissingDataError
from features.invoices.tables import COLUMNS, read_bytes, read_folder, read_reviews, sort_of

HEAD = ",".join(COLUMNS["invoices"])
ROW = "V1,INV-1,2024-03-01,2024-03-05,100001,CEDAR INC,,{line},,RENT,1,{price},100.00,0.00,0.00,200.00,H01-6010,H01"


def rows(*lines: str) -> bytes:
    return "\n".join((HEAD, *lines, "")).encode()


def test_rows_of_one_voucher_are_one_invoice() -> None:
    data = rows(ROW.format(line=1, price="100.00"), ROW.format(line=2, price="100.00"))
    (invoice,) = read_bytes(data, "invoices", file="invoices.csv").invoices
    assert [line.line for line in invoice.lines] == [1, 2]
    assert str(invoice.total) == "200.00"


def test_a_bad_row_is_named_by_its_line_and_loses_no_other() -> None:
    data = rows(ROW.format(line=1, price="100.00"), ROW.format(line=2, price="many"))
    read = read_bytes(data, "invoices", file="invoices.csv")
    assert [line.line for line in read.invoices[0].lines] == [1]
    assert read.warning() == "invoices.csv line 3"


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MissingDataError, match="total"):
        read_bytes(HEAD.replace("total,", "").encode(), "invoices", file="invoices.csv")


@pytest.mark.parametrize("sort", COLUMNS)
def test_each_table_is_known_by_its_first_line(sort: str) -> None:
    assert sort_of(",".join(COLUMNS[sort]).upper().encode()) == sort  # type: ignore[index]


def test_another_table_is_none_of_them() -> None:
    assert sort_of(b"posting_date,trace_number,payer_id") is None


def test_a_folder_without_receipts_says_so(tmp_path: Path) -> None:
    (tmp_path / "purchase_orders.csv").write_text(",".join(COLUMNS["orders"]) + "\n", encoding="utf-8")
    with pytest.raises(MissingDataError, match=r"receipts\.csv"):
        read_folder(tmp_path)


def test_a_review_with_an_unknown_verdict_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "invoice_reviews.csv"
    head = "review_date,voucher_number,verdict,line,chosen_by,reviewed_by"
    path.write_text(f"{head}\n2024-03-06,V1,odd,,audit,ANA\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="line 2"):
        read_reviews(path)

"""The bank's statement, as it is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from features.deposits.statement import COLUMNS, read_deposits
from features.errors import BadInputError, MissingDataError

ROW = "23011100001,2023-01-11,5786,ach,480.01,3303400000,OAKMARK,1123010067,"


def written(folder: Path, *rows: str, header: str = ",".join(COLUMNS)) -> Path:
    path = folder / "deposits.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_row_is_a_deposit_with_its_amount_in_cents(tmp_path: Path) -> None:
    (deposit,) = read_deposits(written(tmp_path, ROW))
    assert (deposit.reference, deposit.day, deposit.cents) == ("23011100001", date(2023, 1, 11), 48_001)
    assert deposit.trace_number == "3303400000"
    assert not deposit.checks


def test_the_lines_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="line 3"):
        read_deposits(written(tmp_path, ROW, ROW.replace("480.01", "much")))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="company_id"):
        read_deposits(written(tmp_path, header=",".join(COLUMNS).replace("company_id", "company")))

"""Audited postings as a quality desk exports them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from features.audits import COLUMNS, read_audits
from features.errors import BadInputError, MissingDataError

HEADER = ",".join(COLUMNS)
ROW = "2024-04-09,TRN1,ICN9,1,168.00,A-1001,EVEGA"


def audits(folder: Path, *lines: str) -> Path:
    path = folder / "audits.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_row_becomes_a_typed_audit(tmp_path: Path) -> None:
    (audit,) = read_audits(audits(tmp_path, HEADER, ROW))
    assert (audit.audit_date, audit.amount) == (date(2024, 4, 9), Decimal("168.00"))
    assert audit.audited_claim_id == "A-1001"


def test_an_empty_claim_means_that_there_is_none_here(tmp_path: Path) -> None:
    (audit,) = read_audits(audits(tmp_path, HEADER, ROW.replace("A-1001", "")))
    assert audit.audited_claim_id is None


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="does not name the column status"):
        read_audits(audits(tmp_path, HEADER.replace("status,", ""), ROW))


def test_a_row_that_cannot_be_read_is_an_error_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="in line 3"):
        read_audits(audits(tmp_path, HEADER, ROW, ROW.replace("2024-04-09", "yesterday")))

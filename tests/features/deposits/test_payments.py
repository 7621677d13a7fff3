"""What should be at the bank, by remittances, paper and stubs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from features.deposits.payments import announced
from features.paper import COLUMNS, read_paper
from features.x12.records import Remittance, Source


def remittance(amount: str, trace: str = "123450000001") -> Remittance:
    return Remittance(
        Decimal(amount), "C", "ACH", date(2024, 3, 4), trace, "1936897425", date(2024, 3, 4), "Blue River", "77", "Us",
        "1285922823", 1, (), True, Source("a.835"),
    )  # fmt: skip


def paper(folder: Path, *rows: Mapping[str, str]) -> Path:
    path = folder / "paper.csv"
    lines = [",".join(row.get(column, "") for column in COLUMNS) for row in rows]
    path.write_text("\n".join([",".join(COLUMNS), *lines]) + "\n", encoding="utf-8")
    return path


def test_a_remittance_that_came_twice_is_one_payment() -> None:
    assert len(announced([remittance("80.24"), remittance("80.24"), remittance("80.25")])) == 2


def test_nothing_paid_is_no_money() -> None:
    assert announced([remittance("0")]) == []


def test_rows_of_one_paper_check_add_up(tmp_path: Path) -> None:
    common = {"typed_date": "2024-03-04", "payer_name": "COMMON GROUND", "check_number": "118330000062"}
    rows = [{**common, "row_id": "P1", "paid": "20.50"}, {**common, "row_id": "P2", "paid": "9.50"}]
    loose = {**common, "row_id": "P3", "paid": "5.00", "check_number": ""}
    (check,) = announced([], read_paper(paper(tmp_path, *rows, loose)))
    assert (check.cents, check.rows, check.check, check.channel) == (3_000, ("P1", "P2"), True, "paper")

"""The bank's statement: a row a deposit, as the bank exports it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from msgspec import Struct

from features.csv_tables import Table
from features.postings import amount, needed

FILE = "deposits.csv"
COLUMNS = ("bank_reference", "deposit_date", "bank_account", "type", "amount", "trace_number", "company_name",
           "company_id", "check_number")  # fmt: skip
REMEDY = "all columns stand in docs/deposits.md"
PAPER_TYPES = ("check", "lockbox")  # money that came as checks


class Deposit(Struct, frozen=True, gc=False):
    """One line of a statement; texts are empty where the bank shows nothing."""

    reference: str
    day: date
    account: str
    type: str  # ach, wire, check or lockbox; other words are taken for transfers
    cents: int
    trace_number: str  # as the bank shows it: cut, filled with zeros, or missing
    company_name: str
    company_id: str
    check_number: str

    @property
    def checks(self) -> bool:
        """Whether the money came as checks and not as a transfer."""
        return self.type in PAPER_TYPES


def read_deposits(path: Path) -> list[Deposit]:
    """The deposits of a file in their order. Raises what ``features.csv_tables.Table.read`` raises."""
    return Table("bank statement", COLUMNS, _deposit, REMEDY).read(path)


def _deposit(row: Mapping[str, str]) -> Deposit:
    return Deposit(
        reference=needed(row["bank_reference"]),
        day=date.fromisoformat(row["deposit_date"]),
        account=row["bank_account"],
        type=row["type"].lower(),
        cents=int(amount(row["amount"]) * 100),
        trace_number=row["trace_number"],
        company_name=row["company_name"],
        company_id=row["company_id"],
        check_number=row["check_number"],
    )

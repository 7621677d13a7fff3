"""What was done about denials: a row an action, as an ERP exports it (``denial_work.csv``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from msgspec import Struct

from features.csv_tables import Table
from features.postings import needed

FILE = "denial_work.csv"
CORRECTED, APPEAL, WRITE_OFF = "corrected", "appeal", "write-off"


class DenialWork(Struct, frozen=True):
    """One action on one denial. It came after the denial, and no feature of the denial may know it."""

    action_date: date
    claim_id: str  # CLM01 of the denied claim
    payer_claim_number: str | None  # CLP07 of the denial
    action: str  # corrected, appeal, write-off; others are kept and passed over
    new_claim_id: str | None  # CLM01 of the corrected claim
    minutes: float


COLUMNS = DenialWork.__struct_fields__
REMEDY = "all columns stand in docs/recovery.md"


def read_denial_work(path: Path) -> list[DenialWork]:
    """All rows in their order, read as ``features.csv_tables.Table.read`` says."""
    return Table("list of work on denials", COLUMNS, _work, REMEDY).read(path)


def _work(row: Mapping[str, str]) -> DenialWork:
    minutes = float(row["minutes"])
    if not 0 <= minutes < 100_000:
        raise ValueError("no minutes")
    return DenialWork(
        action_date=date.fromisoformat(row["action_date"]),
        claim_id=needed(row["claim_id"]),
        payer_claim_number=row["payer_claim_number"] or None,
        action=needed(row["action"]),
        new_claim_id=row["new_claim_id"] or None,
        minutes=minutes,
    )

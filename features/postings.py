"""The posting ledger: which claim payment was posted to which claim, as an ERP exports it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from features.csv_tables import Table


class Posting(Struct, frozen=True):
    """One row of the ledger.

    ``posted_claim_id`` is what a clerk decided after the payment came: it is a label, and no feature may know it.
    """

    posting_date: date
    trace_number: str  # TRN02 of the remittance
    payer_id: str | None
    remittance_claim_id: str | None  # CLP01 as received
    payer_claim_number: str  # CLP07
    status: str  # CLP02
    amount: Decimal  # CLP04
    posted_claim_id: str | None  # CLM01; None: the clerk found no claim here
    posted_by: str | None


COLUMNS = Posting.__struct_fields__
REMEDY = "all columns stand in the README under 'Bring your own data'"


def read_postings(path: Path) -> list[Posting]:
    """All rows of a ledger in their order, read as ``features.csv_tables.Table.read`` says.

    A ledger with holes would teach a model that payments have no claim, so a row that cannot be read is an error.
    """
    return Table("posting ledger", COLUMNS, _posting, REMEDY).read(path)


def _posting(row: Mapping[str, str]) -> Posting:
    return Posting(
        posting_date=date.fromisoformat(row["posting_date"]),
        trace_number=needed(row["trace_number"]),
        payer_id=row["payer_id"] or None,
        remittance_claim_id=row["remittance_claim_id"] or None,
        payer_claim_number=row["payer_claim_number"],
        status=row["status"],
        amount=amount(row["amount"]),
        posted_claim_id=row["posted_claim_id"] or None,
        posted_by=row["posted_by"] or None,
    )


def needed(text: str) -> str:
    """The text; raises ValueError where it is empty."""
    if not text:
        raise ValueError("empty")
    return text


def amount(text: str) -> Decimal:
    """A finite amount; raises ValueError or InvalidOperation."""
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError("no amount")
    return value

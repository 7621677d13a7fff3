"""Audited postings: which claim a second person found a claim payment to belong to, who did not see the first answer.

A ledger has errors; a certificate that promises fewer than the ledger has can only be tested on rows like these.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from features.csv_tables import Table
from features.postings import amount, needed


class Audit(Struct, frozen=True):
    """One claim payment that was looked at again, tied to it as a posting is."""

    audit_date: date
    trace_number: str  # TRN02 of the remittance
    payer_claim_number: str  # CLP07
    status: str  # CLP02
    amount: Decimal  # CLP04
    audited_claim_id: str | None  # CLM01; None: there is no claim here
    audited_by: str | None


COLUMNS = Audit.__struct_fields__
REMEDY = "all columns stand in docs/simulated-network.md"


def read_audits(path: Path) -> list[Audit]:
    """All rows in their order, read as ``features.csv_tables.Table.read`` says."""
    return Table("list of audits", COLUMNS, _audit, REMEDY).read(path)


def _audit(row: Mapping[str, str]) -> Audit:
    return Audit(
        audit_date=date.fromisoformat(row["audit_date"]),
        trace_number=needed(row["trace_number"]),
        payer_claim_number=row["payer_claim_number"],
        status=row["status"],
        amount=amount(row["amount"]),
        audited_claim_id=row["audited_claim_id"] or None,
        audited_by=row["audited_by"] or None,
    )

"""Which facility an item belongs to, for the items that are there too, and the sessions of people at the pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from serving.denied.records import DeniedClaim
from serving.invoices.records import VendorInvoice
from serving.store.columns import UtcTime

revision = "0003"
down_revision = "0002"
AT_ONCE = 2000  # items read together


def upgrade() -> None:
    """Make both tables; what names no facility gets no row."""
    facilities = op.create_table(
        "item_facilities",
        sa.Column("item_id", sa.String(24), sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("facility", sa.String(80), nullable=False),
    )
    for part in _items():
        rows = [
            {"item_id": name, "facility": _facility(record)[:80]}
            for name, record in part
            if _facility(record)
        ]
        if rows:
            op.get_bind().execute(sa.insert(facilities), rows)
    op.create_index("items_by_facility", "item_facilities", ["facility", "item_id"])
    op.create_table(
        "access_sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("key_id", sa.String(12), sa.ForeignKey("access_keys.id"), nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("seen_at", UtcTime, nullable=False),
    )
    op.create_index("access_sessions_by_age", "access_sessions", ["made_at"])


def _items() -> Iterator[list[tuple[str, Any]]]:
    items = sa.table("items", sa.column("id", sa.String), sa.column("record", sa.LargeBinary))
    query, last = sa.select(items.c.id, items.c.record).order_by(items.c.id).limit(AT_ONCE), ""
    while rows := op.get_bind().execute(query.where(items.c.id > last)).all():
        last = rows[-1].id
        yield [(row.id, RECORD.decode(row.record)) for row in rows]


def _facility(record: Any) -> str:
    match record:
        case Claim():
            return record.billing_npi or ""
        case ClaimPayment():
            return record.payee_npi or ""
        case DeniedClaim():
            return record.claim.billing_npi or ""
        case VendorInvoice():
            return record.case.invoice.facility or ""
        case _:
            return ""


RECORD = msgspec.json.Decoder(Claim | ClaimPayment | Acknowledgment | Problem | DeniedClaim | VendorInvoice)

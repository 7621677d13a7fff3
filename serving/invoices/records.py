"""A vendor invoice as an item of the queue, and what may be decided about it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct

from features.invoices.cases import InvoiceCase

InvoiceAction = Literal["approve", "hold", "return-to-vendor"]
"""``approve`` hands an invoice on to payment approval; nothing is paid here."""

FinanceQueue = Literal["finance-approval"]
FINANCE: Final[FinanceQueue] = "finance-approval"
KIND: Final = "invoice-anomaly"


class VendorInvoice(Struct, frozen=True, tag="vendor_invoice", tag_field="kind"):
    """What an item of the kind ``invoice-anomaly`` is about: the case as it was judged, its findings surest first."""

    case: InvoiceCase

    @property
    def payer_name(self) -> str | None:
        """The vendor, in the list's column of other parties."""
        return self.case.invoice.vendor_name or None

    @property
    def claim_id(self) -> str | None:
        """The vendor's number of the invoice, in the list's column of numbers."""
        return self.case.invoice.number or None

    @property
    def expected_loss(self) -> Decimal:
        """USD that would be paid wrongly on average: that of the finding with most, as they overlap."""
        losses = (float(one.at_stake) * (one.confidence or 0.0) for one in self.case.findings)
        return Decimal(f"{max(losses, default=0.0):.2f}")


class NewPurchase(Struct, frozen=True):
    """A record of purchasing that the store keeps, to judge later invoices by."""

    key: str
    sort: str  # "orders", "receipts" or "invoices"
    day: date
    record: bytes  # JSON

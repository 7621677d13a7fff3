"""Orders, receipts, invoices and their reviews, as an ERP exports them; quantities and money are exact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

Verdict = Literal[
    "ok", "duplicate", "price", "quantity", "not-received", "cost-centre", "unusual-amount", "wrong-total"
]


class OrderLine(Struct, frozen=True, gc=False):
    """One line of a purchase order."""

    po_number: str
    day: date
    vendor_id: str
    vendor_name: str
    line: int
    item_number: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    cost_centre: str
    facility: str

    @property
    def amount(self) -> Decimal:
        """What the line comes to as ordered."""
        return self.quantity * self.unit_price


class Receipt(Struct, frozen=True, gc=False):
    """Goods that were booked for a line of an order; below zero, they went back."""

    number: str
    day: date
    po_number: str
    line: int
    quantity: Decimal
    received_by: str


class InvoiceLine(Struct, frozen=True, gc=False):
    """One line of an invoice."""

    line: int
    item_number: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    cost_centre: str


class Invoice(Struct, frozen=True):
    """An invoice, or a credit note where the total is below zero."""

    voucher: str  # the ERP's own number
    number: str  # the vendor's; need not be unique
    day: date
    received: date
    vendor_id: str
    vendor_name: str
    po_number: str  # "" where it names no order
    freight: Decimal
    tax: Decimal
    total: Decimal
    facility: str
    lines: tuple[InvoiceLine, ...]


class Review(Struct, frozen=True):
    """What a person found who checked an invoice."""

    day: date
    voucher: str
    verdict: Verdict
    line: int  # 0: the verdict is about the whole invoice
    chosen_by: str  # "audit": drawn at random; "hold": a rule held it
    reviewed_by: str

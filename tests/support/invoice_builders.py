"""Small orders, receipts and invoices that belong together; a test changes what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from features.invoices.book import Book
from features.invoices.cases import InvoiceCase, assess
from features.invoices.findings import Finding
from features.invoices.records import Invoice, InvoiceLine, OrderLine, Receipt

DAY = date(2024, 3, 5)
PO = "4500000001"


def order_line(**changes: object) -> OrderLine:
    """Ten gloves at 42.00, for H01."""
    line = OrderLine(
        po_number=PO,
        day=date(2024, 3, 1),
        vendor_id="100001",
        vendor_name="CEDAR RIDGE MEDICAL SUPPLY INC",
        line=1,
        item_number="A10001",
        description="GLOVE EXAM",
        quantity=Decimal(10),
        unit_price=Decimal("42.00"),
        cost_centre="H01-6010",
        facility="H01",
    )
    return msgspec.structs.replace(line, **changes)


def receipt(quantity: int = 10, **changes: object) -> Receipt:
    """All ten, booked on the day of the invoice."""
    booked = Receipt("R1", DAY, PO, 1, Decimal(quantity), "DOCK1")
    return msgspec.structs.replace(booked, **changes)


def invoice_line(quantity: int = 10, price: str = "42.00", **changes: object) -> InvoiceLine:
    """The ten gloves as ordered."""
    amount = Decimal(quantity) * Decimal(price)
    line = InvoiceLine(1, "A10001", "GLOVE EXAM", Decimal(quantity), Decimal(price), amount, "H01-6010")
    return msgspec.structs.replace(line, **changes)


def invoice(lines: Sequence[InvoiceLine] | None = None, **changes: object) -> Invoice:
    """An invoice that adds up, for the order, unless something else is asked for."""
    lines = tuple(lines or [invoice_line()])
    whole = Invoice(
        voucher="V1",
        number="INV-000047",
        day=DAY,
        received=DAY,
        vendor_id="100001",
        vendor_name="CEDAR RIDGE MEDICAL SUPPLY INC",
        po_number=PO,
        freight=Decimal(0),
        tax=Decimal(0),
        total=sum((line.amount for line in lines), Decimal(0)),
        facility="H01",
        lines=lines,
    )
    return msgspec.structs.replace(whole, **changes)


def book_of(*records: OrderLine | Receipt | Invoice) -> Book:
    """A book that has met these, in their order."""
    book = Book()
    for record in records:
        if isinstance(record, OrderLine):
            book.order(record)
        elif isinstance(record, Receipt):
            book.receipt(record)
        else:
            book.invoice(record, assess(book, record).matches)
    return book


def found(case: InvoiceCase) -> dict[str, Finding]:
    """The findings by code."""
    return {finding.code: finding for finding in case.findings}

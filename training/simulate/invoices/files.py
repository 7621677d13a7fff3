"""The files that an ERP exports of its purchases, and the truth about the invoices apart from them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from training.simulate.invoices.records import Invoice, Order, Receipt
from training.simulate.invoices.reviews import Review

COLUMNS = {
    "purchase_orders.csv": ("po_number", "po_date", "vendor_id", "vendor_name", "line", "item_number",
                            "description", "quantity", "unit_price", "cost_centre", "facility"),
    "receipts.csv": ("receipt_number", "receipt_date", "po_number", "line", "quantity", "received_by"),
    "invoices.csv": ("voucher_number", "invoice_number", "invoice_date", "received_date", "vendor_id",
                     "vendor_name", "po_number", "line", "item_number", "description", "quantity", "unit_price",
                     "line_amount", "freight", "tax", "total", "cost_centre", "facility"),
    "invoice_reviews.csv": ("review_date", "voucher_number", "verdict", "line", "chosen_by", "reviewed_by"),
    "truth/invoices.csv": ("voucher_number", "invoice_number", "vendor_id", "line", "cause", "original_invoice",
                           "original_voucher"),
}  # fmt: skip


class Files:
    """Writes rows as they come; receipts and vouchers are numbered in that order. ``counts`` says how many."""

    def __init__(self, writers: dict[str, Any]) -> None:
        self._orders, self._receipts, self._invoices, self._reviews, self._truth = (
            writers[name] for name in COLUMNS
        )
        self.counts: Counter[str] = Counter()

    def order(self, order: Order) -> None:
        """One row a line."""
        vendor = order.vendor
        head = (order.number, order.day.isoformat(), vendor.vendor_id, vendor.name)
        self._orders.writerows(
            (*head, line.line, line.item.number, line.item.description, line.quantity,
             decimal(line.unit_price), line.cost_centre, order.facility)
            for line in order.lines
        )  # fmt: skip
        self.counts["purchase_orders"] += 1

    def receipt(self, receipt: Receipt, day: date) -> None:
        """One row a line that came."""
        self.counts["receipts"] += 1
        number = f"R{self.counts['receipts']:09d}"
        self._receipts.writerow(
            (number, day.isoformat(), receipt.po_number, receipt.line, receipt.quantity, receipt.received_by)
        )

    def invoice(self, invoice: Invoice) -> None:
        """One row a line, freight, tax and total of the whole invoice on each; and what is true of it."""
        self.counts["invoices"] += 1
        self.counts["invoice_lines"] += len(invoice.lines)
        self.counts[f"invoices_{invoice.cause.replace('-', '_')}"] += 1
        invoice.voucher = f"V{self.counts['invoices']:09d}"
        head = (invoice.voucher, invoice.number, invoice.day.isoformat(), invoice.received.isoformat(),
                invoice.vendor_id, invoice.vendor_name, invoice.po_number)  # fmt: skip
        whole = (decimal(invoice.freight), decimal(invoice.tax), decimal(invoice.total))
        self._invoices.writerows(
            (*head, line.line, line.item_number, line.description, line.quantity, decimal(line.unit_price),
             decimal(line.amount), *whole, line.cost_centre, invoice.facility)
            for line in invoice.lines
        )  # fmt: skip
        original = invoice.original
        first = (original.number, original.voucher) if original else ("", "")
        self._truth.writerows(
            (invoice.voucher, invoice.number, invoice.vendor_id, line.line, line.cause, *first)
            for line in invoice.lines
        )

    def review(self, review: Review, day: date) -> None:
        """One row, what a person found."""
        self.counts["invoice_reviews"] += 1
        self._reviews.writerow(
            (day.isoformat(), review.invoice.voucher, review.verdict, review.line or "", review.chosen_by,
             review.reviewer)
        )  # fmt: skip


@contextmanager
def opened(folder: Path) -> Iterator[Files]:
    """The five files, new, with their headings."""
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        writers = {}
        for name, columns in COLUMNS.items():
            stream = stack.enter_context((folder / name).open("w", newline="", encoding="utf-8"))
            writers[name] = csv.writer(stream, lineterminator="\n")
            writers[name].writerow(columns)
        yield Files(writers)


def decimal(cents: int) -> str:
    """An amount with two decimals.

    >>> decimal(123456), decimal(-5)
    ('1234.56', '-0.05')
    """
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"

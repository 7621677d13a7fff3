"""The four tables of purchasing: read row by row; a row that cannot be read is told by its line, and loses no other.

An invoice that lacks a line for it does not add up any more, so a person sees it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct

from features.csv_tables import Table
from features.invoices.records import Invoice, InvoiceLine, OrderLine, Receipt, Review, Verdict
from features.postings import amount, needed

Sort = Literal["orders", "receipts", "invoices"]
FILES: Mapping[Sort, str] = {
    "orders": "purchase_orders.csv",
    "receipts": "receipts.csv",
    "invoices": "invoices.csv",
}
REVIEWS_FILE = "invoice_reviews.csv"
REMEDY = "all columns stand in docs/invoices.md"
COLUMNS: Mapping[Sort, tuple[str, ...]] = {
    "orders": ("po_number", "po_date", "vendor_id", "vendor_name", "line", "item_number", "description", "quantity",
               "unit_price", "cost_centre", "facility"),
    "receipts": ("receipt_number", "receipt_date", "po_number", "line", "quantity", "received_by"),
    "invoices": ("voucher_number", "invoice_number", "invoice_date", "received_date", "vendor_id", "vendor_name",
                 "po_number", "line", "item_number", "description", "quantity", "unit_price", "line_amount", "freight",
                 "tax", "total", "cost_centre", "facility"),
}  # fmt: skip
REVIEW_COLUMNS = ("review_date", "voucher_number", "verdict", "line", "chosen_by", "reviewed_by")


class InvoiceRow(Struct, frozen=True):
    """One row of ``invoices.csv``: a line, and the head that all rows of its invoice share."""

    head: Invoice  # without lines
    line: InvoiceLine


@dataclass
class Purchasing:
    """What was read, each in the order of its file; ``unreadable`` are numbers of lines by file."""

    orders: list[OrderLine] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    unreadable: dict[str, list[int]] = field(default_factory=dict)

    def warning(self) -> str:
        """Which rows could not be read, in one sentence; empty where all could."""
        parts = (
            f"{file} line {', '.join(map(str, lines[:5]))}" + (" and more" if len(lines) > 5 else "")
            for file, lines in self.unreadable.items()
            if lines
        )
        return "; ".join(parts)


def read_folder(folder: Path) -> Purchasing:
    """The three tables of a folder. Raises MissingDataError where one, or a column, is missing."""
    tables = {sort: _table(sort).read_what_can_be(folder / file) for sort, file in FILES.items()}
    return Purchasing(
        orders=[row for _, row in tables["orders"][0]],
        receipts=[row for _, row in tables["receipts"][0]],
        invoices=grouped(row for _, row in tables["invoices"][0]),
        unreadable={FILES[sort]: lines for sort, (_, lines) in tables.items()},
    )


def read_reviews(path: Path) -> list[Review]:
    """All reviews of a file; raises what ``features.csv_tables.Table.read`` raises."""
    return Table("list of invoice reviews", REVIEW_COLUMNS, _review, REMEDY).read(path)


def sort_of(start: bytes) -> Sort | None:
    """Which of the three tables begins like this, if any.

    >>> sort_of(b"receipt_number,receipt_date,po_number,line,quantity,received_by")
    'receipts'
    """
    lines = start.decode("utf-8-sig", "replace").splitlines()
    first = next((line for line in lines if line.strip(" ,")), "")
    header = {column.strip().lower() for column in next(csv.reader([first]), [])}
    return next((sort for sort, columns in COLUMNS.items() if header.issuperset(columns)), None)


def read_bytes(data: bytes, sort: Sort, *, file: str) -> Purchasing:
    """One table out of bytes in memory; raises as ``Table.read_stream``."""
    rows, unreadable = _table(sort).read_stream(BytesIO(data), file=file)
    found: dict[str, Any] = {sort: [row for _, row in rows]}
    if sort == "invoices":
        found[sort] = grouped(found[sort])
    return Purchasing(**found, unreadable={file: unreadable})


def grouped(rows: Iterable[InvoiceRow]) -> list[Invoice]:
    """Invoices out of their rows, in the order of their first ones; rows of one voucher are one invoice."""
    heads: dict[str, Invoice] = {}
    lines: dict[str, list[InvoiceLine]] = {}
    for row in rows:
        heads.setdefault(row.head.voucher, row.head)
        lines.setdefault(row.head.voucher, []).append(row.line)
    return [msgspec.structs.replace(head, lines=tuple(lines[voucher])) for voucher, head in heads.items()]


def _table(sort: Sort) -> Table[Any]:
    names = {
        "orders": "list of purchase orders",
        "receipts": "list of receipts",
        "invoices": "list of invoices",
    }
    return Table(names[sort], COLUMNS[sort], PARSERS[sort], REMEDY)


def _order_line(row: Mapping[str, str]) -> OrderLine:
    return OrderLine(
        po_number=needed(row["po_number"]),
        day=date.fromisoformat(row["po_date"]),
        vendor_id=needed(row["vendor_id"]),
        vendor_name=row["vendor_name"],
        line=int(row["line"]),
        item_number=row["item_number"],
        description=row["description"],
        quantity=amount(row["quantity"]),
        unit_price=amount(row["unit_price"]),
        cost_centre=row["cost_centre"],
        facility=row["facility"],
    )


def _receipt(row: Mapping[str, str]) -> Receipt:
    return Receipt(
        number=row["receipt_number"],
        day=date.fromisoformat(row["receipt_date"]),
        po_number=needed(row["po_number"]),
        line=int(row["line"]),
        quantity=amount(row["quantity"]),
        received_by=row["received_by"],
    )


def _invoice_row(row: Mapping[str, str]) -> InvoiceRow:
    head = Invoice(
        voucher=needed(row["voucher_number"]),
        number=row["invoice_number"],
        day=date.fromisoformat(row["invoice_date"]),
        received=date.fromisoformat(row["received_date"]),
        vendor_id=needed(row["vendor_id"]),
        vendor_name=row["vendor_name"],
        po_number=row["po_number"],
        freight=amount(row["freight"] or "0"),
        tax=amount(row["tax"] or "0"),
        total=amount(row["total"]),
        facility=row["facility"],
        lines=(),
    )
    return InvoiceRow(head, _invoice_line(row))


def _invoice_line(row: Mapping[str, str]) -> InvoiceLine:
    return InvoiceLine(
        line=int(row["line"]),
        item_number=row["item_number"],
        description=row["description"],
        quantity=amount(row["quantity"]),
        unit_price=amount(row["unit_price"]),
        amount=amount(row["line_amount"]),
        cost_centre=row["cost_centre"],
    )


def _review(row: Mapping[str, str]) -> Review:
    if row["verdict"] not in VERDICTS:
        raise ValueError("no verdict")
    return Review(
        day=date.fromisoformat(row["review_date"]),
        voucher=needed(row["voucher_number"]),
        verdict=row["verdict"],  # type: ignore[arg-type]  # checked above
        line=int(row["line"] or 0),
        chosen_by=row["chosen_by"],
        reviewed_by=row["reviewed_by"],
    )


VERDICTS: Sequence[str] = get_args(Verdict)
PARSERS: Mapping[Sort, Any] = {"orders": _order_line, "receipts": _receipt, "invoices": _invoice_row}

"""The tables of purchasing as bytes, out of records."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from features.invoices.records import Invoice, OrderLine, Receipt
from features.invoices.tables import COLUMNS, Sort


def orders_csv(*lines: OrderLine) -> bytes:
    """``purchase_orders.csv``."""
    return _table("orders", [
        (o.po_number, o.day, o.vendor_id, o.vendor_name, o.line, o.item_number, o.description, o.quantity,
         o.unit_price, o.cost_centre, o.facility) for o in lines
    ])  # fmt: skip


def receipts_csv(*receipts: Receipt) -> bytes:
    """``receipts.csv``."""
    return _table("receipts", [
        (r.number, r.day, r.po_number, r.line, r.quantity, r.received_by) for r in receipts
    ])  # fmt: skip


def invoices_csv(*invoices: Invoice) -> bytes:
    """``invoices.csv``, a row a line."""
    return _table("invoices", [
        (i.voucher, i.number, i.day, i.received, i.vendor_id, i.vendor_name, i.po_number, line.line, line.item_number,
         line.description, line.quantity, line.unit_price, line.amount, i.freight, i.tax, i.total, line.cost_centre,
         i.facility) for i in invoices for line in i.lines
    ])  # fmt: skip


def _table(sort: Sort, rows: Sequence[Sequence[object]]) -> bytes:
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS[sort])
    writer.writerows(rows)
    return stream.getvalue().encode()

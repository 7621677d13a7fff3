"""An invoice as it is judged: beside its order, its receipts and what came before, with what may be wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from operator import attrgetter

from msgspec import Struct

from features.invoices.amounts import amount_finding
from features.invoices.book import Book
from features.invoices.cost_centres import cost_centre_finding
from features.invoices.duplicates import duplicate_finding
from features.invoices.findings import Finding
from features.invoices.match import LineMatch, match_lines
from features.invoices.prices import price_finding
from features.invoices.quantities import quantity_finding
from features.invoices.records import Invoice, Receipt
from features.invoices.tables import Purchasing
from features.invoices.totals import total_finding


class InvoiceCase(Struct, frozen=True):
    """An invoice with its three-way match, findings, and what a person sees beside it."""

    invoice: Invoice
    matches: tuple[LineMatch, ...]  # one a line
    findings: tuple[Finding, ...]
    receipts: tuple[Receipt, ...] = ()  # of the matched order lines
    others: tuple[Invoice, ...] = ()  # earlier invoices that findings speak of
    vendor_invoices: int = 0  # of this vendor before


def assess(book: Book, invoice: Invoice) -> InvoiceCase:
    """The case of an invoice by what the book knows; the book is not changed but for the vendor's key."""
    matches = match_lines(book, invoice)
    findings = tuple(_findings(book, invoice, matches))
    wanted = {finding.other_voucher for finding in findings if finding.other_voucher}
    others = [one for one in book.by_total.get(abs(invoice.total), ()) if one.voucher in wanted]
    return InvoiceCase(
        invoice=invoice,
        matches=matches,
        findings=findings,
        receipts=tuple(
            receipt
            for match in matches
            if match.order is not None
            for receipt in book.receipts.get((match.order.po_number, match.order.line), ())
        ),
        others=tuple(others),
        vendor_invoices=book.invoices_of[book.vendor(invoice)],
    )


def replay(
    purchasing: Purchasing, book: Book, *, only: Collection[str] | None = None
) -> Iterator[InvoiceCase]:
    """The case of every invoice by what was known on the day it was received; the book grows with them.

    Of one day, orders and receipts come first, as an ERP books them before it matches. With ``only``, no case is made
    but those of these vouchers; the others are history.
    """
    orders = deque(sorted(purchasing.orders, key=attrgetter("day")))
    receipts = deque(sorted(purchasing.receipts, key=attrgetter("day")))
    for invoice in sorted(purchasing.invoices, key=attrgetter("received")):
        while orders and orders[0].day <= invoice.received:
            book.order(orders.popleft())
        while receipts and receipts[0].day <= invoice.received:
            book.receipt(receipts.popleft())
        if only is not None and invoice.voucher not in only:
            book.invoice(invoice, match_lines(book, invoice))
            continue
        case = assess(book, invoice)
        book.invoice(invoice, case.matches)
        yield case


def _findings(book: Book, invoice: Invoice, matches: tuple[LineMatch, ...]) -> Iterator[Finding]:
    whole = (duplicate_finding(book, invoice, matches), total_finding(invoice, book.tolerances))
    yield from (finding for finding in whole if finding is not None)
    for line, match in zip(invoice.lines, matches, strict=True):
        of_line = (
            price_finding(book, invoice, line, match, matches),
            quantity_finding(book, invoice, line, match, matches),
            cost_centre_finding(book, invoice, line, match),
            amount_finding(book, invoice, line, match),
        )
        yield from (finding for finding in of_line if finding is not None)

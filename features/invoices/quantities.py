"""What is billed so far against what was ordered and what has been received: the third way of the match."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import log1p

from features.invoices.book import Book
from features.invoices.findings import Finding, known, number
from features.invoices.match import LineMatch
from features.invoices.records import Invoice, InvoiceLine, OrderLine


def quantity_finding(
    book: Book, invoice: Invoice, line: InvoiceLine, match: LineMatch, matches: Sequence[LineMatch]
) -> Finding | None:
    """More billed than ordered or received; the code is "not-received" where nothing of the line came."""
    order = match.order
    if order is None or line.quantity <= 0:
        return None
    so_far = match.billed_before + match.quantity
    excess = so_far - min(order.quantity, match.received)
    if excess <= book.tolerances.quantity:
        return None
    code = "not-received" if match.received <= 0 else "quantity"
    at_stake = min(line.amount, Decimal(str(round(float(excess) * match.price, 2))))
    evidence = _evidence(book, invoice, match, order, matches)
    return Finding(code, line.line, max(at_stake, Decimal(0)), _text(line, match, order), evidence)


def _evidence(
    book: Book, invoice: Invoice, match: LineMatch, order: OrderLine, matches: Sequence[LineMatch]
) -> dict[str, float]:
    so_far = float(match.billed_before + match.quantity)
    ordered, received = float(order.quantity), float(match.received)
    receipts = book.receipts.get((order.po_number, order.line), ())
    others = [other for other in matches if other.order is not None and other is not match]
    came = [other for other in others if other.received >= other.billed_before + other.quantity]
    keys = [(order.po_number, line) for line in book.orders[order.po_number]]
    booked = [one.day for key in keys for one in book.receipts.get(key, ())]
    return known(
        over_received=so_far - received,
        over_received_share=(so_far - received) / so_far if so_far else None,
        over_ordered=so_far - ordered,
        over_ordered_share=(so_far - ordered) / ordered if ordered else None,
        billed_before_share=float(match.billed_before) / ordered if ordered else None,
        received_share=received / ordered if ordered else None,
        line_receipts=len(receipts),
        other_lines=len(others),
        other_lines_came_share=len(came) / len(others) if others else None,
        order_receipts=len(booked),
        days_since_receipt=(invoice.received - max(booked)).days if booked else None,
        days_since_order=(invoice.received - order.day).days,
        days_since_invoice=(invoice.received - invoice.day).days,
        billed_is_received=float(match.received > 0 and match.quantity == match.received),
        billed_is_ordered=float(match.quantity == order.quantity),
        quantity=log1p(float(match.quantity)),
        **_habits(book, book.vendor(invoice)),
    )


def _habits(book: Book, vendor: str) -> dict[str, float | None]:
    """How often this vendor's lines were billed before they were booked, and how often that was never made good."""
    lines = book.short.get(vendor, ())
    early = [key for key, short in lines if short]
    never = [key for key, _ in lines if not book.receipts.get(key)]
    open_still = [key for key in early if _received(book, key) < book.billed[key]]
    return {
        "vendor_lines": len(lines),
        "vendor_early_share": len(early) / len(lines) if lines else None,
        "vendor_never_share": len(never) / len(lines) if lines else None,
        "vendor_open_share": len(open_still) / len(early) if early else None,
    }


def _received(book: Book, key: tuple[str, int]) -> Decimal:
    order = book.orders[key[0]].get(key[1])
    return Decimal(0) if order is None else book.received(order)


def _text(line: InvoiceLine, match: LineMatch, order: OrderLine) -> str:
    so_far = match.billed_before + match.quantity
    before = f" ({number(match.billed_before)} of them before)" if match.billed_before else ""
    where = f"order {order.po_number} line {order.line}"
    if match.received <= 0:
        return (
            f"Line {line.line} bills {number(match.quantity)}{before}; nothing of {where} has been received."
        )
    return (
        f"Line {line.line} brings what is billed to {number(so_far)}{before}; of {where}, {number(order.quantity)} "
        f"were ordered and {number(match.received)} received."
    )

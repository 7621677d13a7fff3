"""The billed price against the order's, and against what this vendor and item are usually billed at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from math import exp, log
from statistics import median

from features.invoices.book import Book, item_key
from features.invoices.findings import Finding, known, money
from features.invoices.match import LineMatch
from features.invoices.records import Invoice, InvoiceLine, OrderLine

RECENT = timedelta(days=45)  # in which a vendor's other lines tell of a price rise
SAME = 0.004  # logarithm: prices that moved together


def price_finding(
    book: Book, invoice: Invoice, line: InvoiceLine, match: LineMatch, matches: Sequence[LineMatch]
) -> Finding | None:
    """A price that is not the order's."""
    order, ratio = match.order, match.log_price_ratio
    if order is None or ratio is None or line.amount <= 0:
        return None
    off = match.price - float(order.unit_price)
    tolerances = book.tolerances
    if abs(off) <= max(float(tolerances.price), float(tolerances.price_share * order.unit_price)):
        return None
    at_stake = Decimal(str(round(abs(off) * float(match.quantity), 2)))
    evidence = _evidence(book, invoice, line, match, matches, ratio)
    return Finding("price", line.line, at_stake, _text(line, match, order, ratio), evidence)


def _evidence(
    book: Book,
    invoice: Invoice,
    line: InvoiceLine,
    match: LineMatch,
    matches: Sequence[LineMatch],
    ratio: float,
) -> dict[str, float]:
    vendor = book.vendor(invoice)
    recent = [one.log for one in book.ratios.get(vendor, ()) if one.day > invoice.received - RECENT]
    others = [other.log_price_ratio for other in matches if other is not match]
    beside = [value for value in others if value is not None]
    before = book.items.get((vendor, item_key(line)), ())
    last = [log(match.price / seen.price) for seen in before if seen.price > 0]
    usual = median(recent) if recent else None
    order = match.order
    same_order = book.prices.get((order.po_number, order.line), 0.0) if order else 0.0
    return known(
        price_off=abs(ratio),
        price_off_same_order=log(match.price / same_order) if same_order > 0 else None,
        price_signed=ratio,
        price_round=abs(exp(ratio) - round(exp(ratio), 2)),
        price_off_usual=None if usual is None else abs(ratio - usual),
        price_recent_lines=len(recent),
        price_recent_same=sum(abs(value - ratio) < SAME for value in recent),
        price_recent_spread=median(abs(value - usual) for value in recent) if usual is not None else None,
        price_beside_same=sum(abs(value - ratio) < SAME for value in beside),
        price_beside_at_order=sum(abs(value) < SAME for value in beside),
        price_off_last=abs(last[-1]) if last else None,
        price_signed_last=last[-1] if last else None,
        price_last_days=(invoice.received - before[-1].day).days if before else None,
        price_times_billed_so=sum(abs(value) < SAME for value in last),
        price_times_billed=len(last),
        price_other_item=float(match.how != "item" and item_key(line) != item_key(order or line)),
        price_digits=float(order is not None and same_digits(line.unit_price, order.unit_price)),
    )


def same_digits(one: Decimal, other: Decimal) -> bool:
    """Whether two amounts have the same digits in another order, as when two were exchanged in typing.

    >>> same_digits(Decimal("54.10"), Decimal("45.10")), same_digits(Decimal("45.10"), Decimal("45.10"))
    (True, False)
    """
    return one != other and sorted(str(one)) == sorted(str(other))


def _text(line: InvoiceLine, match: LineMatch, order: OrderLine, ratio: float) -> str:
    share, word = abs(exp(ratio) - 1), "more" if ratio > 0 else "less"
    unit = f" for {match.pieces} pieces" if match.pieces > 1 else " a unit"
    return (
        f"Line {line.line} is billed at {money(match.price)}{unit}; order {order.po_number} line {order.line} says "
        f"{money(order.unit_price)} ({share:.1%} {word})."
    )

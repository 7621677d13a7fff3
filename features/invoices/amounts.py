"""Amounts that are unusual for the vendor and item, by the median of what came before that day."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import exp, log
from statistics import median

from features.invoices.book import Book, Seen, item_key
from features.invoices.findings import Finding, known, money, number
from features.invoices.match import LineMatch
from features.invoices.records import Invoice, InvoiceLine

FLOOR = 0.08  # of the spread, a logarithm: equal bills have none


def amount_finding(book: Book, invoice: Invoice, line: InvoiceLine, match: LineMatch) -> Finding | None:
    """A line far from the median of its like; its like are those of the facility where they are enough.

    Where an item has no history, the quantity of its order line is held against the vendor's other order lines.
    """
    amount = float(line.amount if match.order is None else max(line.amount, match.order.amount))
    vendor = book.vendor(invoice)
    before = [seen for seen in book.items.get((vendor, item_key(line)), ()) if seen.amount > 0]
    here = [seen for seen in before if seen.facility == invoice.facility]
    enough = book.tolerances.unusual_history
    like = here if len(here) >= enough else before
    if line.amount <= 0:
        return None
    ordered = quantity_evidence(book, match, vendor)
    if len(like) < enough:
        return _by_quantity(book, line, match, ordered)
    middle = median(seen.amount for seen in like)
    price_off = _price_off(match, like)
    off = max((log(amount / middle), price_off or 0.0), key=abs)
    if abs(off) < log(book.tolerances.unusual_times):
        return None
    at_stake = Decimal(str(round(max(0.0, amount - middle), 2)))
    place = f" at {invoice.facility}" if like is here and invoice.facility else ""
    text = f"Line {line.line} comes to {money(amount)}; the median of {len(like)} such lines{place} is {money(middle)}."
    evidence = {**_evidence(invoice, match, amount, like, before, here), **ordered}
    return Finding("unusual-amount", line.line, at_stake, text, evidence)


def _by_quantity(
    book: Book, line: InvoiceLine, match: LineMatch, evidence: dict[str, float]
) -> Finding | None:
    """An order line of many times what the vendor is usually asked for."""
    off = evidence.get("ordered_off", 0.0)
    if match.order is None or off < log(book.tolerances.unusual_times):
        return None
    usual = float(match.order.quantity) / exp(off)
    at_stake = Decimal(str(round(float(match.order.amount) * (1 - exp(-off)), 2)))
    text = (
        f"Line {line.line} answers an order of {number(match.order.quantity)}; the median of this vendor's order "
        f"lines is {usual:.3g}, and the item is new."
    )
    return Finding("unusual-amount", line.line, at_stake, text, evidence)


def quantity_evidence(book: Book, match: LineMatch, vendor: str) -> dict[str, float]:
    """The quantity of the order line against the vendor's usual ones, and against the other lines of the order.

    Stocking up raises all lines of an order, a zero too many raises one.
    """
    order, usual = match.order, book.quantities.get(vendor, ())
    if order is None or order.quantity <= 0 or len(usual) < book.tolerances.unusual_history:
        return {}
    logs = [log(quantity) for quantity in usual]
    middle, own = median(logs), log(float(order.quantity))
    spread = FLOOR + 1.4826 * median(abs(value - middle) for value in logs)
    lines = book.orders[order.po_number].values()
    beside = [log(float(one.quantity)) for one in lines if one.line != order.line and one.quantity > 0]
    return known(
        ordered_off=own - middle,
        ordered_deviations=(own - middle) / spread,
        ordered_over_most=own - max((value for value in logs if value != own), default=own),
        ordered_beside=own - median(beside) if beside else None,
        ordered_beside_off=median(beside) - middle if beside else None,
        ordered_round=float(order.quantity % 10 == 0),
    )


def _price_off(match: LineMatch, like: Sequence[Seen]) -> float | None:
    prices = [seen.price for seen in like if seen.price > 0]
    return log(match.price / median(prices)) if prices and match.price > 0 else None


def _evidence(
    invoice: Invoice,
    match: LineMatch,
    amount: float,
    like: Sequence[Seen],
    before: Sequence[Seen],
    here: Sequence[Seen],
) -> dict[str, float]:
    logs = [log(seen.amount) for seen in like]
    middle = median(logs)
    spread = FLOOR + 1.4826 * median(abs(value - middle) for value in logs)
    off = log(amount) - middle
    prices = [log(seen.price) for seen in like if seen.price > 0]
    price_middle = median(prices) if prices else None
    price = log(match.price) if match.price > 0 else None
    return known(
        unusual_off=off,
        unusual_deviations=off / spread,
        unusual_spread=spread,
        unusual_over_most=log(amount) - max(logs),
        unusual_times_so=sum(value > log(amount) - 0.3 for value in logs),
        unusual_lines=len(like),
        unusual_lines_item=len(before),
        unusual_lines_here=len(here),
        unusual_ordered=float(match.order is not None),
        unusual_price_off=None if price is None or price_middle is None else price - price_middle,
        unusual_price_spread=None
        if price_middle is None
        else median(abs(value - price_middle) for value in prices),
        unusual_tenfold=abs(exp(off) - 10) if off < 4 else None,
        unusual_last=log(amount / like[-1].amount),
        unusual_nearest=min(abs(value - log(amount)) for value in logs),
        unusual_nearest_price=None
        if price is None
        else min((abs(one - price) for one in prices), default=None),
        unusual_days=(invoice.received - like[-1].day).days,
    )

"""Which line of an order an invoice line answers, and how the two compare in the order's units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct
from rapidfuzz import fuzz

from features.invoices.records import Invoice, InvoiceLine, OrderLine
from features.invoices.units import pieces_billed
from features.match_keys import normalised

if TYPE_CHECKING:
    from features.invoices.book import Book

ALIKE = 88.0  # 0..100, of descriptions
LATEST_ORDERS = 60  # of a vendor, among which an order is sought that the invoice does not name


class OrderView(Struct, frozen=True):
    """A line of an order on a day."""

    order: OrderLine
    received: Decimal  # booked so far
    billed: Decimal  # by earlier invoices


class LineMatch(Struct, frozen=True):
    """An invoice line beside the order line that it answers; in the order's units."""

    line: int
    quantity: Decimal
    price: float  # of a unit, out of amount and quantity
    order: OrderLine | None = None
    how: str = ""  # "line", "item", "description": by what it was found; "" where it was not
    pieces: int = 1  # of the invoice's units in one of the order's
    received: Decimal = Decimal(0)
    billed_before: Decimal = Decimal(0)

    @property
    def log_price_ratio(self) -> float | None:
        """The logarithm of the billed price over the ordered one; None where either is nothing."""
        if self.order is None or self.order.unit_price <= 0 or self.price <= 0:
            return None
        return log(self.price / float(self.order.unit_price))


def match_lines(book: Book, invoice: Invoice) -> tuple[LineMatch, ...]:
    """A match for each line of the invoice, in their order."""
    lines = book.orders.get(invoice.po_number) if invoice.po_number else _sought(book, invoice)
    return tuple(_match(book, line, lines or {}) for line in invoice.lines)


def _match(book: Book, line: InvoiceLine, lines: dict[int, OrderLine]) -> LineMatch:
    order, how = _answered(line, lines)
    price = float(line.amount) / float(line.quantity) if line.quantity else float(line.unit_price)
    if order is None:
        return LineMatch(line.line, line.quantity, abs(price))
    view, pieces = book.view(order), pieces_billed(line, order)
    return LineMatch(
        line=line.line,
        quantity=line.quantity / pieces,
        price=abs(price) * pieces,
        order=order,
        how=how,
        pieces=pieces,
        received=view.received,
        billed_before=view.billed,
    )


def _answered(line: InvoiceLine, lines: dict[int, OrderLine]) -> tuple[OrderLine | None, str]:
    """By number of line where the item agrees, else by item, by description, and by number of line after all."""
    same = lines.get(line.line)
    if same is not None and _same_item(line, same):
        return same, "line"
    by_item = next((order for order in lines.values() if _same_item(line, order)), None)
    if by_item is not None:
        return by_item, "item"
    if same is not None and (not line.item_number or fuzz.ratio(line.description, same.description) >= ALIKE):
        return same, "line"
    alike = max(
        lines.values(), key=lambda order: fuzz.ratio(line.description, order.description), default=None
    )
    if alike is not None and fuzz.ratio(line.description, alike.description) >= ALIKE:
        return alike, "description"
    return (same, "line") if same is not None else (None, "")


def _same_item(line: InvoiceLine, order: OrderLine) -> bool:
    return bool(line.item_number) and normalised(line.item_number) == normalised(order.item_number)


def _sought(book: Book, invoice: Invoice) -> dict[int, OrderLine] | None:
    """The order of an invoice that names none: the one that has its items, and best its quantities and place."""
    if not all(line.item_number for line in invoice.lines):
        return None
    numbers = book.orders_of.get(book.vendor(invoice), [])[-LATEST_ORDERS:]
    fitting = [book.orders[number] for number in numbers if _has_all(book.orders[number].values(), invoice)]
    return max(fitting, key=lambda lines: _fit(book, lines, invoice), default=None)


def _has_all(lines: Iterable[OrderLine], invoice: Invoice) -> bool:
    items = {normalised(order.item_number) for order in lines}
    return all(normalised(line.item_number) in items for line in invoice.lines)


def _fit(book: Book, lines: dict[int, OrderLine], invoice: Invoice) -> tuple[int, int, int]:
    """Lines whose number agrees and which are still to be billed, the facility, and what was received."""
    matched = [(line, _answered(line, lines)[0]) for line in invoice.lines]
    views = [(line, order, book.view(order)) for line, order in matched if order is not None]
    agreeing = sum(order.line == line.line for line, order, _ in views)
    still_open = sum(view.billed < order.quantity for _, order, view in views)
    at_home = sum(order.facility == invoice.facility for _, order, _ in views)
    return agreeing + still_open + 2 * at_home, sum(view.received > 0 for *_, view in views), len(views)


def matched(matches: Sequence[LineMatch]) -> list[LineMatch]:
    """Those that have an order."""
    return [match for match in matches if match.order is not None]

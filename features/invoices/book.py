"""What is known of purchasing up to a moment, grown one record at a time: training replays it, serving adds to it."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from features.invoices.match import LineMatch, OrderView
from features.invoices.records import Invoice, InvoiceLine, OrderLine, Receipt
from features.invoices.tolerances import DEFAULT, Tolerances
from features.invoices.units import in_order_units
from features.invoices.vendor_names import VendorNames
from features.match_keys import normalised

LineKey = tuple[str, int]  # number and line of an order
KEPT = 60  # of the latest lines of an item or a vendor


@dataclass(frozen=True, slots=True)
class Seen:
    """An earlier invoice line of an item."""

    day: date
    price: float  # of the order's unit, where there is an order
    amount: float  # of the ordered line, where there is an order
    cost_centre: str
    facility: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """How far a vendor's billed price was from the order's, as a logarithm."""

    day: date
    log: float


class Book:
    """Orders, receipts and invoices so far, and the habits that they show."""

    def __init__(self, tolerances: Tolerances = DEFAULT) -> None:
        self.tolerances = tolerances
        self.vendors = VendorNames(tolerances.same_vendor)
        self.orders: dict[str, dict[int, OrderLine]] = {}
        self.orders_of: defaultdict[str, list[str]] = defaultdict(list)  # by vendor key, oldest first
        self.receipts: defaultdict[LineKey, list[Receipt]] = defaultdict(list)
        self.billed: defaultdict[LineKey, Decimal] = defaultdict(Decimal)  # in the order's units
        self.prices: dict[LineKey, float] = {}  # that each order line was last billed at
        self.items: defaultdict[tuple[str, str], deque[Seen]] = defaultdict(lambda: deque(maxlen=KEPT))
        self.quantities: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=KEPT))  # ordered
        self.ratios: defaultdict[str, deque[Ratio]] = defaultdict(lambda: deque(maxlen=KEPT))
        self.short: defaultdict[str, deque[tuple[LineKey, bool]]] = defaultdict(lambda: deque(maxlen=KEPT))
        self.by_total: defaultdict[Decimal, list[Invoice]] = defaultdict(list)
        self.by_number: defaultdict[tuple[str, str], list[Invoice]] = defaultdict(list)
        self.invoices_of: Counter[str] = Counter()
        self.centre_days: dict[str, tuple[date, date]] = {}  # first and last day on which it was charged
        self.centre_pairs: Counter[tuple[str, str]] = Counter()  # ordered for, charged to

    def order(self, line: OrderLine) -> None:
        """A line of an order."""
        lines = self.orders.setdefault(line.po_number, {})
        if line.line not in lines and line.quantity > 0:
            self.quantities[self.vendor(line)].append(float(line.quantity))
        if not lines:
            self.orders_of[self.vendor(line)].append(line.po_number)
        lines[line.line] = line

    def receipt(self, receipt: Receipt) -> None:
        """Goods that were booked."""
        self.receipts[receipt.po_number, receipt.line].append(receipt)

    def invoice(self, invoice: Invoice, matches: tuple[LineMatch, ...]) -> None:
        """An invoice with the order lines that its lines answer, once it has been assessed itself."""
        vendor = self.vendor(invoice)
        self.by_total[abs(invoice.total)].append(invoice)
        self.by_number[vendor, normalised(invoice.number)].append(invoice)
        self.invoices_of[vendor] += 1
        for line, match in zip(invoice.lines, matches, strict=True):
            if line.quantity > 0:
                self._learn(invoice, vendor, line, match)
            if match.order is not None:
                key = (match.order.po_number, match.order.line)
                self.billed[key] += match.quantity
                self.prices[key] = match.price

    def vendor(self, record: Invoice | OrderLine) -> str:
        """The key of a record's vendor."""
        return self.vendors.key(record.vendor_id, record.vendor_name)

    def received(self, order: OrderLine) -> Decimal:
        """What has been booked for a line of an order, in its units; the sum of what came and went back."""
        booked = self.receipts.get((order.po_number, order.line), ())
        return sum((in_order_units(receipt.quantity, order) for receipt in booked), Decimal(0))

    def view(self, order: OrderLine) -> OrderView:
        """A line of an order as it stands."""
        key = (order.po_number, order.line)
        return OrderView(order, self.received(order), self.billed.get(key, Decimal(0)))

    def _learn(self, invoice: Invoice, vendor: str, line: InvoiceLine, match: LineMatch) -> None:
        order, day = match.order, invoice.received
        amount = float(line.amount if order is None else max(line.amount, order.amount))
        seen = Seen(day, match.price, amount, line.cost_centre, invoice.facility)
        self.items[vendor, item_key(line)].append(seen)
        first, _ = self.centre_days.get(line.cost_centre, (day, day))
        self.centre_days[line.cost_centre] = (first, day)
        if order is None:
            return
        self.centre_pairs[order.cost_centre, line.cost_centre] += 1
        if match.log_price_ratio is not None:
            self.ratios[vendor].append(Ratio(day, match.log_price_ratio))
        key = (order.po_number, order.line)
        self.short[vendor].append((key, self.billed.get(key, Decimal(0)) + match.quantity > match.received))


def item_key(line: InvoiceLine | OrderLine) -> str:
    """By what an item is known: its number, or else its description."""
    return normalised(line.item_number) or normalised(line.description)

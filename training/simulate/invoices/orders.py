"""Orders of goods and the invoices for them: early, in other units, at new prices, and some of them wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from training.simulate.draws import Draws
from training.simulate.invoices import deliveries as shipping
from training.simulate.invoices import faults, rates, vendors
from training.simulate.invoices.deliveries import Delivery
from training.simulate.invoices.records import (
    Basket,
    Cause,
    Invoice,
    InvoiceLine,
    Item,
    Order,
    OrderLine,
    Receipt,
    Vendor,
)
from training.simulate.invoices.register import received
from training.simulate.invoices.vendors import CostCentres
from training.simulate.invoices.words import GOODS

USUAL_ORDERS = 4  # that a vendor's standing orders repeat


@dataclass(slots=True)
class Purchase:
    """An order with what follows from it."""

    order: Order
    receipts: list[tuple[date, Receipt]]
    invoices: list[Invoice]


class Purchases:
    """Draws purchases from the vendors of goods; order numbers count up."""

    def __init__(self, seed: int, suppliers: list[Vendor], cost_centres: CostCentres) -> None:
        self._draws = Draws(seed, "invoices orders")
        self._faults = Draws(seed, "invoices order faults")
        self._suppliers = suppliers
        self._weights = vendors.weights(Draws(seed, "invoices order shares"), suppliers, GOODS)
        self._cost_centres = cost_centres
        self._ordered = 0

    def draw(self, day: date) -> Purchase:
        """A purchase ordered on this day."""
        order = self._order(day)
        deliveries = shipping.draw(self._draws, order)
        invoices = [self._invoice(order, billed, deliveries) for billed in shipping.billed(order, deliveries)]
        return Purchase(order, list(shipping.receipts(self._draws, order, deliveries)), invoices)

    def _order(self, day: date) -> Order:
        vendor = self._draws.weighted(self._suppliers, self._weights)
        usual = vendor.usual_orders
        if usual and self._draws.chance(rates.STANDING_ORDER):
            facility, basket = self._draws.pick(usual)
        else:
            facility, basket = self._draws.pick(vendors.FACILITIES), self._basket(vendor)
            if len(usual) < USUAL_ORDERS:
                usual.append((facility, basket))
        self._ordered += 1
        number = str(4_500_000_000 + self._ordered)
        return Order(number, day, vendor, facility, self._order_lines(vendor, facility, basket, day))

    def _basket(self, vendor: Vendor) -> Basket:
        """What is ordered, and how many cases of each."""
        draws = self._draws
        count = min(1 + int(draws.lognormal(0.9) * 1.6), 12)
        items = {id(item): item for item in (draws.pick(vendor.items) for _ in range(count))}
        usual = vendor.usual_quantity * (draws.between(2, 6) if draws.chance(rates.STOCKED_UP) else 1)
        return [
            (item, max(1, round(usual * draws.lognormal(vendor.amount_spread)))) for item in items.values()
        ]

    def _order_lines(self, vendor: Vendor, facility: str, basket: Basket, day: date) -> list[OrderLine]:
        """The basket at the prices that the item master knows by then."""
        known = day - timedelta(vendor.late_price_file)
        lines = []
        for number, (item, cases) in enumerate(basket, start=1):
            cost_centre = self._cost_centres.code(facility, item.department, day)
            price = vendor.price(item, known)
            if self._draws.chance(rates.ORDER_PRICE_WRONG):
                price = max(1, round(price * self._draws.lognormal(rates.ORDER_PRICE_OFF)))
            lines.append(OrderLine(number, item, cases, price, cost_centre))
        if self._faults.chance(rates.UNUSUAL_AMOUNT):
            wrong = self._faults.pick(lines)
            wrong.quantity *= 10 if self._faults.chance(0.3) else self._faults.between(4, 15)
            wrong.cause = "unusual-amount"
        return lines

    def _invoice(self, order: Order, billed: Delivery, deliveries: list[Delivery]) -> Invoice:
        """What the vendor bills for; a fault of quantity may change the deliveries instead."""
        draws = self._draws
        day = billed.day + timedelta(draws.between(-1, 3))
        lines = [order.lines[number - 1] for number in billed.cases]
        invoice = Invoice(
            vendor=order.vendor,
            facility=order.facility,
            day=day,
            received=received(draws, day),
            po_number="" if draws.chance(rates.ORDER_NUMBER_MISSING) else order.number,
            lines=[self._line(order, line, billed.cases[line.line], day) for line in lines],
            ordered=True,
        )
        if draws.chance(rates.RECODED):
            elsewhere = self._cost_centres.code(order.facility, draws.pick(vendors.DEPARTMENTS), day)
            draws.pick(invoice.lines).cost_centre = elsewhere
        invoice.cause = self._fault(invoice, lines, billed, deliveries)
        faults.add_up(self._faults, invoice)
        return invoice

    def _line(self, order: Order, line: OrderLine, cases: int, day: date) -> InvoiceLine:
        vendor, item = order.vendor, line.item
        if self._draws.chance(rates.SUBSTITUTED):
            item = self._substitute(vendor, item)
        price = vendor.price(item, day)
        if vendor.spread:
            price = max(1, round(price * self._draws.lognormal(vendor.spread)))
        pieces = item.pack if vendor.bills_eaches else 1
        return InvoiceLine(
            line=line.line,
            item_number=item.number,
            description=item.description.replace(f"{pieces}/CS", "EA") if pieces > 1 else item.description,
            quantity=cases * pieces,
            unit_price=max(1, round(price / pieces)),
            amount=cases * price,
            cost_centre=self._cost_centres.charged(item, order.facility, day),
            cause=line.cause,
        )

    def _substitute(self, vendor: Vendor, item: Item) -> Item:
        """Much the same under another number, a little dearer or cheaper."""
        price = max(95, round(item.price * self._draws.lognormal(0.1)))
        return replace(item, number=self._draws.pick(vendor.items).number + "S", price=price)

    def _fault(
        self, invoice: Invoice, lines: list[OrderLine], billed: Delivery, deliveries: list[Delivery]
    ) -> Cause:
        """At most one fault; it marks its line."""
        draws = self._faults
        if any(line.cause != "clean" for line in lines):
            return "unusual-amount"
        cause = faults.choose(draws, ordered=True)
        chosen = draws.below(len(lines))
        line, ordered = invoice.lines[chosen], lines[chosen]
        cases = billed.cases[ordered.line]
        if cause == "price":
            faults.wrong_price(draws, line, cases)
        elif cause == "cost-centre":
            department = ordered.item.department
            faults.wrong_cost_centre(draws, invoice, line, department, self._cost_centres)
        elif cause == "quantity":
            faults.wrong_quantity(draws, line, ordered.line, cases, deliveries)
        elif cause == "not-received" and not faults.not_received(line, ordered.line, cases, deliveries):
            return "clean"
        return cause

"""How the goods of an order come: in parts, too many, uncounted, booked late or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from training.simulate.draws import Draws, running
from training.simulate.invoices import rates
from training.simulate.invoices.records import Order, Receipt

CLERKS = ("DOCK1", "DOCK2", "MRIVAS", "TCHO", "KBELL", "LADAMS", "PHARMRX", "LABRCV")
COUNTS, PARTS = tuple(rates.DELIVERIES), running(rates.DELIVERIES.values())


@dataclass(slots=True)
class Delivery:
    """What came on one day: cases by line of the order."""

    day: date
    cases: dict[int, int]


def draw(draws: Draws, order: Order) -> list[Delivery]:
    """The order over one to three days, in order; a line comes whole, in equal parts, or short at first."""
    count = draws.weighted(COUNTS, PARTS)
    deliveries = [Delivery(day, {}) for day in _days(draws, order, count)]
    equal = draws.chance(rates.EVEN_SPLIT)
    for line in order.lines:
        quantity = line.quantity + (draws.between(1, 2) if draws.chance(rates.OVER_SHIPPED) else 0)
        for delivery, cases in zip(deliveries, _parts(draws, quantity, count, equal=equal), strict=True):
            if cases:
                delivery.cases[line.line] = cases
    return [delivery for delivery in deliveries if delivery.cases]


def _parts(draws: Draws, quantity: int, count: int, *, equal: bool) -> list[int]:
    if equal and quantity % count == 0:
        return [quantity // count] * count
    parts = [0] * count
    first = draws.below(count)
    parts[first] = draws.between(1, quantity) if draws.chance(rates.SHORT_AT_FIRST) else quantity
    parts[-1] += quantity - parts[first]
    return parts


def _days(draws: Draws, order: Order, count: int) -> Iterable[date]:
    day = order.day + timedelta(1 + int(order.vendor.lead * draws.lognormal(0.5)))
    for _ in range(count):
        yield day
        day += timedelta(draws.between(2, 25))


def billed(order: Order, deliveries: list[Delivery]) -> list[Delivery]:
    """What is billed together: each delivery, or all with the first."""
    if not order.vendor.bills_whole_order:
        return [Delivery(delivery.day, dict(delivery.cases)) for delivery in deliveries]
    whole = Delivery(deliveries[0].day, {})
    for delivery in deliveries:
        for line, cases in delivery.cases.items():
            whole.cases[line] = whole.cases.get(line, 0) + cases
    return [whole]


def receipts(draws: Draws, order: Order, deliveries: list[Delivery]) -> Iterable[tuple[date, Receipt]]:
    """What the clerks booked, and when; nothing for implants used from consignment."""
    if order.vendor.kind == "implants" and draws.chance(rates.BILL_ONLY):
        return
    for delivery in deliveries:
        late = draws.between(4, 21) if draws.chance(rates.BOOKED_LATE) else draws.below(2)
        clerk, in_pieces = draws.pick(CLERKS), draws.chance(rates.RECEIVED_IN_EACHES)
        for line, cases in delivery.cases.items():
            quantity = cases * (order.lines[line - 1].item.pack if in_pieces else 1)
            if draws.chance(rates.MISCOUNTED):
                quantity = max(1, quantity + draws.pick((-2, -1, 1, 2)))
            yield delivery.day + timedelta(late), Receipt(order.number, line, quantity, clerk)

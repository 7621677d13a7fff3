"""Invoices without an order of goods: recurring bills, many of equal amount, and services now and then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import cos, pi

from training.simulate.draws import Draws
from training.simulate.invoices import faults, rates, vendors
from training.simulate.invoices.records import Invoice, InvoiceLine, Item, Order, OrderLine, Vendor
from training.simulate.invoices.register import received
from training.simulate.invoices.vendors import CostCentres
from training.simulate.invoices.words import SERVICES

BILLS_A_YEAR = 12


@dataclass(slots=True)
class Contract:
    """One facility's contract with a vendor, billed on a day of each month."""

    vendor: Vendor
    item: Item
    facility: str
    month_day: int
    times: int  # the vendor's price
    spread: float  # sigma of use; 0 where each bill is equal
    account: str
    account_is_number: bool
    blanket: bool
    bills: int = 0
    po_number: str = ""


class Bills:
    """The contracts of a seed, due by day of the month, and services as they come."""

    def __init__(
        self, seed: int, landlords: list[Vendor], agencies: list[Vendor], contracts: int, centres: CostCentres
    ) -> None:
        self._draws = Draws(seed, "invoices bills")
        self._faults = Draws(seed, "invoices bill faults")
        self._agencies = agencies
        self._weights = vendors.weights(Draws(seed, "invoices bill shares"), agencies, SERVICES)
        self._cost_centres = centres
        self._blankets = 0
        self._due: dict[int, list[Contract]] = {}
        for _ in range(contracts):
            contract = self._contract(self._draws.pick(landlords))
            self._due.setdefault(contract.month_day, []).append(contract)

    def due(self, day: date) -> list[tuple[Order | None, Invoice]]:
        """The recurring bills of a day, each with the blanket order that begins with it, if one does."""
        contracts = self._due.get(day.day, ())
        return [(self._blanket(contract, day), self._bill(contract, day)) for contract in contracts]

    def service(self, day: date) -> Invoice:
        """The bill of an agency, a lawyer or a workshop, of one to three lines."""
        draws = self._draws
        vendor = draws.weighted(self._agencies, self._weights)
        facility = draws.pick(vendors.FACILITIES)
        items = [draws.pick(vendor.items) for _ in range(draws.weighted((1, 2, 3), (6, 9, 10)))]
        lines = []
        for number, item in enumerate(items, start=1):
            quantity = max(1, round(vendor.usual_quantity * draws.lognormal(vendor.amount_spread)))
            lines.append(self._line(number, item, facility, quantity, item.price, day))
        return self._finish(vendor, facility, day, lines, [item.department for item in items])

    def _contract(self, vendor: Vendor) -> Contract:
        """At the vendor's list price times a small number, so that amounts repeat between contracts."""
        draws = self._draws
        item = draws.pick(vendor.items[:3])
        return Contract(
            vendor=vendor,
            item=item,
            facility=draws.pick(vendors.FACILITIES),
            month_day=draws.pick((1, 1, 1, 5, 10, 15, 20, 25, 28, draws.between(1, 28))),
            times=draws.pick((1, 1, 1, 2, 3)),
            spread=0.0 if draws.chance(rates.EQUAL_BILLS) else draws.uniform(0.05, 0.35),
            account=draws.digits(8),
            account_is_number=draws.chance(rates.ACCOUNT_AS_NUMBER),
            blanket=draws.chance(rates.BLANKET_ORDER),
        )

    def _blanket(self, contract: Contract, day: date) -> Order | None:
        """A year's order of twelve bills, where the contract has such orders and one is due."""
        contract.bills += 1
        if not contract.blanket or contract.bills % BILLS_A_YEAR != 1:
            return None
        self._blankets += 1
        contract.po_number = str(4_700_000_000 + self._blankets)
        item, facility = contract.item, contract.facility
        cost_centre = self._cost_centres.code(facility, item.department, day)
        line = OrderLine(1, item, BILLS_A_YEAR, self._price(contract, day), cost_centre)
        return Order(contract.po_number, day, contract.vendor, facility, [line])

    def _price(self, contract: Contract, day: date) -> int:
        return contract.vendor.price(contract.item, day) * contract.times

    def _bill(self, contract: Contract, day: date) -> Invoice:
        draws = self._draws
        amount = self._price(contract, day)
        if contract.spread:
            season = 1 + 0.25 * cos(2 * pi * day.month / 12) if contract.vendor.kind == "utility" else 1.0
            amount = round(amount * season * draws.lognormal(contract.spread))
        if draws.chance(rates.TRUE_UP):
            amount = round(amount * draws.uniform(1.3, 3.5))
        line = self._line(1, contract.item, contract.facility, 1, max(1, amount), day)
        invoice = self._finish(contract.vendor, contract.facility, day, [line], [contract.item.department])
        invoice.po_number = contract.po_number
        invoice.account = contract.account if contract.account_is_number else ""
        return invoice

    def _line(
        self, number: int, item: Item, facility: str, quantity: int, price: int, day: date
    ) -> InvoiceLine:
        cost_centre = self._cost_centres.charged(item, facility, day)
        return InvoiceLine(number, "", item.description, quantity, price, quantity * price, cost_centre)

    def _finish(
        self, vendor: Vendor, facility: str, day: date, lines: list[InvoiceLine], departments: list[str]
    ) -> Invoice:
        """The invoice with its fault, if it has one, and its sum."""
        invoice = Invoice(vendor, facility, day, received(self._draws, day), "", lines)
        invoice.cause = faults.choose(self._faults, ordered=False)
        chosen = self._faults.below(len(lines))
        if invoice.cause == "cost-centre":
            faults.wrong_cost_centre(
                self._faults, invoice, lines[chosen], departments[chosen], self._cost_centres
            )
        elif invoice.cause == "unusual-amount":
            faults.unusual_amount(self._faults, lines[chosen])
        faults.add_up(self._faults, invoice)
        return invoice

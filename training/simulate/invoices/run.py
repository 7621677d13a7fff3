"""Vendor invoices of the simulated network, day by day: what an ERP exports of orders, receipts and invoices."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from features.errors import BadInputError
from features.progress import track
from training.simulate.draws import Draws
from training.simulate.invoices import files as erp
from training.simulate.invoices import rates, vendors
from training.simulate.invoices.bills import Bills
from training.simulate.invoices.files import Files
from training.simulate.invoices.orders import Purchases
from training.simulate.invoices.records import Invoice, Order, Receipt
from training.simulate.invoices.register import Register
from training.simulate.invoices.reviews import Reviews
from training.simulate.invoices.vendors import CostCentres
from training.simulate.invoices.words import CONTRACTS, GOODS, SERVICES
from training.simulate.waiting import Waiting
from training.simulate.workdays import working_day

LEAST_DAYS = 90  # below that most orders would still be open at the end
DAYS_A_MONTH = 30.44


def write(folder: Path, *, seed: int, start: date, end: date, invoices: int) -> dict[str, int]:
    """``purchase_orders.csv``, ``receipts.csv``, ``invoices.csv``, ``invoice_reviews.csv`` and their truth.

    Rows are in the order of their dates (of receipt, for invoices). Orders start to be placed on ``start``, and
    what would come after ``end`` is not written, so that the number of invoices is about ``invoices``: within
    some percent. ``voucher_number`` is the ERP's own number of an invoice and joins the truth; ``invoice_number``
    need not be unique. The same seed gives the same bytes.

    Returns how many purchase orders, receipts, invoices, lines of invoices, and invoices of each cause.
    Raises ``BadInputError`` where the time is shorter than 90 days or no invoice is asked for.
    """
    days = (end - start).days + 1
    if days < LEAST_DAYS or invoices < 1:
        raise BadInputError(
            "too few invoices or days to simulate", where="invoices", remedy=f"give {LEAST_DAYS} days or more"
        )
    with erp.opened(folder) as files:
        run = _Run(files, seed, start, end, invoices)
        for number in track(range(days), "Writing invoices"):
            run.day(start + timedelta(number))
        return dict(files.counts)


class _Run:
    """The state that one day leaves to the next: what is pending, and the numbers given so far."""

    def __init__(self, files: Files, seed: int, start: date, end: date, invoices: int) -> None:
        draws = Draws(seed, "invoices vendors")
        least, every, most = rates.VENDORS
        count = min(most, least + invoices // every)
        groups = [
            vendors.build(draws, kinds, max(len(kinds), round(count * share)), first, start, end)
            for kinds, share, first in ((GOODS, 0.6, 100_001), (CONTRACTS, 0.25, 200_001),
                                        (SERVICES, 0.15, 300_001))
        ]  # fmt: skip
        centres = CostCentres(Draws(seed, "invoices cost centres"), start, end)
        days = (end - start).days + 1
        contracts = round(invoices * rates.RECURRING * DAYS_A_MONTH / days)
        self._files = files
        self._purchases = Purchases(seed, groups[0], centres)
        self._bills = Bills(seed, groups[1], groups[2], contracts, centres)
        self._register = Register(seed)
        self._mail = Draws(seed, "invoices mail")
        self._reviews = Reviews(seed)
        workdays = (days - rates.DAYS_TO_INVOICE) * 5 / 7
        self._orders_a_day = invoices * rates.ORDERED / workdays
        self._services_a_day = invoices * rates.SERVICES / workdays
        self._orders_owed = self._services_owed = 0.0
        self._receipts: Waiting[Receipt] = Waiting()
        self._issued: Waiting[Invoice] = Waiting()
        self._received: Waiting[Invoice] = Waiting()

    def day(self, day: date) -> None:
        """Everything that is ordered, delivered, issued and booked on a day."""
        for order, invoice in self._bills.due(day):
            if order:
                self._order(order)
            self._issued.put(day, invoice)
        if day.weekday() < 5:
            self._workday(day)
        for receipt in self._receipts.take(day):
            self._files.receipt(receipt, day)
            self._reviews.receipt(receipt)
        for invoice in self._issued.take(day):
            self._issue(invoice)
        # In no order of their own: how long an invoice was under way must not show in its place.
        for invoice in sorted(self._received.take(day), key=lambda _: self._mail.random()):
            self._files.invoice(invoice)
            self._reviews.invoice(invoice, day)
        for review in self._reviews.due(day):
            self._files.review(review, day)

    def _order(self, order: Order) -> None:
        self._files.order(order)
        self._reviews.order(order)

    def _workday(self, day: date) -> None:
        """New orders and services; parts, copies and credit notes count as invoices that are owed no more."""
        self._orders_owed += self._orders_a_day
        while self._orders_owed >= 1:
            purchase = self._purchases.draw(day)
            self._orders_owed -= len(purchase.invoices)
            self._order(purchase.order)
            for booked, receipt in purchase.receipts:
                self._receipts.put(working_day(booked), receipt)
            for invoice in purchase.invoices:
                self._issued.put(invoice.day, invoice)
        self._services_owed += self._services_a_day
        while self._services_owed >= 1:
            self._services_owed -= 1
            self._issued.put(day, self._bills.service(day))

    def _issue(self, invoice: Invoice) -> None:
        """Number it, and let it and what follows from it wait for their days."""
        self._register.number(invoice)
        self._receive(invoice)
        copy = self._register.copy(invoice)
        if copy:
            self._receive(copy)
            self._orders_owed -= 1
        for later, sent_back in self._register.corrections(invoice):
            self._issued.put(later.day, later)
            if sent_back:
                self._receipts.put(working_day(later.day), sent_back)
            self._orders_owed -= 1

    def _receive(self, invoice: Invoice) -> None:
        invoice.received = working_day(invoice.received)
        self._received.put(invoice.received, invoice)

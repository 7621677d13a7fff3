"""What happens to an invoice once it is issued: its number, copies that come again, credit notes, new bills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from math import exp

from training.simulate.draws import Draws
from training.simulate.invoices import faults, numbers, rates
from training.simulate.invoices.records import Cause, Invoice, InvoiceLine, Receipt


def received(draws: Draws, day: date) -> date:
    """When an invoice of this day comes: within days, but for some that go astray for weeks."""
    median, sigma = rates.DAYS_UNDER_WAY
    late, further = rates.LATE_MAIL
    days = 1 + int(median * exp(sigma * draws.normal()))
    return day + timedelta(days + (draws.between(*further) if draws.chance(late) else 0))


class Register:
    """Gives invoices their numbers and draws what follows from them."""

    def __init__(self, seed: int) -> None:
        self._draws = Draws(seed, "invoices register")
        self._copies = Draws(seed, "invoices copies")

    def number(self, invoice: Invoice) -> None:
        """Number the invoice, and write the vendor as this one does; numbers grow with what else the vendor sells."""
        draws, vendor = self._draws, invoice.vendor
        vendor.sequence += draws.between(1, vendor.gap)
        invoice.number = invoice.account or numbers.write(
            vendor.style, vendor.prefix, vendor.sequence, invoice.day
        )
        if draws.chance(rates.RETYPED):
            invoice.number = numbers.retype(draws, invoice.number)
        self._address(draws, invoice, rates.USES_SECOND_ID[0])

    def _address(self, draws: Draws, invoice: Invoice, second: float) -> None:
        vendor = invoice.vendor
        uses_second = bool(vendor.second_id) and draws.chance(second)
        invoice.vendor_id = vendor.second_id if uses_second else vendor.vendor_id
        varied = draws.chance(rates.NAME_VARIANT)
        invoice.vendor_name = draws.pick(vendor.variants) if varied else vendor.name

    def copy(self, invoice: Invoice) -> Invoice | None:
        """The duplicate that comes days or weeks later, if one does; never of an invoice that is wrong itself."""
        draws = self._copies
        drawn = draws.random() * rates.CLEAN
        if drawn >= rates.DUPLICATE + rates.NEAR_DUPLICATE or invoice.cause != "clean" or invoice.total <= 0:
            return None
        cause: Cause = "duplicate" if drawn < rates.DUPLICATE else "near-duplicate"
        days, sigma = rates.DAYS_TO_COPY
        copy = replace(
            invoice,
            cause=cause,
            lines=[replace(line, cause=cause) for line in invoice.lines],
            received=invoice.received + timedelta(min(120, 1 + int(days * exp(sigma * draws.normal())))),
            original=invoice,
        )
        if cause == "near-duplicate":
            self._retype(copy)
        self._address(draws, copy, rates.USES_SECOND_ID[1])
        return copy

    def _retype(self, copy: Invoice) -> None:
        """Another writing of the number, or a day off, or both."""
        draws = self._copies
        how = draws.weighted(("number", "day", "both"), (0.65, 0.85, 1.0))
        if how != "day":
            copy.number = numbers.retype(draws, copy.number)
        if how != "number":
            copy.day += timedelta(draws.pick((-1, 1)))
        if draws.chance(0.1):
            copy.po_number = ""

    def corrections(self, invoice: Invoice) -> Iterable[tuple[Invoice, Receipt | None]]:
        """Credit notes for goods returned, with their negative receipt, or for all of it with a new bill.

        Each is issued, and booked as received, on its own later day.
        """
        draws = self._draws
        if invoice.cause != "clean" or invoice.total <= 0:
            return
        if invoice.ordered and draws.chance(rates.RETURNED):
            credit = self._returned(invoice, draws.between(6, 45))
            yield credit, self._sent_back(credit)
        elif draws.chance(rates.REBILLED):
            days = draws.between(3, 20)
            yield self._later(invoice, [_negative(line, line.quantity) for line in invoice.lines], days), None
            yield self._later(invoice, [replace(line) for line in invoice.lines], days + draws.below(4)), None

    def _returned(self, invoice: Invoice, days: int) -> Invoice:
        line = self._draws.pick(invoice.lines)
        credit = self._later(invoice, [_negative(line, self._draws.between(1, line.quantity))], days)
        credit.freight, credit.ordered = 0, False
        faults.add_up(self._draws, credit)
        return credit

    def _sent_back(self, credit: Invoice) -> Receipt | None:
        """Where someone booked it; receipts are in cases, so that those billed in pieces are left out."""
        if not credit.po_number or credit.vendor.bills_eaches or not self._draws.chance(rates.RETURN_BOOKED):
            return None
        line = credit.lines[0]
        return Receipt(credit.po_number, line.line, line.quantity, "RETURNS")

    def _later(self, invoice: Invoice, lines: list[InvoiceLine], days: int) -> Invoice:
        day = invoice.day + timedelta(days)
        later = replace(invoice, day=day, received=received(self._draws, day), lines=lines)
        if lines[0].quantity < 0:
            later.freight, later.tax, later.total = -invoice.freight, -invoice.tax, -invoice.total
        return later


def _negative(line: InvoiceLine, quantity: int) -> InvoiceLine:
    return replace(line, quantity=-quantity, amount=-(line.amount * quantity // line.quantity))

"""Who looked at which invoice, and what they found: a random sample, and what the ERP's simple rules held."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from training.simulate.draws import Draws
from training.simulate.invoices import rates
from training.simulate.invoices.records import Invoice, Order, OrderLine, Receipt
from training.simulate.invoices.words import GOODS
from training.simulate.waiting import Waiting
from training.simulate.workdays import working_day

GOODS_KINDS = frozenset(kind.name for kind in GOODS)
WHOLE_INVOICE = ("duplicate", "wrong-total")  # verdicts that are about no line
VERDICTS = ("duplicate", "price", "quantity", "not-received", "cost-centre", "unusual-amount", "wrong-total")
REVIEWERS = ("APAULSEN", "BFOX", "CMENDEZ", "DOKAFOR")


@dataclass(frozen=True, slots=True)
class Review:
    """A verdict on an invoice; ``line`` is 0 where it is about the whole of it."""

    invoice: Invoice
    verdict: str
    line: int
    chosen_by: str  # "audit" or "hold"
    reviewer: str


class Reviews:
    """What the ERP knows, its rules, and the reviews that wait for their day."""

    def __init__(self, seed: int) -> None:
        self._draws = Draws(seed, "invoices reviews")
        self._orders: dict[tuple[str, int], tuple[OrderLine, bool]] = {}
        self._received: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._billed: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._seen: set[tuple[str, str, int]] = set()
        self._totals: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        self._waiting: Waiting[Review] = Waiting()

    def order(self, order: Order) -> None:
        """An order that the ERP knows from now on."""
        goods = order.vendor.kind in GOODS_KINDS
        for line in order.lines:
            self._orders[order.number, line.line] = line, goods

    def receipt(self, receipt: Receipt) -> None:
        """Goods that were booked."""
        self._received[receipt.po_number, receipt.line] += receipt.quantity

    def invoice(self, invoice: Invoice, day: date) -> None:
        """An invoice that was booked: it may be drawn for an audit, else a rule may hold it."""
        held, draws = self._held(invoice), self._draws
        if draws.chance(rates.AUDITED):
            days, chosen_by = draws.between(*rates.DAYS_TO_AUDIT), "audit"
        elif held:
            days, chosen_by = draws.between(*rates.DAYS_TO_RELEASE), "hold"
        else:
            return
        verdict, line = self._verdict(invoice)
        review = Review(invoice, verdict, line, chosen_by, draws.pick(REVIEWERS))
        self._waiting.put(working_day(day + timedelta(days)), review)

    def due(self, day: date) -> list[Review]:
        """The reviews that are done by a day."""
        return self._waiting.take(day)

    def _verdict(self, invoice: Invoice) -> tuple[str, int]:
        """The truth, but for what reviewers overlook, or see where it is not."""
        cause = "duplicate" if invoice.cause == "near-duplicate" else str(invoice.cause)
        line = next((line.line for line in invoice.lines if line.cause != "clean"), 0)
        if cause != "clean" and self._draws.chance(rates.OVERLOOKED):
            cause = "clean"
        elif cause == "clean" and self._draws.chance(rates.IMAGINED):
            cause, line = self._draws.pick(VERDICTS), self._draws.pick(invoice.lines).line
        if cause == "clean":
            return "ok", 0
        return cause, 0 if cause in WHOLE_INVOICE else line

    def _held(self, invoice: Invoice) -> bool:
        """Whether a rule as ERPs have them holds the invoice; what it bills is counted whatever the answer."""
        whole = (invoice.vendor_id, invoice.number, invoice.total)
        count, amount = self._totals[invoice.vendor_id]
        held = (
            whole in self._seen
            or sum(line.amount for line in invoice.lines) + invoice.freight + invoice.tax != invoice.total
            or (count >= rates.HELD_AFTER and invoice.total * count > rates.HELD_TIMES * amount)
        )
        self._seen.add(whole)
        self._totals[invoice.vendor_id] = [count + 1, amount + max(0, invoice.total)]
        return any([held, *(self._line_held(invoice, line.line) for line in invoice.lines)])

    def _line_held(self, invoice: Invoice, number: int) -> bool:
        """The strict three-way match of a line that names its order; it knows no units and no habits."""
        key = (invoice.po_number, number)
        if key not in self._orders:
            return False
        ordered, goods = self._orders[key]
        line = next(line for line in invoice.lines if line.line == number)
        self._billed[key] += line.quantity
        if line.quantity < 0 or not goods:
            return False
        return (
            abs(line.unit_price - ordered.unit_price) > rates.HELD_PRICE * ordered.unit_price
            or self._billed[key] > min(ordered.quantity, self._received[key])
            or line.cost_centre != ordered.cost_centre
        )

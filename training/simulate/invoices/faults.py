"""What goes wrong with an invoice, and its sum."""

from __future__ import annotations

from training.simulate.draws import Draws, running
from training.simulate.invoices import rates
from training.simulate.invoices.deliveries import Delivery
from training.simulate.invoices.records import Cause, Invoice, InvoiceLine
from training.simulate.invoices.vendors import DEPARTMENTS, FACILITIES, CostCentres

# A share of all invoices becomes one of the ordered invoices; those with an unusual amount are drawn elsewhere.
ORDERED: dict[Cause, float] = {
    "price": rates.PRICE / rates.ORDERED,
    "quantity": rates.QUANTITY / rates.ORDERED,
    "not-received": rates.NOT_RECEIVED / rates.ORDERED,
    "cost-centre": rates.COST_CENTRE,
    "wrong-total": rates.WRONG_TOTAL,
}
NOT_ORDERED: dict[Cause, float] = {
    "cost-centre": rates.COST_CENTRE,
    "wrong-total": rates.WRONG_TOTAL,
    "unusual-amount": rates.UNUSUAL_AMOUNT,
}


def choose(draws: Draws, *, ordered: bool) -> Cause:
    """The one fault of an invoice, or "clean"."""
    left = draws.random()
    for cause, rate in (ORDERED if ordered else NOT_ORDERED).items():
        left -= rate
        if left < 0:
            return cause
    return "clean"


def wrong_price(draws: Draws, line: InvoiceLine, cases: int) -> None:
    """Another price than agreed: the list price, another tier's, digits exchanged, or too low."""
    how = draws.weighted(tuple(rates.PRICE_FAULTS), running(rates.PRICE_FAULTS.values()))
    right = wrong = line.amount // cases
    if how == "digits":
        text = str(wrong)
        wrong = int(text[1] + text[0] + text[2:]) if len(text) > 1 else wrong
    else:
        low, high = {"list": (1.08, 1.4), "tier": (1.02, 1.08), "low": (0.7, 0.97)}[how]
        wrong = round(wrong * draws.uniform(low, high))
    if wrong in (right, 0):
        wrong = right + max(1, right // 20)
    line.unit_price = max(1, round(wrong * cases / line.quantity))
    line.amount, line.cause = wrong * cases, "price"


def wrong_quantity(
    draws: Draws, line: InvoiceLine, number: int, cases: int, deliveries: list[Delivery]
) -> None:
    """More billed than came: the vendor counts too many, or sends too few."""
    wrong = draws.between(1, max(1, cases // 2))
    last = [delivery for delivery in deliveries if number in delivery.cases][-1]
    if wrong < last.cases[number] and draws.chance(0.5):
        last.cases[number] -= wrong
    else:
        line.amount += line.amount // cases * wrong
        line.quantity += line.quantity // cases * wrong
    line.cause = "quantity"


def not_received(line: InvoiceLine, number: int, cases: int, deliveries: list[Delivery]) -> bool:
    """Take the line out of the deliveries; False where it is billed in parts, and so cannot be missing whole."""
    if cases != sum(delivery.cases.get(number, 0) for delivery in deliveries):
        return False
    for delivery in deliveries:
        delivery.cases.pop(number, None)
    line.cause = "not-received"
    return True


def wrong_cost_centre(
    draws: Draws, invoice: Invoice, line: InvoiceLine, department: str, cost_centres: CostCentres
) -> None:
    """Another department's of this facility, or the same department's of another."""
    facility = invoice.facility
    if draws.chance(0.7):
        department = draws.pick([other for other in DEPARTMENTS if other != department])
    else:
        facility = draws.pick([other for other in FACILITIES if other != facility])
    line.cost_centre, line.cause = cost_centres.code(facility, department, invoice.day), "cost-centre"


def unusual_amount(draws: Draws, line: InvoiceLine) -> None:
    """A zero too many, or some other multiple that no season explains."""
    line.unit_price = round(line.unit_price * (10 if draws.chance(0.3) else draws.uniform(2.5, 8)))
    line.amount, line.cause = line.unit_price * line.quantity, "unusual-amount"


def add_up(draws: Draws, invoice: Invoice) -> None:
    """Freight, tax and total, the total wrong where that is the cause."""
    vendor, lines = invoice.vendor, sum(line.amount for line in invoice.lines)
    if invoice.ordered and vendor.freight == "flat":
        invoice.freight = vendor.freight_amount
    elif invoice.ordered and vendor.freight == "share":
        invoice.freight = lines * vendor.freight_amount // 1000
    invoice.tax = round(lines * vendor.tax)
    invoice.total = lines + invoice.freight + invoice.tax
    if invoice.cause == "wrong-total":
        invoice.total = _wrong_total(draws, invoice)
        for line in invoice.lines:
            line.cause = "wrong-total"


def _wrong_total(draws: Draws, invoice: Invoice) -> int:
    """Digits exchanged, something counted twice or left out, or a slip of the pen."""
    right, text = invoice.total, str(invoice.total)
    place = draws.below(max(1, len(text) - 1))
    tries = (
        int(text[:place] + text[place : place + 2][::-1] + text[place + 2 :]),
        right + invoice.freight,
        right - invoice.tax,
        right + draws.pick(invoice.lines).amount * (1 if draws.chance(0.5) else -1),
    )
    wrong = draws.pick(tries)
    return wrong if wrong != right and wrong > 0 else right + draws.pick((1, 10, 100, 1000))

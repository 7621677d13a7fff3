"""Whether an invoice adds up: lines, freight and tax to the total, and each line's quantity and price to its amount."""

from __future__ import annotations

from decimal import Decimal

from features.invoices.findings import Finding, known, money
from features.invoices.prices import same_digits
from features.invoices.records import Invoice, InvoiceLine
from features.invoices.tolerances import Tolerances

ROUNDING = Decimal("0.005")  # of a unit price that was rounded to a cent


def total_finding(invoice: Invoice, tolerances: Tolerances) -> Finding | None:
    """A total that is not the sum, or a line that is not quantity times price."""
    lines = sum((line.amount for line in invoice.lines), Decimal(0))
    right = lines + invoice.freight + invoice.tax
    off = invoice.total - right
    if abs(off) > tolerances.total:
        text = f"Lines, freight and tax come to {money(right)}; the total says {money(invoice.total)}."
        return Finding("wrong-total", 0, abs(off), text, _evidence(invoice, off, right))
    wrong = next((line for line in invoice.lines if _line_off(line) > tolerances.total), None)
    if wrong is None:
        return None
    text = (
        f"Line {wrong.line}: {wrong.quantity} at {money(wrong.unit_price)} is not the {money(wrong.amount)} that "
        "it bills."
    )
    at_stake = abs(wrong.amount - wrong.quantity * wrong.unit_price)
    return Finding("wrong-total", 0, at_stake, text, known(total_off=0.0, line_off=float(_line_off(wrong))))


def _line_off(line: InvoiceLine) -> Decimal:
    """How far a line is from quantity times price, beyond what rounding the price explains."""
    off = abs(line.amount - line.quantity * line.unit_price)
    return max(Decimal(0), off - abs(line.quantity) * ROUNDING - Decimal("0.01"))


def _evidence(invoice: Invoice, off: Decimal, right: Decimal) -> dict[str, float]:
    parts = {invoice.freight, invoice.tax, *(line.amount for line in invoice.lines)} - {Decimal(0)}
    return known(
        total_off=float(abs(off)),
        total_off_share=float(abs(off) / abs(right)) if right else None,
        total_off_by_part=float(abs(off) in parts),
        total_digits=float(same_digits(invoice.total, right)),
    )

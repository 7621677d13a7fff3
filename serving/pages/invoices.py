"""What the page of a vendor invoice shows: order, receipt and invoice side by side, and what came before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from features.evidence import Reason
from features.invoices.findings import Finding, number
from features.invoices.match import LineMatch
from features.invoices.records import Invoice, InvoiceLine, OrderLine, Receipt
from serving.invoices.records import VendorInvoice
from serving.items import ItemDetail
from serving.pages.facts import Facts
from serving.pages.formatting import NOTHING, moment, money
from serving.pages.looks import Mark, differing

Pieces = tuple[tuple[str, bool], ...]
LABELS = {
    "duplicate": "Sent before",
    "price": "Price",
    "quantity": "Quantity",
    "not-received": "Not received",
    "cost-centre": "Cost centre",
    "unusual-amount": "Unusual amount",
    "wrong-total": "Does not add up",
}
SAME, DIFFERS = Mark("check", "same", "good"), Mark("cross", "differs", "bad")
LATER = Mark("clock", "later", "quiet")
PART, NO_ORDER = Mark("approx", "a part of it", "fair"), Mark("absent", "no order", "quiet")
UNLIKELY = 0.2  # confidence below which a finding is told in a quieter tone


@dataclass(frozen=True)
class FindingView:
    """A finding with its label; ``tone`` says how likely it is."""

    finding: Finding
    label: str
    tone: str


@dataclass(frozen=True)
class CompareRow:
    """A field of a line on the order, on its receipts and on the invoice."""

    label: str
    order: Pieces
    received: str
    invoice: Pieces
    mark: Mark


@dataclass(frozen=True)
class LineView:
    """An invoice line beside the order line that it answers."""

    line: InvoiceLine
    order: OrderLine | None
    found_by: str
    rows: tuple[CompareRow, ...]
    receipts: tuple[Receipt, ...]
    differs: bool


@dataclass(frozen=True)
class EarlierView:
    """An earlier invoice that this one may repeat."""

    invoice: Invoice
    rows: tuple[CompareRow, ...]  # "order" is the earlier one


@dataclass(frozen=True)
class InvoiceView:
    """A vendor invoice as its page shows it; lines with a difference stand first."""

    facts: Facts
    findings: tuple[FindingView, ...]
    lines: tuple[LineView, ...]
    earlier: tuple[EarlierView, ...]
    lane_reasons: tuple[Reason, ...]  # findings stand above, in words of their own


def invoice_view(item: ItemDetail) -> InvoiceView | None:
    """The view of a vendor invoice; None for an item of another kind."""
    subject = item.subject
    if not isinstance(subject, VendorInvoice):
        return None
    case = subject.case
    lines = [
        _line(line, match, [one for one in case.receipts if _is_for(one, match)])
        for line, match in zip(case.invoice.lines, case.matches, strict=True)
    ]
    return InvoiceView(
        facts=invoice_facts(case.invoice),
        findings=tuple(_finding(one) for one in case.findings),
        lines=tuple(sorted(lines, key=lambda line: not line.differs)),
        earlier=tuple(EarlierView(one, tuple(_beside(one, case.invoice))) for one in case.others),
        lane_reasons=tuple(reason for reason in item.reasons if reason.code not in LABELS),
    )


def _finding(finding: Finding) -> FindingView:
    unlikely = finding.confidence is not None and finding.confidence < UNLIKELY
    likely = finding.confidence is not None and finding.confidence >= 0.5
    return FindingView(finding, LABELS[finding.code], "quiet" if unlikely else "bad" if likely else "fair")


def invoice_facts(invoice: Invoice) -> Facts:
    """The head of an invoice as labelled facts."""
    pairs = (
        ("Vendor", f"{invoice.vendor_name} ({invoice.vendor_id})"),
        ("Invoice number", invoice.number),
        ("Voucher", invoice.voucher),
        ("Dated", moment(invoice.day)),
        ("Received", moment(invoice.received)),
        ("Order", invoice.po_number or "none named"),
        ("Facility", invoice.facility),
        ("Lines", money(sum((line.amount for line in invoice.lines), Decimal(0)))),
        ("Freight", money(invoice.freight)),
        ("Tax", money(invoice.tax)),
        ("Total", money(invoice.total)),
    )
    return tuple((label, value) for label, value in pairs if value)


def _line(line: InvoiceLine, match: LineMatch, receipts: Sequence[Receipt]) -> LineView:
    rows = tuple(_rows(line, match))
    how = {"line": "by its line", "item": "by its item number", "description": "by its description"}
    differs = any(row.mark == DIFFERS for row in rows)
    return LineView(line, match.order, how.get(match.how, ""), rows, tuple(receipts), differs)


def _rows(line: InvoiceLine, match: LineMatch) -> Sequence[CompareRow]:
    order = match.order
    item = line.item_number or NOTHING
    if order is None:
        shown = (("Item", item), ("Quantity", number(line.quantity)), ("Unit price", money(line.unit_price)),
                 ("Amount", money(line.amount)), ("Cost centre", line.cost_centre or NOTHING))  # fmt: skip
        return [_row(label, "", "", value, NO_ORDER) for label, value in shown]
    price = Decimal(f"{match.price:.2f}")
    amount = order.unit_price * match.quantity
    return [
        _row("Item", order.item_number, "", item, _same(order.item_number, line.item_number)),
        _quantity(line, match, order),
        _row("Unit price", money(order.unit_price), "", money(price), _same(order.unit_price, price)),
        _row("Amount", money(amount), "", money(line.amount), _same_cents(amount, line.amount)),
        _row(
            "Cost centre", order.cost_centre, "", line.cost_centre, _same(order.cost_centre, line.cost_centre)
        ),
    ]


def _quantity(line: InvoiceLine, match: LineMatch, order: OrderLine) -> CompareRow:
    """What is billed so far against what was ordered and has come; less than that is no difference."""
    so_far = match.billed_before + match.quantity
    words = number(match.quantity)
    if match.pieces > 1:
        words = f"{words} ({number(line.quantity)} pieces)"
    if match.billed_before:
        words = f"{words}, {number(so_far)} with earlier ones"
    least = min(order.quantity, match.received)
    mark = DIFFERS if so_far > least else SAME if so_far == order.quantity else PART
    return CompareRow(
        "Quantity", ((number(order.quantity), False),), number(match.received), ((words, False),), mark
    )


def _beside(earlier: Invoice, invoice: Invoice) -> Sequence[CompareRow]:
    pairs = (
        ("Number", earlier.number, invoice.number),
        ("Dated", moment(earlier.day), moment(invoice.day)),
        ("Received", moment(earlier.received), moment(invoice.received)),
        ("Vendor id", earlier.vendor_id, invoice.vendor_id),
        ("Vendor", earlier.vendor_name, invoice.vendor_name),
        ("Order", earlier.po_number or NOTHING, invoice.po_number or NOTHING),
        ("Total", money(earlier.total), money(invoice.total)),
    )
    return [
        _row(label, one, "", other, LATER if label == "Received" else _same(one, other))
        for label, one, other in pairs
    ]


def _row(label: str, order: str, received: str, invoice: str, mark: Mark) -> CompareRow:
    """The characters that differ are marked on both sides."""
    return CompareRow(label, differing(order, invoice), received, differing(invoice, order), mark)


def _same(one: object, other: object) -> Mark:
    return SAME if one == other else DIFFERS


def _same_cents(one: Decimal, other: Decimal) -> Mark:
    return SAME if abs(one - other) < Decimal("0.02") else DIFFERS


def _is_for(receipt: Receipt, match: LineMatch) -> bool:
    order = match.order
    return order is not None and (receipt.po_number, receipt.line) == (order.po_number, order.line)

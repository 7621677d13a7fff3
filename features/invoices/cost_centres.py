"""The cost centre that a line is charged to, against the order's and against where such lines were charged before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from features.invoices.book import Book, Seen, item_key
from features.invoices.findings import Finding, known
from features.invoices.match import LineMatch
from features.invoices.records import Invoice, InvoiceLine

PREFIX = 3  # characters by which cost centres of one facility, or of one department, are alike


def cost_centre_finding(book: Book, invoice: Invoice, line: InvoiceLine, match: LineMatch) -> Finding | None:
    """A cost centre other than the order's; without an order, other than the usual one of such lines."""
    before = book.items.get((book.vendor(invoice), item_key(line)), ())
    here = Counter(seen.cost_centre for seen in before if seen.facility == invoice.facility)
    if match.order is not None:
        expected, basis = match.order.cost_centre, f"order {match.order.po_number} line {match.order.line}"
    elif here:
        expected, times = here.most_common(1)[0]
        basis = f"{times} of {here.total()} such lines before"
    else:
        return _never_seen(book, invoice, line, before)
    if not line.cost_centre or not expected or line.cost_centre == expected:
        return None
    text = f"Line {line.line} is charged to {line.cost_centre}; {basis} said {expected}."
    return Finding(
        "cost-centre",
        line.line,
        abs(line.amount),
        text,
        _evidence(book, invoice, line, expected, match, here, before),
    )


def _never_seen(book: Book, invoice: Invoice, line: InvoiceLine, before: Iterable[Seen]) -> Finding | None:
    """An item new to a facility: worth a look where the cost centre is not one of that facility's."""
    home = f"{invoice.facility}"
    if not home or line.cost_centre.startswith(home):
        return None
    text = f"Line {line.line} is charged to {line.cost_centre}, and the invoice is for {home}."
    evidence = _evidence(book, invoice, line, "", None, Counter(), before)
    return Finding("cost-centre", line.line, abs(line.amount), text, evidence)


def _evidence(
    book: Book,
    invoice: Invoice,
    line: InvoiceLine,
    expected: str,
    match: LineMatch | None,
    here: Counter[str],
    before: Iterable[Seen],
) -> dict[str, float]:
    charged, everywhere = line.cost_centre, [seen.cost_centre for seen in before]
    first, last = book.centre_days.get(charged, (None, None))
    _, expected_last = book.centre_days.get(expected, (None, None))
    department, usual = charged[PREFIX:], [centre[PREFIX:] for centre in everywhere]
    ordered = match is not None and match.order is not None
    return known(
        centre_ordered=float(ordered),
        centre_known_days=None if first is None else (invoice.received - first).days,
        centre_last_days=None if last is None else (invoice.received - last).days,
        expected_last_days=None if expected_last is None else (invoice.received - expected_last).days,
        centre_times_here=here[charged],
        centre_share_here=here[charged] / here.total() if here else None,
        expected_share_here=here[expected] / here.total() if here else None,
        lines_here=here.total(),
        centre_times_item=everywhere.count(charged),
        department_share_item=usual.count(department) / len(usual) if usual else None,
        lines_item=len(usual),
        pair_times=book.centre_pairs[expected, charged] if ordered else None,
        other_facility=float(not charged.startswith(invoice.facility)),
        same_department=float(charged[PREFIX:] == expected[PREFIX:]),
        nearly_same=float(charged[:-1] == expected[:-1]),
    )

"""Invoices that were sent before: the same again, or typed anew with another number, day or vendor id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from features.invoices.book import Book, item_key
from features.invoices.findings import Finding, known, money
from features.invoices.match import LineMatch
from features.invoices.records import Invoice
from features.match_keys import normalised

LOOK_ALIKE = str.maketrans("OQILSBZ", "0011582")  # letters that are typed for digits, and the other way round


def duplicate_finding(book: Book, invoice: Invoice, matches: Sequence[LineMatch]) -> Finding | None:
    """The likeliest earlier invoice that this one repeats."""
    if invoice.total <= 0:
        return None
    vendor = book.vendor(invoice)
    same_total = [one for one in book.by_total.get(invoice.total, ()) if book.vendor(one) == vendor]
    pairs = [one for one in _candidates(book, invoice, vendor, same_total) if one.total > 0]
    if not pairs:
        return None
    best = max(pairs, key=lambda one: (_crude(invoice, one), one.received))
    evidence = _evidence(book, invoice, best, same_total, matches)
    return Finding("duplicate", 0, invoice.total, _text(invoice, best), evidence, other_voucher=best.voucher)


def alike_number(number: str) -> str:
    """A number with what is easily mistyped made one: punctuation, leading zeros, O for 0, I for 1.

    >>> alike_number("INV-O047") == alike_number("1NV0-047")
    True
    """
    return normalised(number).translate(LOOK_ALIKE)


def number_likeness(one: str, other: str) -> float:
    """0..1; 1 where only what is easily mistyped differs."""
    return Levenshtein.normalized_similarity(alike_number(one), alike_number(other))


def _candidates(
    book: Book, invoice: Invoice, vendor: str, same_total: Sequence[Invoice]
) -> Iterator[Invoice]:
    tolerances = book.tolerances
    for one in same_total:
        days = abs((invoice.day - one.day).days)
        near = days <= tolerances.duplicate_near_days
        likely = number_likeness(invoice.number, one.number) >= tolerances.duplicate_likeness
        if days <= tolerances.duplicate_days and (near or likely):
            yield one
    for one in book.by_number.get((vendor, normalised(invoice.number)), ()):
        if one.total != invoice.total and abs((invoice.day - one.day).days) <= tolerances.duplicate_near_days:
            yield one


def _crude(invoice: Invoice, one: Invoice) -> float:
    """How much a pair looks like a copy, to choose among several."""
    days = abs((invoice.day - one.day).days)
    return (
        number_likeness(invoice.number, one.number)
        + 2.0 * (days == 0)
        + 1.0 * (days == 1)
        + (invoice.po_number == one.po_number)
        + (_lines(invoice) == _lines(one))
        + (invoice.total == one.total)
    )


def _evidence(
    book: Book, invoice: Invoice, one: Invoice, same_total: Sequence[Invoice], matches: Sequence[LineMatch]
) -> dict[str, float]:
    between = book.by_total.get(abs(invoice.total), ())
    credited = [c for c in between if c.total < 0 and book.vendor(c) == book.vendor(invoice)]
    ordered = [match for match in matches if match.order is not None]
    over = [m for m in ordered if m.order and m.billed_before + m.quantity > m.order.quantity]
    return known(
        number_same=float(invoice.number == one.number),
        number_alike=float(alike_number(invoice.number) == alike_number(one.number)),
        number_likeness=number_likeness(invoice.number, one.number),
        date_days=abs((invoice.day - one.day).days),
        received_days=(invoice.received - one.received).days,
        same_total=float(invoice.total == one.total),
        same_lines=float(_lines(invoice) == _lines(one)),
        same_facility=float(invoice.facility == one.facility),
        same_vendor_id=float(invoice.vendor_id == one.vendor_id),
        name_likeness=fuzz.token_sort_ratio(invoice.vendor_name, one.vendor_name) / 100,
        order_agreement=_order_agreement(invoice, one),
        earlier_same_total=len(same_total),
        earlier_days=len({other.day for other in same_total}),
        same_day_of_month=float(_same_day_of_month(invoice.day, one.day)),
        same_number_days=len({other.day for other in same_total if other.number == invoice.number}),
        credited_between=float(any(one.received <= c.received <= invoice.received for c in credited)),
        order_used_up=len(over) / len(ordered) if ordered else None,
    )


def _lines(invoice: Invoice) -> tuple[tuple[str, Decimal, Decimal], ...]:
    return tuple((item_key(line), line.quantity, line.amount) for line in invoice.lines)


def _order_agreement(invoice: Invoice, one: Invoice) -> float | None:
    """1 the same order, 0.5 one of the two names none, 0 another; None where neither names one."""
    if not invoice.po_number and not one.po_number:
        return None
    if not invoice.po_number or not one.po_number:
        return 0.5
    return float(invoice.po_number == one.po_number)


def _same_day_of_month(one: date, other: date) -> bool:
    return one.day == other.day and one != other


def _text(invoice: Invoice, one: Invoice) -> str:
    same = "same number" if invoice.number == one.number else f"number {invoice.number} for {one.number}"
    days = (invoice.day - one.day).days
    unit = "day" if abs(days) == 1 else "days"
    day = "the same date" if days == 0 else f"dated {abs(days)} {unit} {'after' if days > 0 else 'before'} it"
    amount = (
        "the same amount" if invoice.total == one.total else f"{money(invoice.total)} for {money(one.total)}"
    )
    vendor = "" if invoice.vendor_id == one.vendor_id else f", under vendor {one.vendor_id}"
    return f"Like voucher {one.voucher}, received {one.received}{vendor}: {amount}, {same}, {day}."

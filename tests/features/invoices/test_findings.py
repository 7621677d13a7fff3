"""What is found in an invoice, and what is not held against it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from features.invoices.cases import assess
from features.invoices.records import Invoice, InvoiceLine
from tests.support.invoice_builders import (
    DAY,
    book_of,
    found,
    invoice,
    invoice_line,
    order_line,
    receipt,
)


def test_an_invoice_as_ordered_and_received_has_no_finding() -> None:
    case = assess(book_of(order_line(), receipt()), invoice())
    assert case.findings == ()
    assert case.matches[0].how == "line"
    assert [one.number for one in case.receipts] == ["R1"]


def test_a_higher_price_is_found_with_what_it_costs() -> None:
    case = assess(book_of(order_line(), receipt()), invoice([invoice_line(price="46.20")]))
    finding = found(case)["price"]
    assert finding.at_stake == Decimal("42.00")
    assert "46.20" in finding.text
    assert "10.0% more" in finding.text


def test_a_price_within_the_tolerance_is_no_finding() -> None:
    assert "price" not in found(
        assess(book_of(order_line(), receipt()), invoice([invoice_line(price="42.10")]))
    )


def test_pieces_billed_where_cases_were_ordered_are_the_same_price_and_quantity() -> None:
    ordered = order_line(description="GLOVE EXAM 100/CS")
    line = invoice_line(1000, "0.42", description="GLOVE EXAM EA", amount=Decimal("420.00"))
    case = assess(book_of(ordered, receipt()), invoice([line]))
    assert case.matches[0].quantity == 10
    assert case.findings == ()


def test_a_receipt_counted_in_pieces_is_the_same_quantity() -> None:
    case = assess(book_of(order_line(description="GLOVE EXAM 100/CS"), receipt(1000)), invoice())
    assert case.findings == ()


def test_more_billed_than_received_is_a_quantity_finding() -> None:
    finding = found(assess(book_of(order_line(), receipt(8)), invoice()))["quantity"]
    assert finding.at_stake == Decimal("84.00")
    assert "10 were ordered and 8 received" in finding.text


def test_billed_before_anything_came_is_not_received() -> None:
    case = assess(book_of(order_line()), invoice())
    assert set(found(case)) == {"not-received"}
    assert found(case)["not-received"].at_stake == Decimal("420.00")


def test_deliveries_in_parts_are_counted_together() -> None:
    first = invoice([invoice_line(4)], voucher="V1", number="INV-000047")
    book = book_of(order_line(), receipt(4), first, receipt(6, number="R2"))
    second = invoice([invoice_line(6)], voucher="V2", number="INV-000099", day=DAY + timedelta(9))
    assert assess(book, second).findings == ()
    third = invoice([invoice_line(2)], voucher="V3", number="INV-000120", day=DAY + timedelta(20))
    book.invoice(second, assess(book, second).matches)
    assert "12 (10 of them before)" in found(assess(book, third))["quantity"].text


def test_a_credit_note_gives_back_what_was_billed() -> None:
    credit = invoice([invoice_line(-10)], voucher="V2", number="CR-1", total=Decimal("-420.00"))
    book = book_of(order_line(), receipt(), invoice(), credit)
    again = invoice(voucher="V3", number="INV-000311", day=DAY + timedelta(12))
    assert "quantity" not in found(assess(book, again))


def test_another_cost_centre_than_the_orders_is_found() -> None:
    line = invoice_line(cost_centre="H02-6010")
    finding = found(assess(book_of(order_line(), receipt()), invoice([line])))["cost-centre"]
    assert finding.text.startswith("Line 1 is charged to H02-6010")
    assert finding.evidence["other_facility"] == 1.0


def test_without_an_order_the_usual_cost_centre_is_expected() -> None:
    bills = [_bill(month) for month in range(1, 6)]
    book = book_of(*bills)
    line = _rent(cost_centre="H01-7050")
    assert "5 of 5 such lines before" in found(assess(book, _bill(6, line=line)))["cost-centre"].text


def test_a_total_that_is_not_the_sum_is_found() -> None:
    case = assess(book_of(order_line(), receipt()), invoice(total=Decimal("402.00")))
    assert found(case)["wrong-total"].at_stake == Decimal("18.00")


def test_a_line_that_is_not_quantity_times_price_is_found() -> None:
    line = invoice_line(amount=Decimal("520.00"))
    assert "wrong-total" in found(assess(book_of(order_line(), receipt()), invoice([line])))


@pytest.mark.parametrize("number", ["INV000047", "INV-47", "INV-O00047", "1NV-000047", "INV-000047"])
def test_a_number_typed_anew_is_a_duplicate(number: str) -> None:
    book = book_of(order_line(), receipt(), invoice())
    copy = invoice(voucher="V2", number=number, received=DAY + timedelta(7))
    finding = found(assess(book, copy))["duplicate"]
    assert finding.other_voucher == "V1"
    assert finding.at_stake == Decimal("420.00")
    assert "the same amount" in finding.text


def test_a_copy_under_the_vendors_second_id_is_a_duplicate() -> None:
    book = book_of(order_line(), receipt(), invoice())
    copy = invoice(voucher="V2", vendor_id="600001", vendor_name="Cedar Ridge Medical Supply, Inc.")
    finding = found(assess(book, copy))["duplicate"]
    assert finding.evidence["same_vendor_id"] == 0.0
    assert "under vendor 100001" in finding.text


def test_equal_bills_of_each_month_with_numbers_of_their_own_are_no_duplicates() -> None:
    book = book_of(*(_bill(month) for month in range(1, 6)))
    assert "duplicate" not in found(assess(book, _bill(6)))


def test_another_vendors_invoice_of_the_same_amount_is_no_duplicate() -> None:
    book = book_of(invoice(po_number=""))
    other = invoice(voucher="V2", po_number="", vendor_id="100002", vendor_name="GRANITE HILL FOODS LLC")
    assert "duplicate" not in found(assess(book, other))


def test_an_amount_far_from_the_median_of_its_like_is_unusual() -> None:
    book = book_of(*(_bill(month) for month in range(1, 6)))
    finding = found(assess(book, _bill(6, line=_rent(price="15000.00"))))["unusual-amount"]
    assert finding.at_stake == Decimal("13500.00")
    assert "the median of 5 such lines at H01 is 1,500.00" in finding.text


def test_with_little_history_no_amount_is_unusual() -> None:
    book = book_of(*(_bill(month) for month in range(1, 4)))
    assert "unusual-amount" not in found(assess(book, _bill(4, line=_rent(price="15000.00"))))


def test_an_invoice_that_names_no_order_is_matched_by_its_items() -> None:
    case = assess(book_of(order_line(), receipt()), invoice(po_number=""))
    assert case.matches[0].order is not None
    assert case.findings == ()


def test_a_line_without_item_number_is_matched_by_its_description() -> None:
    line = invoice_line(line=7, item_number="", description="GLOVE, EXAM")
    case = assess(book_of(order_line(), receipt()), invoice([line]))
    assert case.matches[0].how == "description"


def test_assessing_changes_nothing_that_is_known() -> None:
    book = book_of(order_line(), receipt())
    assert assess(book, invoice()) == assess(book, invoice())


def _rent(price: str = "1500.00", **changes: object) -> InvoiceLine:
    defaults = {"item_number": "", "description": "LEASE PAYMENT", "cost_centre": "H01-8610"}
    return invoice_line(1, price, **{**defaults, **changes})


def _bill(month: int, line: InvoiceLine | None = None) -> Invoice:
    number = {1: "70311", 2: "81954", 3: "92206", 4: "104877", 5: "118093", 6: "131650"}[month]
    return invoice(
        [line or _rent()],
        voucher=f"B{month}",
        number=number,
        day=date(2024, month, 1),
        received=date(2024, month, 4),
        po_number="",
        vendor_id="200001",
        vendor_name="STERLING PEAK PROPERTIES LLC",
    )

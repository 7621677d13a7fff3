"""What an ERP holds of one purchase: orders, receipts and invoices. Amounts are whole cents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Cause = Literal["clean", "duplicate", "near-duplicate", "price", "quantity", "not-received", "cost-centre",
                "unusual-amount", "wrong-total"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a vendor sells; ordered in cases of ``pack`` pieces."""

    number: str
    description: str
    pack: int
    price: int  # of a case, on the first day
    department: str  # that orders it
    charged_to: str  # the department that invoices are charged to
    charged_at: str  # the facility, "" where it is the one that orders


Basket = list[tuple[Item, int]]  # with the number of cases


@dataclass(slots=True)
class Vendor:
    """Who sends invoices, with habits of its own."""

    vendor_id: str
    second_id: str  # "" unless the vendor stands twice in the vendor master
    name: str
    variants: tuple[str, ...]
    kind: str
    style: str  # how it numbers invoices
    prefix: str
    sequence: int
    gap: int  # how fast its numbers grow
    items: list[Item]
    usual_quantity: float
    rises: list[tuple[date, float]]  # the day, and the price then over the first day's
    late_price_file: int  # days
    spread: float  # sigma of its prices from day to day
    bills_eaches: bool
    bills_whole_order: bool
    freight: str
    freight_amount: int  # cents; of every thousand where freight is a share
    tax: float
    lead: float  # days to deliver
    amount_spread: float  # sigma of its quantities, or of its bills
    usual_orders: list[tuple[str, Basket]] = field(default_factory=list)

    def price(self, item: Item, day: date) -> int:
        """The contract price of a case on a day."""
        factor = 1.0
        for since, risen in self.rises:
            if since > day:
                break
            factor = risen
        return max(1, round(item.price * factor))


@dataclass(slots=True)
class OrderLine:
    """One line of a purchase order, in cases."""

    line: int
    item: Item
    quantity: int
    unit_price: int
    cost_centre: str
    cause: Cause = "clean"


@dataclass(slots=True)
class Order:
    """A purchase order."""

    number: str
    day: date
    vendor: Vendor
    facility: str
    lines: list[OrderLine]


@dataclass(slots=True)
class Receipt:
    """Goods that came, or, below zero, went back."""

    po_number: str
    line: int
    quantity: int
    received_by: str


@dataclass(slots=True)
class InvoiceLine:
    """One line of an invoice; the amount may differ from quantity times price by what rounding the price does."""

    line: int
    item_number: str
    description: str
    quantity: int
    unit_price: int
    amount: int
    cost_centre: str
    cause: Cause = "clean"


@dataclass(slots=True)
class Invoice:
    """An invoice, credit note or bill; it gets its number on the day it is issued, its voucher when it is booked."""

    vendor: Vendor
    facility: str
    day: date
    received: date
    po_number: str
    lines: list[InvoiceLine]
    cause: Cause = "clean"
    freight: int = 0
    tax: int = 0
    total: int = 0
    number: str = ""
    account: str = ""
    vendor_id: str = ""
    vendor_name: str = ""
    voucher: str = ""
    original: Invoice | None = None
    ordered: bool = False

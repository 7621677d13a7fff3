"""Cases and pieces: vendors bill single pieces where cases were ordered, and docks count either."""

from __future__ import annotations

import re
from decimal import Decimal

from features.invoices.records import InvoiceLine, OrderLine

PACK = re.compile(r"(\d+)\s*/\s*(?:CS|CA|CASE|BX|BOX|PK|CT|PKG)\b", re.IGNORECASE)
NEAR = 1.45  # prices further apart than this factor are of other units, if another unit brings them nearer


def pack_of(description: str) -> int:
    """Pieces in the unit that a description names; 1 where it names none.

    >>> pack_of("GLOVE EXAM LARGE 100/CS"), pack_of("TONER")
    (100, 1)
    """
    found = PACK.search(description)
    return max(1, int(found[1])) if found else 1


def pieces_billed(line: InvoiceLine, order: OrderLine) -> int:
    """How many of the invoice's units make one of the order's: the pack where pieces are billed, else 1."""
    pack = pack_of(order.description)
    if pack == 1 or not (order.unit_price > 0 and line.unit_price > 0):
        return 1
    apart, apart_in_pieces = (
        _factor(float(line.unit_price) * times, float(order.unit_price)) for times in (1, pack)
    )
    return pack if apart > NEAR and apart_in_pieces < apart else 1


def in_order_units(received: Decimal, order: OrderLine) -> Decimal:
    """What was received, in the order's unit, where the dock counted pieces.

    Far more than was ordered, and a whole number of packs, are pieces.
    """
    pack = pack_of(order.description)
    return (
        received / pack if pack > 1 and received > order.quantity * 2 and received % pack == 0 else received
    )


def _factor(one: float, other: float) -> float:
    return max(one / other, other / one)

"""Orders, receipts and invoices as the store keeps them, in the order in which they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from features.invoices.records import Invoice, OrderLine, Receipt
from features.invoices.tables import Purchasing
from serving.access.actor import current_actor
from serving.intake import Intake
from serving.invoices.records import NewPurchase
from serving.store.schema import purchasing
from serving.store.scope import OtherFacilityError

DECODERS: Mapping[str, msgspec.json.Decoder[Any]] = {
    "orders": msgspec.json.Decoder(OrderLine),
    "receipts": msgspec.json.Decoder(Receipt),
    "invoices": msgspec.json.Decoder(Invoice),
}


def everything(connection: Connection) -> Purchasing:
    """All that is kept; of two writings of one order line the later stands behind the other."""
    found = Purchasing()
    query = select(purchasing.c.sort, purchasing.c.record).order_by(purchasing.c.number)
    for sort, record in connection.execute(query):
        getattr(found, sort).append(DECODERS[sort].decode(record))
    return found


def last_number(connection: Connection) -> int:
    """Rises with every record that comes; 0 where there is none."""
    return connection.execute(select(func.max(purchasing.c.number))).scalar() or 0


def rows(intake: Intake) -> list[dict[str, Any]]:
    """The rows of a file."""
    return [
        {"key": one.key, "sort": one.sort, "day": one.day, "file_id": intake.file_id, "record": one.record}
        for one in intake.purchases
    ]


def check_own_purchases(connection: Connection, purchases: Sequence[NewPurchase]) -> None:
    """Raises OtherFacilityError for what is not of the current actor's facilities: invoices are judged by it.

    Order lines and invoices name theirs, receipts none: their orders have to be there. No stored line of an order may
    be of another facility, for a line that comes later takes the place of an earlier one.
    """
    own = current_actor().facilities
    if own is None or not purchases:
        return
    orders, receipts, invoices = (_decoded(purchases, sort) for sort in DECODERS)
    received = {one.po_number for one in receipts}
    kept = _lines_of(connection, received | {line.po_number for line in orders})
    known = {line.po_number for line in kept}
    if not ({one.facility for one in (*orders, *invoices, *kept)} <= own and received <= known):
        raise OtherFacilityError.of("orders, receipts or invoices")


def _decoded(purchases: Sequence[NewPurchase], sort: str) -> list[Any]:
    return [DECODERS[sort].decode(one.record) for one in purchases if one.sort == sort]


def _lines_of(connection: Connection, orders: set[str]) -> list[OrderLine]:
    """The stored lines of these orders; an order has no column, and only actors with a limit ask."""
    if not orders:
        return []
    kept = connection.execute(select(purchasing.c.record).where(purchasing.c.sort == "orders")).scalars()
    return [line for line in map(DECODERS["orders"].decode, kept) if line.po_number in orders]

"""Orders, receipts and invoices as the store keeps them, in the order in which they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from features.invoices.records import Invoice, OrderLine, Receipt
from features.invoices.tables import Purchasing
from serving.intake import Intake
from serving.store.schema import purchasing

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

"""What may not be shown yet: automatic items that wait for a blind check, and denied claims that came of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, and_, select

from features.x12.records import ClaimPayment
from serving.store.chunks import chunks
from serving.store.monitor_tables import UNCHECKED, watched
from serving.store.schema import candidates, denied_claims, items


class HeldDenial(Struct, frozen=True):
    """Of a denied claim whose payment waits for a blind check, what may be shown: the payment."""

    payment_item: str  # the item to be checked
    payment: ClaimPayment


def unchecked(connection: Connection, ids: Sequence[str]) -> frozenset[str]:
    """Which of these items were drawn and wait for their check."""
    found: set[str] = set()
    for part in chunks(ids):
        query = select(watched.c.item_id).where(watched.c.item_id.in_(part), *UNCHECKED)
        found.update(connection.execute(query).scalars())
    return frozenset(found)


def held_denials(connection: Connection, ids: Sequence[str]) -> dict[str, HeldDenial]:
    """Which of these denied claims would tell to which claim a payment was posted that waits for its check."""
    posted = and_(candidates.c.reference == denied_claims.c.reference, candidates.c.position == 0)
    query = (
        select(items.c.id, items.c.record, watched.c.item_id.label("waits"))
        .join(denied_claims, denied_claims.c.item_id == items.c.id)
        .join(candidates, posted)
        .join(watched, watched.c.item_id == candidates.c.item_id)
    )
    found: dict[str, HeldDenial] = {}
    for part in chunks(ids):
        for row in connection.execute(query.where(items.c.id.in_(part), *UNCHECKED)):
            denial = DECODER.decode(row.record)
            if denial.payment_item == row.waits:  # another payment of the claim may wait, too
                found[row.id] = denial
    return found


IS_SHOWN = (
    ~select(watched.c.item_id).where(watched.c.item_id == items.c.id, *UNCHECKED).correlate(items).exists()
)
"""That an item does not wait for a blind check."""

DECODER = msgspec.json.Decoder(HeldDenial)

"""Earlier payments as reversals look for them: by the payer's claim number, the claim's own, or the patient.

And which of those that come again are the actor's to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from features.groups.facts import is_reversal
from features.groups.originals import COMMON, reversal_keys
from features.x12.records import ClaimPayment
from serving.store.chunks import chunks
from serving.store.schema import items, payment_keys
from serving.store.scope import in_scope


def payment_key_rows(item_id: str, record: object) -> Iterator[dict[str, str]]:
    """The rows of ``payment_keys`` of an item: none of what cannot be taken back."""
    if isinstance(record, ClaimPayment) and not is_reversal(record):
        for key in reversal_keys(record):
            yield {"key": key, "item_id": item_id}


def item_ids(connection: Connection, keys: Sequence[str]) -> frozenset[str]:
    """The items under any of the keys; a key that more than ``COMMON`` share is left out.

    An actor with a limit finds those of its facilities, and they alone count.
    """
    found: set[str] = set()
    own = in_scope(payment_keys.c.item_id)
    for part in chunks(keys):
        telling = (
            select(payment_keys.c.key)
            .where(payment_keys.c.key.in_(part), *own)
            .group_by(payment_keys.c.key)
            .having(func.count() <= COMMON)
        )
        query = select(payment_keys.c.item_id).where(payment_keys.c.key.in_(telling), *own)
        found.update(connection.execute(query).scalars())
    return frozenset(found)


def under(connection: Connection, keys: Sequence[str]) -> dict[str, ClaimPayment]:
    """The payments under any of the keys by their items, in order of arrival."""
    rows: list[Any] = []
    for part in chunks(sorted(item_ids(connection, keys))):
        query = select(items.c.received_at, items.c.id, items.c.record).where(items.c.id.in_(part))
        rows += connection.execute(query)
    return {row.id: DECODER.decode(row.record) for row in sorted(rows, key=lambda row: row[:2])}


def own_keys(connection: Connection, keys: Iterable[str]) -> frozenset[str] | None:
    """Which of the business keys items of the actor's facilities have; None for an actor without a limit."""
    own = in_scope()
    if not own:
        return None
    found: set[str] = set()
    for part in chunks(sorted(keys)):
        query = select(items.c.business_key).where(items.c.business_key.in_(part), *own)
        found.update(connection.execute(query).scalars())
    return frozenset(found)


DECODER = msgspec.json.Decoder(ClaimPayment)

"""What a person's posting of a payment says of an automatic posting: of the same payment, or of one it takes back.

Such payments come to people because they are doubtful, so their verdicts are no random sample: they stand beside the
estimate. That a payer takes money back is no verdict by itself: it speaks of the payer's judgement, not of the match. A
person that is limited to facilities says something of their items alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from features.groups.originals import Originals, reversal_keys
from features.x12.records import ClaimPayment
from serving.monitor.records import LateSource
from serving.store.monitor_checks import is_there, note, under_which
from serving.store.payments import under
from serving.store.schema import candidates, items
from serving.store.scope import in_scope


def note_posting(connection: Connection, item: Row[Any], claim: str, reviewer: str, at: datetime) -> None:
    """Note what follows from a person's posting an item to a claim; inside a writing transaction."""
    for other, source in (*_same(connection, item), *_taken_back(connection, item)):
        went = under_which(connection, other)
        if went is not None and not is_there(connection, other, source):
            wrong = _claim_of(connection, other) != claim
            note(connection, went, at, wrong=wrong, reviewer=reviewer, source=source, reason=REASONS[source])


def _same(connection: Connection, item: Row[Any]) -> list[tuple[str, LateSource]]:
    """The same payment in another remittance."""
    if item.business_key is None:
        return []
    query = select(items.c.id).where(
        items.c.business_key == item.business_key,
        items.c.id != item.id,
        items.c.status == "automatic",
        items.c.purged_at.is_(None),  # to which claim it was posted is known no more
        *in_scope(),
    )
    return [(name, "override") for name in connection.execute(query).scalars()]


def _taken_back(connection: Connection, item: Row[Any]) -> list[tuple[str, LateSource]]:
    """The payment that a reversal takes back."""
    payment = DECODER.decode(item.record)
    earlier = under(connection, reversal_keys(payment))
    originals = Originals()
    for one in earlier.values():
        originals.add(one)
    original = originals.of(payment)
    return [(name, "reversal") for name, one in earlier.items() if one is original]


def _claim_of(connection: Connection, item_id: str) -> str | None:
    query = select(candidates.c.reference).where(candidates.c.item_id == item_id, candidates.c.position == 0)
    return connection.execute(query).scalar()


REASONS: dict[LateSource, str] = {
    "override": "A person posted the same payment, which came again.",
    "reversal": "A person posted the reversal of this payment.",
}
DECODER = msgspec.json.Decoder(ClaimPayment)

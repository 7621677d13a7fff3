"""Earlier denials of a claim: of the claim itself, and of the claims that it replaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, or_, select

from features.match_keys import LONGEST_KEY, normalised
from features.x12.records import ClaimPayment
from serving.denied.records import DeniedClaim, EarlierDenial
from serving.store.blinding import IS_SHOWN, held_denials
from serving.store.postings import LAST_WORD, payments_posted_to
from serving.store.schema import decisions, denied_claims, items
from serving.store.scope import in_scope

LONGEST_CHAIN = 5  # corrections of corrections that are followed back


def denial_rows(item_id: str, record: object) -> Iterator[dict[str, Any]]:
    """The rows of ``denied_claims`` of an item: one of a denied claim, none of any other."""
    if isinstance(record, DeniedClaim):
        number = normalised(record.payment.payer_claim_number)[:LONGEST_KEY] or None
        yield {"item_id": item_id, "reference": record.claim_reference, "number": number}


def earlier(connection: Connection, item_id: str, denied: DeniedClaim) -> tuple[EarlierDenial, ...]:
    """The denials before this one, the latest first; an original that was corrected twice is found too.

    Those whose payment waits for a blind check are left out, and those of facilities that are not the actor's.
    """
    found: dict[str, EarlierDenial] = {}
    asked = [denied]
    for _ in range(LONGEST_CHAIN):
        rows = [row for row in _rows(connection, asked) if row.id != item_id and row.id not in found]
        held = held_denials(connection, [row.id for row in rows])
        rows = [row for row in rows if row.id not in held]
        records = [(row, DECODER.decode(row.record)) for row in rows]
        asked = [record for _, record in records if _is_before(record, denied)]
        found |= {row.id: _earlier(row, record) for row, record in records if record in asked}
        if not asked:
            break
    return tuple(sorted(found.values(), key=lambda one: (one.known, one.item_id), reverse=True))


def paid_since(connection: Connection, denied: DeniedClaim) -> tuple[ClaimPayment, ...]:
    """Payments above zero that were posted to the claim and are dated after the denial became known.

    What waits for a blind check is left out, and what belongs to a facility that is not the actor's.
    """
    posted = payments_posted_to(connection, [denied.claim_reference], IS_SHOWN, *in_scope())
    found = posted[denied.claim_reference]
    later = [
        one for one in found if one.payment_date and one.payment_date > denied.known and (one.paid or 0) > 0
    ]
    return tuple(sorted(later, key=lambda one: (one.payment_date or denied.known, one.trace_number or "")))


def _rows(connection: Connection, denied: Sequence[DeniedClaim]) -> list[Any]:
    """Denials of the same claims, and of those whose numbers the claims name as their originals."""
    numbers = [normalised(one.claim.original_reference)[:LONGEST_KEY] for one in denied]
    sought = or_(
        denied_claims.c.reference.in_([one.claim_reference for one in denied]),
        denied_claims.c.number.in_([number for number in numbers if number]),
    )
    query = (
        select(items.c.id, items.c.record, decisions.c.action, decisions.c.decided_at)
        .select_from(items)
        .join(denied_claims, denied_claims.c.item_id == items.c.id)
        .join(decisions, LAST_WORD, isouter=True)
        .where(sought, *in_scope())
    )
    return list(connection.execute(query))


def _earlier(row: Any, record: DeniedClaim) -> EarlierDenial:
    return EarlierDenial(
        item_id=row.id,
        known=record.known,
        claim_id=record.claim_id,
        reasons=record.reasons,
        amount=record.amount,
        action=row.action,
        decided_at=row.decided_at,
    )


def _is_before(record: DeniedClaim, denied: DeniedClaim) -> bool:
    """Two payers may give the same number, but hardly for a service of the same day."""
    return record.known <= denied.known and record.claim.service_from == denied.claim.service_from


DECODER = msgspec.json.Decoder(DeniedClaim)

"""What follows from a decision: a payment that a reviewer posts, and that refuses something, is a denied claim."""

from __future__ import annotations

from datetime import datetime

import msgspec

from features.x12.records import ClaimPayment
from serving.champions import Champions
from serving.decisions import Proposal
from serving.denied.building import Posted, denied_items
from serving.denied.records import DeniedClaim
from serving.intake import NewItem
from serving.items import Decision, ItemDetail
from serving.reading import business_key
from serving.store.queue import StoredItem
from serving.store.store import Store


def following(
    stored: StoredItem, decision: Decision, champions: Champions, store: Store, at: datetime
) -> NewItem | None:
    """The denied claim that a decision about a payment leads to; None where it leads to none.

    Whether the decision is a good one is judged by who records it: of one that is not, nothing is kept.
    """
    payment, claims = stored.record, {reference: claim for reference, claim, _ in stored.candidates}
    reference = _posted_to(stored, decision)
    if not isinstance(payment, ClaimPayment) or reference not in claims:
        return None
    key = business_key(payment, store.identifiers)
    posted = Posted(stored.row.id, key, payment, reference, claims[reference])
    return next(iter(denied_items([posted], champions, store.identifiers, at)), None)


def _posted_to(stored: StoredItem, decision: Decision) -> str | None:
    if decision.action == "choose":
        return decision.claim_reference
    offered = tuple((reference, probability) for reference, _, probability in stored.candidates)
    proposal = Proposal(stored.row.kind, stored.row.confidence, offered, stored.none_probability)
    return offered[0][0] if decision.action == "accept" and proposal.action == "accept" and offered else None


def with_history(item: ItemDetail, denied: DeniedClaim, store: Store) -> ItemDetail:
    """The item with the earlier denials of its claim, and with what was posted to the claim since."""
    return msgspec.structs.replace(
        item,
        earlier_denials=store.earlier_denials(item.row.id, denied),
        paid_since=store.paid_since(denied),
    )

"""From payments that belong to claims to denied claims in the queue: assessed, routed to people, and due in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from features.evidence import Reason
from features.payer_classes import payer_class
from features.recovery import Denial
from features.service_types import service_type
from features.x12.records import Claim, ClaimPayment
from models.routing import RoutingInput, route
from serving.audit.inputs import NoInputs, given
from serving.champions import Champions
from serving.denied.assessing import assessed
from serving.denied.queues import flags_of
from serving.denied.records import DeniedClaim, denied_claim
from serving.identifiers import Identifiers
from serving.intake import NewItem
from serving.items import Kind, Versions
from serving.scoring import Scored, due_of

KIND: Final[Kind] = "denied-claim"
UNASSESSED = Reason("no-model", "There is no model of recovery here, so nothing says what to do next.")


class Posted(NamedTuple):
    """A payment that belongs to a claim, for sure or by a person's word."""

    payment_item: str  # the item's id
    business_key: str | None
    payment: ClaimPayment
    reference: str  # the claim's
    claim: Claim


def denied_items(
    posted: Sequence[Posted], champions: Champions, identifiers: Identifiers, at: datetime
) -> list[NewItem]:
    """The denied claims among them, as items; a payment that comes twice makes one of the same id."""
    found: dict[str, DeniedClaim] = {}
    for one in posted:
        known = min(one.payment.payment_date or at.date(), at.date())
        denial = Denial.of(one.claim, one.payment, known=known)
        if denial:
            denied = denied_claim(denial, claim_reference=one.reference, payment_item=one.payment_item)
            found.setdefault(item_id(one, identifiers), denied)
    records = assessed(list(found.values()), champions, at=at.date())
    return [_item(name, record, champions, at) for name, record in zip(found, records, strict=True)]


def item_id(posted: Posted, identifiers: Identifiers) -> str:
    """The same for a denial of a claim that the payer sends again in another remittance."""
    return identifiers.of(KIND, posted.reference, posted.business_key or posted.payment_item)


def _item(name: str, record: DeniedClaim, champions: Champions, at: datetime) -> NewItem:
    scored = scored_of(record, champions, at.date())
    deadline = record.best.deadline if record.best else None
    kept = given(NoInputs(), KIND, in_force=champions.in_force, certificates={})
    return NewItem(id=name, record=record, scored=scored, due_at=due_of(scored, at, deadline), given=kept)


def scored_of(record: DeniedClaim, champions: Champions, at: date) -> Scored:
    """The lane of a denied claim, which no policy lets go by itself, and how likely its next action succeeds."""
    best, model = record.best, champions.denial_recovery
    deadline = best.deadline if best else None
    item = RoutingInput(
        kind=KIND,
        confidence=best.probability if best else None,
        amount=record.amount,
        payer=record.claim.payer_id or record.payer_name,
        low=best.low if best else None,
        high=best.high if best else None,
        flags=flags_of(record.category),
        age_days=0.0,
        payer_class=payer_class(record.payment.filing_indicator or record.claim.filing_indicator),
        service_type=service_type(record.claim),
        days_to_deadline=float((deadline - at).days) if deadline else None,
    )
    version = model.version if model and best else None
    routed = route(item, policy=champions.policy, certificates=(), model_version=version, at=at)
    return Scored(
        kind=KIND,
        lane=routed.lane.value,
        confidence=item.confidence,
        low=item.low,
        high=item.high,
        probability=item.confidence,
        amount=record.amount,
        reasons=(*((UNASSESSED,) if best is None else ()), *routed.reasons),
        versions=Versions(model=version, policy=routed.policy, certificate=None),
        routing=item,
        routed=routed,
    )

"""Which facility an item belongs to, and the condition that keeps an actor to its own.

Every question about items carries ``in_scope()``, so an actor that is limited to facilities meets no other item: not
in a list, not in a count, and not by its id, which is answered as if there were no such item.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Column, ForeignKey, Index, String, Table, select
from sqlalchemy.sql import ColumnElement

from features.errors import ClearlaneError
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from serving.access.actor import current_actor
from serving.denied.records import DeniedClaim
from serving.invoices.records import VendorInvoice
from serving.store.schema import items, metadata


class OtherFacilityError(ClearlaneError):
    """What was sent belongs to a facility that its sender is not there for."""

    code = "other-facility"
    http_status = 403

    @classmethod
    def of(cls, what: str) -> OtherFacilityError:
        """Of what is named, in the plural."""
        return cls(f"this holds {what} of a facility that is not yours", remedy="send those of yours alone")


item_facilities = Table(
    "item_facilities",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("facility", String(80), nullable=False),
    Index("items_by_facility", "facility", "item_id"),
)
"""An item of no known facility has no row: only actors without a limit meet it."""

ItemRecord = Claim | ClaimPayment | Acknowledgment | Problem | DeniedClaim | VendorInvoice


def facility_of(record: object) -> str | None:
    """The billing provider's NPI of a claim, the payee's of a payment, what an invoice calls its facility.

    None for a refusal and for what could not be read: they name no provider.
    """
    match record:
        case Claim():
            return record.billing_npi
        case ClaimPayment():
            return record.payee_npi
        case DeniedClaim():
            return record.claim.billing_npi
        case VendorInvoice():
            return record.case.invoice.facility
        case _:
            return None


def facility_rows(named: Iterable[tuple[str, object]]) -> list[dict[str, Any]]:
    """The rows of items with their records."""
    found = ((name, facility_of(record)) for name, record in named)
    return [{"item_id": name, "facility": facility[:80]} for name, facility in found if facility]


def in_scope(item_id: ColumnElement[str] | Column[str] = items.c.id) -> tuple[ColumnElement[bool], ...]:
    """The conditions on a query of items: none for an actor that may see all facilities."""
    own = current_actor().facilities
    if own is None:
        return ()
    named = select(item_facilities.c.item_id).where(
        item_facilities.c.item_id == item_id, item_facilities.c.facility.in_(sorted(own))
    )
    return (named.exists(),)


def is_own(record: object) -> bool:
    """Whether a record belongs to a facility of the current actor."""
    own = current_actor().facilities
    return own is None or facility_of(record) in own


def is_of_another(record: object, beside: object) -> bool:
    """Whether both name a facility, and not the same one."""
    named = {facility_of(record), facility_of(beside)} - {None}
    return len(named) > 1


def check_own(records: Iterable[object]) -> None:
    """Raises OtherFacilityError for records of a facility that is not the current actor's.

    What names no facility is taken: it goes to people who may see everything.
    """
    check_named(map(facility_of, records), "claims or payments")


def check_named(facilities: Iterable[str | None], what: str) -> None:
    """The same, by the facilities that what was sent names."""
    own = current_actor().facilities
    if own is not None and any(named and named not in own for named in facilities):
        raise OtherFacilityError.of(what)


def own_candidates(found: Sequence[tuple[str, Claim, float]]) -> tuple[list[tuple[str, Claim, float]], float]:
    """The candidates that the current actor may see, and the probability of those that it may not.

    To this actor the hidden ones are part of "none of these": a decision can take none of them either.
    """
    kept = [one for one in found if is_own(one[1])]
    return kept, sum(one[2] for one in found) - sum(one[2] for one in kept)


RECORD: msgspec.json.Decoder[ItemRecord] = msgspec.json.Decoder(ItemRecord)

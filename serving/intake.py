"""A file on its way into the queue: what was read, and what the store keeps of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from msgspec import Struct, field

from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from serving.denied.records import DeniedClaim
from serving.invoices.records import NewPurchase, VendorInvoice
from serving.scoring import Scored


class Counts(Struct, frozen=True):
    """What a file held, and what became of it."""

    claims: int = 0
    claim_payments: int = 0
    remittances: int = 0
    acknowledgments: int = 0
    orders: int = 0  # of goods, from vendors
    receipts: int = 0  # of goods, a row a line
    invoices: int = 0  # of vendors
    problems: int = 0
    duplicates: int = 0  # records that the store has from another file already: they change nothing
    items: int = 0  # put into the queue
    lanes: dict[str, int] = field(default_factory=dict)  # of these items


class NewClaim(Struct, frozen=True):
    """A claim to match later payments against."""

    reference: str
    claim: Claim
    keys: tuple[str, ...]


class NewItem(Struct, frozen=True):
    """An item to queue."""

    id: str
    record: Claim | ClaimPayment | Acknowledgment | Problem | DeniedClaim | VendorInvoice
    scored: Scored
    due_at: datetime
    business_key: str | None = None
    given: bytes = (
        b""  # what else the score was made from, encoded (``serving.audit.inputs``); empty: not kept
    )


class Intake(Struct, frozen=True):
    """All that one file changes; it is stored as a whole or not at all."""

    file_id: str
    digest: str  # SHA-256 of the bytes
    name: str
    received_at: datetime  # UTC
    counts: Counts
    claims: tuple[NewClaim, ...]
    items: tuple[NewItem, ...]
    repeated: frozenset[str] = frozenset()  # business keys that the store held when the lanes were chosen
    remittances: tuple[str, ...] = ()  # keys of those that the file holds and the store did not
    sought: tuple[str, ...] = ()  # by which the file's reversals looked for the payments that they take back
    originals: frozenset[str] = frozenset()  # items that the store held under these
    purchases: tuple[NewPurchase, ...] = ()
    purchasing_number: int = 0  # of the last record of purchasing that the store held


class Receipt(Struct, frozen=True):
    """The answer to a file."""

    file: str  # its opaque id
    already_taken: bool  # the same bytes were taken before, and nothing has changed now
    counts: Counts


def lanes_of(items: tuple[NewItem, ...]) -> dict[str, int]:
    """Items a lane."""
    return dict(Counter(item.scored.lane for item in items))

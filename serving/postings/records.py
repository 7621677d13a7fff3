"""Postings and batches of them, as the store, the API and the downloads share them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

Account = Literal["cash", "accounts-receivable", "contractual-adjustments"]
Sort = Literal["posting", "reversal"]


class Entry(Struct, frozen=True):
    """One side of a posting: an amount above zero, debited or credited to an account."""

    account: Account
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    reason: str | None = None  # of an adjustment: its group and reason code, as in CO-45


class Posting(Struct, frozen=True):
    """What a payment does to the books: its debits equal its credits."""

    item: str  # the payment's
    claim_reference: str  # the claim's opaque id
    claim_id: str | None  # CLM01, by which the books know the claim
    facility: str | None  # the payee's NPI
    payer_id: str | None
    payer_claim_number: str | None
    trace_number: str | None  # TRN02: of the check or transfer that the cash is part of
    payment_date: date | None
    entries: tuple[Entry, ...]


class BatchLine(Struct, frozen=True):
    """A line of a batch."""

    line: int  # from 1, without a gap
    posting: int  # the number of the posting: those of all batches are one row without a gap
    sort: Sort
    reverses: int | None  # of a reversal: the posting that it takes back
    account: Account
    debit: Decimal
    credit: Decimal
    reason: str | None
    claim_id: str | None
    claim_reference: str
    facility: str | None
    payer_id: str | None
    payer_claim_number: str | None
    trace_number: str | None
    payment_date: date | None
    item: str
    posted_at: datetime  # UTC
    posted_by: str  # who accepted the match; `clearlane` where it went automatically


class BatchHead(Struct, frozen=True):
    """A closed batch: nothing of it changes again."""

    id: str
    number: int  # from 1, without a gap
    closed_at: datetime  # UTC
    closed_by: str
    postings: int
    lines: int
    debits: Decimal  # of all lines; the same as ``credits``
    credits: Decimal
    digest: str  # SHA-256 of the batch's CSV


class ItemPosting(Struct, frozen=True):
    """A posting of an item, or the reversal of one, with the batch that it left in."""

    number: int
    sort: Sort
    made_at: datetime  # UTC
    made_by: str
    batch: int | None  # its number; None: it waits for the next batch
    batch_id: str | None
    closed_at: datetime | None


class Batch(Struct, frozen=True):
    """A batch with its lines."""

    head: BatchHead
    lines: tuple[BatchLine, ...]


class BatchPlace(Struct, frozen=True):
    """Where a batch stands in the list."""

    number: int

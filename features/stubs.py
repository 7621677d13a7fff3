"""Checks that came with a stub and nothing else: an amount, and little that says what it is for.

One check may pay several claims, and the stub may or may not say so: a ``Stub`` is a check, and becomes a claim
payment only where it is looked at as the payment of one claim.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO

from msgspec import Struct
from msgspec.structs import replace

from features.csv_tables import Table
from features.files import shown
from features.postings import needed
from features.typed_rows import Typed, problems
from features.typed_text import TypedCells, split_name, typed_amount, typed_day
from features.x12.records import ClaimPayment, Problem, Source

COLUMNS = ("stub_id", "received_date", "stub_date", "check_number", "payer_name", "amount", "patient_name",
           "account_or_reference", "memo")  # fmt: skip
REMEDY = "all columns stand in docs/paper.md"

_SERVED = re.compile(
    r"\b(?:DOS|DATE OF SERVICE)\W*(\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})|\d{4}-\d\d-\d\d)", re.IGNORECASE
)
_PARTED = re.compile(r"[;,]")
_CLAIMS = re.compile(r"\b(\d{1,3})\s+CLAIMS?\b", re.IGNORECASE)


class Stub(Struct, frozen=True, gc=False):
    """One check with its stub, as it was typed."""

    stub_id: str
    received_date: date  # before it, nobody knew of the check
    stub_date: date | None  # the check's own
    check_number: str | None
    payer_name: str | None
    amount: Decimal  # of the check
    patient_last: str | None
    patient_first: str | None  # often an initial
    several: bool  # the name says that other patients stand behind it: ET AL
    references: tuple[
        str, ...
    ]  # numbers of the claims, patients' accounts, members' ids or the payer's own numbers
    service_from: date | None  # of one of the claims: the memo's
    claims: int | None  # how many claims the memo says that it pays
    source: Source

    @property
    def lump(self) -> bool:
        """Whether the stub itself says that it pays more than one claim."""
        return (self.least_claims or 1) > 1

    @property
    def reference(self) -> str | None:
        """The first of the references."""
        return self.references[0] if self.references else None

    @property
    def least_claims(self) -> int | None:
        """How many claims the stub says that it pays, at least; None where it does not say."""
        listed = len(self.references) if len(self.references) > 1 else 0
        return max(self.claims or 0, 2 if self.several else 0, listed) or None

    def claim_payment(self) -> ClaimPayment:
        """The check as the payment of one claim: ``reference`` is its control number, ``stub_date`` its day.

        Without a ``stub_date``, the day is ``received_date``. Nothing is known of charge and status.
        """
        return ClaimPayment(
            trace_number=self.check_number, payment_date=self.stub_date or self.received_date,
            payer_name=self.payer_name, payer_id=None, payee_npi=None, claim_id=self.reference, status=None,
            charge=None, paid=self.amount, patient_responsibility=None, filing_indicator=None,
            payer_claim_number=None, facility_code=None, frequency=None, patient_last=self.patient_last,
            patient_first=self.patient_first, subscriber_id=None, rendering_npi=None, service_from=self.service_from,
            service_to=self.service_from, adjustments=(), remarks=(), lines=(), balanced=True, source=self.source,
            channel="stub", claims=self.least_claims,
        )  # fmt: skip


def read_stubs(path: Path) -> list[Stub]:
    """The stubs of a file in their order, without the rows that cannot be read; see ``stub_records``."""
    return [record for record in stub_records(path) if isinstance(record, Stub)]


def stub_records(path: Path) -> list[Stub | Problem]:
    """The stubs of a file in their order, then what is wrong with its rows.

    A row needs a ``stub_id``, the day on which it was received and the amount, and without one of these it is an
    error; any other cell that cannot be read counts as absent and is a warning. ``source`` holds the stub's id as its
    transaction and its line as its segment. Raises MissingDataError where the file or a column is missing,
    BadInputError where it is no CSV.
    """
    return _records(shown(path), *_table().read_what_can_be(path))


def stub_records_in(stream: IO[bytes], *, file: str) -> list[Stub | Problem]:
    """The same of an open file, which is ``file`` in sources and messages."""
    return _records(file, *_table().read_stream(stream, file=file))


def _table() -> Table[Typed[Stub]]:
    return Table("table of check stubs", COLUMNS, _typed, REMEDY)


def _records(
    file: str, rows: Sequence[tuple[int, Typed[Stub]]], unreadable: Sequence[int]
) -> list[Stub | Problem]:
    stubs = [
        replace(typed.row, source=Source(file, transaction=typed.row.stub_id, segment=line))
        for line, typed in rows
    ]
    return [*stubs, *problems(file, rows, unreadable)]


def _typed(row: Mapping[str, str]) -> Typed[Stub]:
    cells = TypedCells(row)
    name, memo = split_name(row["patient_name"]), row["memo"]
    stub = Stub(
        stub_id=needed(row["stub_id"]), received_date=typed_day(row["received_date"]),
        stub_date=cells.day("stub_date"), check_number=cells.text("check_number"),
        payer_name=cells.text("payer_name"), amount=typed_amount(row["amount"]), patient_last=name.last,
        patient_first=name.first, several=name.others, references=_listed(row["account_or_reference"]),
        service_from=_served(memo), claims=_claims(memo), source=Source(""),
    )  # fmt: skip
    return Typed(stub, tuple(cells.unread))


def _listed(text: str) -> tuple[str, ...]:
    """The numbers of a cell, each once; several are parted by semicolons or commas."""
    return tuple(dict.fromkeys(number.strip() for number in _PARTED.split(text) if number.strip()))


def _served(memo: str) -> date | None:
    """The day of service that a memo names; None where it is no day of the calendar, as of any words."""
    found = _SERVED.search(memo)
    try:
        return typed_day(found[1]) if found else None
    except ValueError:
        return None


def _claims(memo: str) -> int | None:
    """How many claims a memo speaks of."""
    found = _CLAIMS.search(memo)
    return int(found[1]) or None if found else None

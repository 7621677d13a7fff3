"""The posting ledger: which claim payment was posted to which claim, as an ERP exports it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Protocol, TextIO

from msgspec import Struct

from features.errors import BadInputError, MissingDataError


class Posting(Struct, frozen=True):
    """One row of the ledger.

    ``posted_claim_id`` is what a clerk decided after the payment came: it is a label, and no feature may know it.
    """

    posting_date: date
    trace_number: str  # TRN02 of the remittance
    payer_id: str | None
    remittance_claim_id: str | None  # CLP01 as received
    payer_claim_number: str  # CLP07
    status: str  # CLP02
    amount: Decimal  # CLP04
    posted_claim_id: str | None  # CLM01; None: the clerk found no claim here
    posted_by: str | None


class Lines(Protocol):
    """What ``csv.reader`` returns."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]:
        """The lines that are left."""

    def __next__(self) -> list[str]:
        """The next line."""


COLUMNS = Posting.__struct_fields__
REMEDY = "all columns stand in the README under 'Bring your own data'"
SHOWN_ROWS = 5  # of the unreadable ones, in a message


def read_postings(path: Path) -> list[Posting]:
    """All rows of a ledger in their order; other columns are ignored, and so are a byte-order mark and blank lines.

    Raises MissingDataError where the file or a column is missing, and BadInputError with the numbers of the lines
    that cannot be read: a ledger with holes would teach a model that payments have no claim.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return _rows(stream, path.name)
    except FileNotFoundError as error:
        raise MissingDataError("there is no posting ledger", path.name, "export one as CSV") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInputError("the posting ledger is no CSV file in UTF-8", path.name) from error


def _rows(stream: TextIO, name: str) -> list[Posting]:
    lines = csv.reader(stream)
    header = [column.strip().lower() for column in next((line for line in lines if any(line)), [])]
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        columns = "column" if len(missing) == 1 else "columns"
        what = f"the posting ledger's first line does not name the {columns} {', '.join(missing)}"
        raise MissingDataError(what, name, REMEDY)
    found, unreadable = [], []
    for number, values in _filled(lines):
        posting = _posting(dict(zip(header, values, strict=False)))
        if posting is None:
            unreadable.append(number)
        else:
            found.append(posting)
    if unreadable:
        raise BadInputError(_complaint(unreadable), name, "dates are YYYY-MM-DD, amounts plain decimals")
    return found


def _filled(lines: Lines) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold anything, numbered as an editor does, their values without surrounding blanks."""
    for values in lines:
        stripped = [value.strip() for value in values]
        if any(stripped):
            yield lines.line_num, stripped


def _posting(row: Mapping[str, str]) -> Posting | None:
    """The row as a posting, or None where a needed value is missing or of the wrong form."""
    try:
        amount = Decimal(row["amount"])
        posting = Posting(
            posting_date=date.fromisoformat(row["posting_date"]),
            trace_number=row["trace_number"],
            payer_id=row["payer_id"] or None,
            remittance_claim_id=row["remittance_claim_id"] or None,
            payer_claim_number=row["payer_claim_number"],
            status=row["status"],
            amount=amount,
            posted_claim_id=row["posted_claim_id"] or None,
            posted_by=row["posted_by"] or None,
        )
    except (KeyError, ValueError, InvalidOperation):
        return None
    return posting if amount.is_finite() and posting.trace_number else None


def _complaint(lines: Sequence[int]) -> str:
    shown = ", ".join(map(str, lines[:SHOWN_ROWS]))
    more = f" and {len(lines) - SHOWN_ROWS} more" if len(lines) > SHOWN_ROWS else ""
    return f"the posting ledger has rows that cannot be read, in line {shown}{more}"

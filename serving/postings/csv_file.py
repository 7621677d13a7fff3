"""A batch as CSV (RFC 4180), which no program that opens it takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final

from serving.postings.records import BatchLine

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet begins a formula with; the list is OWASP's, of CSV injection."""

COLUMNS = ("batch", *BatchLine.__struct_fields__)


def csv_of(number: int, lines: Iterable[BatchLine]) -> bytes:
    """The lines of a batch with their header, in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in lines:
        writer.writerow([number, *(cell(getattr(one, name)) for name in BatchLine.__struct_fields__)])
    return text.getvalue().encode("utf-8", "replace")


def cell(value: object) -> str:
    """A value as the file has it; a text that could be taken for a formula gets an apostrophe in front.

    >>> cell("=1+1"), cell(Decimal("1E+2")), cell(None)
    ("'=1+1", '100', '')
    """
    match value:
        case None:
            return ""
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case str():
            return f"'{value}" if value.startswith(FORMULA) else value
        case _:
            return str(value)

"""Claims and claim payments as CSV: a row a service line, the columns of the claim repeated on each of its rows.

The columns are the fields of the records: those of a line have ``line_`` before their names. Lists stand in one cell:
codes with blanks between them, an adjustment as ``CO-45=107.00`` (group, reason, amount, and ``x2`` for a quantity).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from features.errors import BadInputError
from features.x12.records import Claim, ClaimLine, ClaimPayment, PaymentLine, Problem, Remittance
from serving.portal import lost_rows
from serving.portal.lost_rows import Key, LostRow
from serving.portal.records import checked, record_of
from serving.portal.refusals import PartError, refused

LISTS = ("modifiers", "diagnoses", "remarks", "diagnosis_pointers")
LINE = "line_"
_LEFT_OUT = frozenset({"source", "balanced", "lines", "prior_payers", "channel", "claims"})
_LINE_END = re.compile(r"\r\n|\r|\n")
_ADJUSTMENT = re.compile(r"([A-Z]{2})-([A-Z0-9]{1,5})=(-?[0-9.]+)(?:x(-?[0-9.]+))?", re.ASCII)


@dataclass(frozen=True)
class Sort:
    """One sort of table: its columns, and those by which the rows of one record are known to belong together."""

    name: str
    record: type[Claim] | type[ClaimPayment]
    columns: tuple[str, ...]
    key: tuple[str, ...]
    needed: tuple[str, ...]  # in the header, by which the table is known


def _columns(record: Any, line: Any) -> tuple[str, ...]:
    own = [name for name in record.__struct_fields__ if name not in _LEFT_OUT]
    return (*own, *(LINE + name for name in line.__struct_fields__ if name not in _LEFT_OUT))


SORTS = (
    Sort("claims", Claim, _columns(Claim, ClaimLine), ("claim_id",), ("claim_id", "transaction")),
    Sort(
        "claim-payments", ClaimPayment, _columns(ClaimPayment, PaymentLine),
        ("claim_id", "trace_number", "status", "payer_claim_number"), ("claim_id", "paid"),
    ),
)  # fmt: skip


def sort_of_table(start: bytes) -> Sort | None:
    """Which table begins like this; None where it is neither.

    >>> sort_of_table(b"claim_id;transaction;charge").name
    'claims'
    """
    header, _ = _header(_lines(start.decode("utf-8-sig", "replace")))
    return next((sort for sort in SORTS if set(sort.needed) <= set(header)), None)


def read_table(
    data: bytes, sort: Sort, *, file: str
) -> Iterator[Claim | ClaimPayment | Remittance | Problem]:
    """The records in the order of their first rows; a record one of whose rows cannot be read is refused as a whole.

    A cell holds no line break, so each line is read by itself: a quotation mark that is not closed, or a byte that is
    no UTF-8, costs its own row, and the records that may lack a line for it. Raises BadInputError where a column is not
    known or named twice.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    lines = _lines(text)
    header, separator = _header(lines)
    _check_header(header, sort, file)
    groups: dict[Key, list[tuple[int, dict[str, str]]]] = {}
    lost: list[LostRow] = []
    for number, line in lines:
        cells = _cells(line, separator)
        if cells is None or len(cells) != len(header):
            place = header.index("claim_id")
            lost.append(LostRow.of(number, line, cells, len(header), place, separator))
            continue
        row = dict(zip(header, cells, strict=True))
        if row["claim_id"]:
            key = tuple(row.get(column, "") for column in sort.key)
            groups.setdefault(key, []).append((number, row))
        else:
            lost.append(LostRow.nameless(number))
    yield from _records(groups, lost, sort, file)


def _records(
    groups: Mapping[Key, Sequence[tuple[int, dict[str, str]]]], lost: Sequence[LostRow], sort: Sort, file: str
) -> Iterator[Claim | ClaimPayment | Remittance | Problem]:
    numbers = {key: [number for number, _ in rows] for key, rows in groups.items()}
    refusals, alone = lost_rows.refusals(lost, numbers)
    places: list[tuple[int, Key]] = [(one[0], key) for key, one in numbers.items()]
    for first, key in sorted([*places, *((number, ()) for number in alone)]):
        try:
            refusal = refusals.get(key) if key else alone[first]
            if refusal:
                raise refusal
            record = _record(groups[key], sort)
        except PartError as error:
            yield refused(error, file, first)
        else:
            yield from checked(record, file, first)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that hold more than separators, numbered as an editor does; the first of them is the header."""
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if line.strip(" ,;\t"):
            yield number, line


def _header(lines: Iterator[tuple[int, str]]) -> tuple[list[str], str]:
    """The names of the columns, and what separates cells; what is left of ``lines`` are the rows."""
    _, first = next(lines, (0, ""))
    separator = max(",;\t", key=first.count)
    try:
        cells = next(csv.reader([first], delimiter=separator), [])
    except csv.Error:
        cells = []
    return [cell.strip().lower() for cell in cells], separator


def _check_header(header: Sequence[str], sort: Sort, file: str) -> None:
    for place, column in enumerate(header, start=1):
        if column not in sort.columns:
            near = get_close_matches(column, sort.columns, n=1, cutoff=0.0)
            remedy = f"the nearest known name is {near[0]}" if near else "leave it out"
            what = f"column {place} of the first line is not a column of the table of {sort.name}"
            raise BadInputError(what, file, f"{remedy}; all names stand in docs/intake.md")
    if len(set(header)) != len(header):
        raise BadInputError("the first line names a column twice", file, "name each column once")


def _cells(line: str, separator: str) -> list[str] | None:
    if any("\udc80" <= letter <= "\udcff" for letter in line):
        return None
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, strict=True), [])]
    except csv.Error:
        return None


def _record(rows: Sequence[tuple[int, dict[str, str]]], sort: Sort) -> Claim | ClaimPayment:
    number, first = rows[0]
    own = [column for column in first if not column.startswith(LINE)]
    for other, row in rows[1:]:
        for column in own:
            if row[column] != first[column]:
                where = f"row {other}, column {column}"
                raise PartError(where, f"is not what row {number} says of the same claim")
    value = {column: _cell(first[column], column, number) for column in own if first[column]}
    lines, numbers = [], []
    for place, (other, row) in enumerate(rows, start=1):
        line = _line(row, other)
        if line:
            lines.append({"number": place, **line} if sort.record is Claim else line)
            numbers.append(other)
    if len(rows) > len(lines) and len(rows) > 1:
        raise PartError(f"rows {number} to {rows[-1][0]}", "repeat a claim without a service line")
    try:
        whole = {**value, "lines": lines}
        return record_of(whole, Claim) if sort.record is Claim else record_of(whole, ClaimPayment)
    except PartError as refusal:
        raise PartError(_where(refusal.where, number, numbers), refusal.what) from None


def _line(row: Mapping[str, str], number: int) -> dict[str, Any]:
    return {
        column.removeprefix(LINE): _cell(text, column, number)
        for column, text in row.items()
        if column.startswith(LINE) and text
    }


def _cell(text: str, column: str, row: int) -> Any:
    name = column.removeprefix(LINE)
    if name == "adjustments":
        return [_adjustment(part, column, row) for part in text.split()]
    if name == "diagnosis_pointers" or column == "line_number":
        parts = text.split() if name == "diagnosis_pointers" else [text]
        if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
            raise PartError(f"row {row}, column {column}", "is no whole number")
        return [int(part) for part in parts] if name == "diagnosis_pointers" else int(text)
    if name == "diagnoses":
        return text.replace(".", "").split()
    return text.split() if name in LISTS else text


def _adjustment(text: str, column: str, row: int) -> dict[str, Any]:
    found = _ADJUSTMENT.fullmatch(text)
    if not found:
        raise PartError(
            f"row {row}, column {column}", "holds an adjustment that is not written as CO-45=107.00"
        )
    group, reason, amount, quantity = found.groups()
    return {"group": group, "reason": reason, "amount": amount, "quantity": quantity}


def _where(pointer: str, row: int, lines: Sequence[int]) -> str:
    """A pointer into the record as the row and the column from which it came."""
    parts = pointer.split("/")[1:]
    if parts[:1] == ["lines"] and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(lines):
        column = LINE + parts[2] if len(parts) > 2 else ""
        return f"row {lines[int(parts[1])]}" + (f", column {column}" if column else "")
    return f"row {row}" + (f", column {parts[0]}" if parts else "")

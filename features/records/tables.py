"""A table of records as another system exports it: any separator, any common encoding, ids as they are written."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from features.errors import BadInputError, MissingDataError
from features.records.cleaning import present

SEPARATORS = (",", ";", "\t", "|")
UNUSUAL = "#%&*+/:=@^~!$"  # seen, too; tried only where the first line holds one
SHOWN = 5  # lines or columns that a message names
LONGEST_FIELD = 10_000_000


@dataclass(frozen=True)
class RecordTable:
    """Ids (n,) and columns, each (n,) of text, ``""`` where a value is absent."""

    name: str  # of the file, for messages
    ids: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self) -> dict[str, int]:
        """The row of each id."""
        return {identifier: row for row, identifier in enumerate(self.ids)}


@dataclass(frozen=True)
class Lines:
    """A delimited file: its header, and each filled line with the number at which an editor shows it."""

    header: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(path: Path, *, id_column: str, columns: Iterable[str]) -> RecordTable:
    """The id column and the named columns of a delimited file.

    Raises MissingDataError where the file or a column is missing (and says which columns there are), and
    BadInputError for lines without an id, ids that occur twice, or lines of more cells than the header has.
    """
    wanted = tuple(dict.fromkeys(columns))
    read = read_lines(path, expected=(id_column, *wanted))
    _check_columns(read.header, (id_column, *wanted), path.name)
    if not read.lines:
        raise MissingDataError("the table has no rows", path.name, "export it with its rows")
    places = {column: read.header.index(column) for column in (id_column, *wanted)}
    ids = tuple(_cell(values, places[id_column]) for _, values in read.lines)
    _check_ids(ids, [line for line, _ in read.lines], path.name)
    kept = {
        column: tuple(present(_cell(values, places[column])) for _, values in read.lines) for column in wanted
    }
    return RecordTable(path.name, ids, kept)


def read_lines(path: Path, *, expected: Sequence[str]) -> Lines:
    """Header and lines; the separator is the one by which the header holds most of the expected columns."""
    text = _text(path)
    csv.field_size_limit(LONGEST_FIELD)
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    marks = (*SEPARATORS, *dict.fromkeys(sign for sign in first if sign in UNUSUAL))
    separator = max(marks, key=lambda mark: len(set(_header(first, mark)) & set(expected)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        lines = [
            (reader.line_num, tuple(values)) for values in reader if any(value.strip() for value in values)
        ]
    except csv.Error as error:
        raise BadInputError(f"line {reader.line_num} cannot be read as CSV", path.name) from error
    if not lines:
        raise MissingDataError("the file is empty", path.name, "its first line names the columns")
    header = tuple(name.strip() for name in lines[0][1])
    _check_header(header, path.name)
    _check_widths(lines, len(header), path.name)
    return Lines(header, tuple(lines[1:]))


def named_lines(lines: Sequence[int]) -> str:
    """``line 3, 5`` and how many more.

    >>> named_lines([2, 3, 4, 5, 6, 7, 8])
    'line 2, 3, 4, 5, 6 and 2 more'
    """
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return f"line {', '.join(map(str, lines[:SHOWN]))}{more}"


def _text(path: Path) -> str:
    """The file's text: UTF-16 by its mark, else UTF-8, else Windows-1252, which every old export can be read as."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise MissingDataError("there is no such file", path.name, "give the path of a CSV file") from error
    except OSError as error:
        raise BadInputError("the file cannot be read", path.name, "give the path of a CSV file") from error
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _header(line: str, separator: str) -> list[str]:
    cells = next(csv.reader([line], delimiter=separator), [])
    return [cell.strip() for cell in cells]


def _cell(values: Sequence[str], place: int) -> str:
    return values[place].strip() if place < len(values) else ""


def _check_header(header: Sequence[str], file: str) -> None:
    twice = [name for name, times in Counter(filter(None, header)).items() if times > 1]
    if twice:
        raise BadInputError(
            f"the first line names a column twice: {', '.join(twice[:SHOWN])}", file, "rename one"
        )


def _check_widths(lines: Sequence[tuple[int, tuple[str, ...]]], width: int, file: str) -> None:
    wide = [number for number, values in lines if any(value.strip() for value in values[width:])]
    if wide:
        remedy = "put values that hold the separator in quotes"
        raise BadInputError(f"there are more cells than columns in {named_lines(wide)}", file, remedy)


def _check_columns(header: Sequence[str], wanted: Sequence[str], file: str) -> None:
    missing = [column for column in wanted if column not in header]
    if missing:
        there = ", ".join(name for name in header if name)
        what = f"the table has no column {', '.join(repr(column) for column in missing)}; it has {there}"
        raise MissingDataError(what, file, "name the columns in the spec as they stand in the first line")


def _check_ids(ids: Sequence[str], lines: Sequence[int], file: str) -> None:
    absent = [line for identifier, line in zip(ids, lines, strict=True) if not identifier]
    if absent:
        raise BadInputError(f"records without an id in {named_lines(absent)}", file, "give each record an id")
    first: dict[str, int] = {}
    again = [
        line
        for identifier, line in zip(ids, lines, strict=True)
        if first.setdefault(identifier, line) != line
    ]
    if again:
        raise BadInputError(
            f"ids that stood before occur again in {named_lines(again)}", file, "make the ids unique"
        )

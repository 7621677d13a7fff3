"""Tables that other systems export as CSV: read whole, row by row, or refused with the numbers of the bad lines."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import InvalidOperation
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Generic, Protocol, TextIO, TypeVar

from features.errors import BadInputError, MissingDataError

SHOWN_ROWS = 5  # of the unreadable ones, in a message

Row = TypeVar("Row")


class Lines(Protocol):
    """What ``csv.reader`` returns."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]:
        """The lines that are left."""

    def __next__(self) -> list[str]:
        """The next line."""


@dataclass(frozen=True)
class Table(Generic[Row]):
    """How one sort of table is read.

    ``parse`` makes a row out of cells by column, or raises KeyError, ValueError or InvalidOperation where it cannot;
    ``name`` is what messages call the table.
    """

    name: str
    columns: Sequence[str]
    parse: Callable[[Mapping[str, str]], Row]
    columns_remedy: str  # where all columns stand

    def read(self, path: Path) -> list[Row]:
        """All rows in their order; other columns are ignored, and so are a byte-order mark and blank lines.

        Raises MissingDataError where the file or a column is missing, and BadInputError with the numbers of the
        lines that cannot be read: a table with holes would teach a model something untrue.
        """
        rows, unreadable = self.read_what_can_be(path)
        if unreadable:
            remedy = "dates are YYYY-MM-DD, amounts plain decimals"
            raise BadInputError(self._complaint(unreadable), path.name, remedy)
        return [row for _, row in rows]

    def read_what_can_be(self, path: Path) -> tuple[list[tuple[int, Row]], list[int]]:
        """The readable rows with the numbers of their lines, and the numbers of the lines that cannot be read.

        Raises as ``read``, but for the rows.
        """
        try:
            with path.open("rb") as stream:
                return self.read_stream(stream, file=path.name)
        except FileNotFoundError as error:
            raise MissingDataError(f"there is no {self.name}", path.name, "export one as CSV") from error

    def read_stream(self, stream: IO[bytes], *, file: str) -> tuple[list[tuple[int, Row]], list[int]]:
        """The same of an open file, which is ``file`` in messages; it is closed at the end."""
        try:
            with TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
                return self._rows(text, file)
        except (UnicodeDecodeError, csv.Error) as error:
            raise BadInputError(f"the {self.name} is no CSV file in UTF-8", file) from error

    def _rows(self, stream: TextIO, file: str) -> tuple[list[tuple[int, Row]], list[int]]:
        lines = csv.reader(stream)
        header = [column.strip().lower() for column in next((line for line in lines if any(line)), [])]
        self._check(header, file)
        found, unreadable = [], []
        for number, values in _filled(lines):
            try:
                found.append((number, self.parse(dict(zip(header, values, strict=False)))))
            except (KeyError, ValueError, InvalidOperation):
                unreadable.append(number)
        return found, unreadable

    def _check(self, header: Sequence[str], file: str) -> None:
        missing = [column for column in self.columns if column not in header]
        if missing:
            columns = "column" if len(missing) == 1 else "columns"
            what = f"the {self.name}'s first line does not name the {columns} {', '.join(missing)}"
            raise MissingDataError(what, file, self.columns_remedy)

    def _complaint(self, lines: Sequence[int]) -> str:
        shown = ", ".join(map(str, lines[:SHOWN_ROWS]))
        more = f" and {len(lines) - SHOWN_ROWS} more" if len(lines) > SHOWN_ROWS else ""
        return f"the {self.name} has rows that cannot be read, in line {shown}{more}"


def _filled(lines: Lines) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold anything, numbered as an editor does, their values without surrounding blanks."""
    for values in lines:
        stripped = [value.strip() for value in values]
        if any(stripped):
            yield lines.line_num, stripped

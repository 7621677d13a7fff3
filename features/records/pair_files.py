"""Files of pairs: labelled ones to learn from, and bare ones to score."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.errors import BadInputError, MissingDataError
from features.records.tables import Lines, RecordTable, named_lines, read_lines

PLACES = ("left_id", "right_id")
LABELS = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "false": 0, "true": 1}

Rows = NDArray[np.intp]
Labels = NDArray[np.float64]


@dataclass(frozen=True)
class PairRows:
    """Pairs as rows of the two tables, each (n,)."""

    left: Rows
    right: Rows

    def __len__(self) -> int:
        return int(self.left.size)

    def taken(self, chosen: NDArray[np.bool_] | Rows) -> PairRows:
        """Some of the pairs."""
        return PairRows(self.left[chosen], self.right[chosen])


def read_pairs(path: Path, left: RecordTable, right: RecordTable) -> PairRows:
    """Pairs to score, in the file's order; empty where it holds only a header. Raises as ``read_labelled``."""
    return _rows(_read(path, PLACES), left, right, path.name)


def read_labelled(path: Path, left: RecordTable, right: RecordTable) -> tuple[PairRows, Labels]:
    """Pairs and their labels (n,), 0 or 1, in the file's order.

    Raises MissingDataError for missing columns, and BadInputError with line numbers for ids that no table has and
    labels that are neither.
    """
    read = _read(path, (*PLACES, "label"))
    pairs = _rows(read, left, right, path.name)
    cells = _column(read, "label")
    _refuse(
        [cell.lower() not in LABELS for cell in cells],
        read,
        path.name,
        "labels other than 0 and 1",
        "write 1 for a match and 0 for none",
    )
    labels = np.array([LABELS[cell.lower()] for cell in cells], dtype=np.float64)
    return pairs, labels


def _read(path: Path, columns: tuple[str, ...]) -> Lines:
    read = read_lines(path, expected=columns)
    missing = [column for column in columns if column not in read.header]
    if missing:
        what = f"the pairs have no column {', '.join(missing)}; they have {', '.join(read.header)}"
        raise MissingDataError(what, path.name, f"the first line names {', '.join(columns)}")
    return read


def _rows(read: Lines, left: RecordTable, right: RecordTable, file: str) -> PairRows:
    places = []
    for column, table in zip(PLACES, (left, right), strict=True):
        known = table.rows()
        found = [known.get(cell, -1) for cell in _column(read, column)]
        _refuse(
            [row < 0 for row in found],
            read,
            file,
            f"a {column} that {table.name} does not have",
            "write ids as the tables do",
        )
        places.append(np.array(found, dtype=np.intp))
    return PairRows(*places)


def _column(read: Lines, column: str) -> list[str]:
    place = read.header.index(column)
    return [values[place].strip() if place < len(values) else "" for _, values in read.lines]


def _refuse(wrong: list[bool], read: Lines, file: str, what: str, remedy: str) -> None:
    lines = [line for (line, _), bad in zip(read.lines, wrong, strict=True) if bad]
    if lines:
        raise BadInputError(f"the pairs have {what}, in {named_lines(lines)}", file, remedy)

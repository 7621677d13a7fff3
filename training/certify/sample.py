"""An audited sample as a CSV file: one row an item that was scored and then checked by a person."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from features.errors import BadInputError
from models.policy_table import ANY

COLUMNS: Final = ("score", "error", "cell", "amount", "batch", "window")
NEEDED: Final = ("score", "error", "window")
ALL: Final = "all"  # the cell of a sample that names none
WRONG: Final = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "false": 0, "true": 1, "no": 0, "yes": 1}
WINDOWS: Final = {
    "plan": False,
    "prior": False,
    "earlier": False,
    "certify": True,
    "fresh": True,
    "later": True,
}
REMEDY: Final = (
    "correct the row or leave it out; 'python -m training certify --help' says what stands in each column"
)


@dataclass(frozen=True)
class Sample:
    """The rows of a file, all (n,)."""

    scores: NDArray[np.float64]  # the higher, the surer; NaN where there is none
    errors: NDArray[np.int64]  # 1 where acting without a look would have been wrong
    cells: NDArray[np.object_]
    amounts: NDArray[np.float64] | None  # dollars; None where the file has no such column
    batches: NDArray[np.object_] | None
    fresh: NDArray[np.bool_]  # rows that certify; the others plan

    def names(self) -> tuple[str, ...]:
        """The cells, in the order of their names."""
        return tuple(sorted(set(self.cells)))


def read_sample(path: Path) -> Sample:
    """All rows of a file in UTF-8, separated by commas; lines without any value are passed over.

    Raises BadInputError, which names the line and the column, and where there is no file, no row, or a batch that both
    plans and certifies.
    """
    table = _table(path)
    sample = Sample(
        scores=table.numbers("score", _score),
        errors=table.numbers("error", WRONG.get).astype(np.int64),
        cells=table.names("cell") if table.has("cell") else np.full(table.rows, ALL, dtype=object),
        amounts=table.numbers("amount", _amount) if table.has("amount") else None,
        batches=table.names("batch") if table.has("batch") else None,
        fresh=table.numbers("window", WINDOWS.get).astype(np.bool_),
    )
    _check_batches(sample, table.lines, path.name)
    _check_cells(sample, table.lines, path.name)
    return sample


@dataclass(frozen=True)
class _Table:
    """Columns of text, (n,) each, and the line of the file on which each row ends, (n,)."""

    columns: dict[str, NDArray[np.object_]]
    lines: NDArray[np.int64]
    file: str

    @property
    def rows(self) -> int:
        return int(self.lines.size)

    def has(self, name: str) -> bool:
        return name in self.columns

    def numbers(self, name: str, read: Callable[[str], float | None]) -> NDArray[np.float64]:
        """A column as numbers; each distinct text is read once. Raises for the first that cannot be."""
        texts = self.columns[name].tolist()
        values = {text: read(text.lower()) for text in set(texts)}
        bad = [line for text, line in zip(texts, self.lines, strict=True) if values[text] is None]
        if bad:
            raise BadInputError(f"line {bad[0]}: {name} is {EXPECTED[name]}", self.file, REMEDY)
        return np.array([values[text] for text in texts], dtype=np.float64)

    def names(self, name: str) -> NDArray[np.object_]:
        """A column as names, none of which may be empty."""
        empty = np.flatnonzero(self.columns[name] == "")
        if empty.size:
            raise BadInputError(f"line {self.lines[empty[0]]}: {name} is empty", self.file, REMEDY)
        return self.columns[name]


def _table(path: Path) -> _Table:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(csv.reader(file, strict=True), path.name)
    except OSError as error:
        raise BadInputError("the sample cannot be read", path.name, "name a CSV file") from error
    except UnicodeDecodeError as error:
        raise BadInputError("the sample is no text in UTF-8", path.name, "save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise BadInputError(f"the sample is no CSV table: {error}", path.name, REMEDY) from error


def _read(lines: Any, file: str) -> _Table:
    """The header and the rows of a reader of the ``csv`` module."""
    header = [name.strip().lower() for name in next(lines, [])]
    _check_header(header, file)
    rows, ends = [], []
    for row in lines:
        if not any(text.strip() for text in row):
            continue
        if len(row) != len(header):
            raise BadInputError(
                f"line {lines.line_num}: it has {len(row)} values where the header has {len(header)} names",
                file,
                REMEDY,
            )
        rows.append([text.strip() for text in row])
        ends.append(lines.line_num)
    if not rows:
        raise BadInputError("the sample has no rows", file, "give a row for each item that was checked")
    columns = np.array(rows, dtype=object).T
    return _Table(dict(zip(header, columns, strict=True)), np.array(ends, dtype=np.int64), file)


def _check_header(header: Sequence[str], file: str) -> None:
    for name in NEEDED:
        if name not in header:
            given = ", ".join(header) or "none"
            remedy = f"its columns are {given}"
            if len(header) == 1 and re.search(r"[;\t|]", given):
                remedy = "separate its columns by commas, and write 0.95 with a point"
            raise BadInputError(f"the sample has no column {name!r}", file, remedy)
    twice = [name for name in COLUMNS if header.count(name) > 1]
    if twice:
        raise BadInputError(
            f"the sample has more than one column {twice[0]!r}", file, "leave one of them out"
        )


def _check_batches(sample: Sample, lines: NDArray[np.int64], file: str) -> None:
    """What plans may know nothing of what certifies, and rows of one batch know of each other."""
    if sample.batches is None:
        return
    planned = set(sample.batches[~sample.fresh])
    both = [row for row in np.flatnonzero(sample.fresh) if sample.batches[row] in planned]
    if both:
        raise BadInputError(
            f"line {lines[both[0]]}: it certifies, and other rows of its batch plan",
            file,
            "give all rows of a batch the same window, and another name to a batch of another period",
        )


def _check_cells(sample: Sample, lines: NDArray[np.int64], file: str) -> None:
    """In a certificate a star stands for all payers, so no cell beside others may be called so."""
    everything = np.flatnonzero(np.isin(sample.cells, (ALL, ANY)))
    if everything.size and len(sample.names()) > 1:
        raise BadInputError(
            f"line {lines[everything[0]]}: cell stands for all cells, and there are others",
            file,
            f"call it by another name than {ALL!r} or {ANY!r}",
        )


def _score(text: str) -> float | None:
    """0..1; an item without a score is never automatic, but it counts among those that there are.

    A column that has ``NaN`` in it comes of a calculation that went wrong somewhere, so that is not taken for empty.

    >>> _score("0.5"), _score("1.5"), _score("nan"), _score("")
    (0.5, None, None, nan)
    """
    if text == "":
        return float("nan")
    number = _number(text)
    return number if number is not None and 0 <= number <= 1 else None


def _amount(text: str) -> float | None:
    number = _number(text)
    return number if number is not None and 0 <= number < float("inf") else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


EXPECTED: Final = {
    "score": "neither a number from 0 to 1 nor empty",
    "error": "neither 0 nor 1",
    "amount": "no amount of zero or more",
    "window": "neither 'plan' nor 'certify'",
}

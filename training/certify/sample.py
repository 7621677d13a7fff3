"""An audited sample as a CSV file: one row an item that was scored and then checked by a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.errors import BadInputError

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
    """All rows of a file; raises BadInputError, which names the line and the column, and where there is no file."""
    table = _table(path)
    for name in NEEDED:
        if name not in table:
            given = ", ".join(table.columns) or "none"
            raise BadInputError(f"the sample has no column {name!r}", path.name, f"its columns are {given}")
    return Sample(
        scores=_column(table, "score", _score, path),
        errors=_column(table, "error", WRONG.get, path).astype(np.int64),
        cells=_names(table, "cell", path) if "cell" in table else np.full(len(table), ALL, dtype=object),
        amounts=_column(table, "amount", _amount, path) if "amount" in table else None,
        batches=_names(table, "batch", path) if "batch" in table else None,
        fresh=_column(table, "window", WINDOWS.get, path).astype(np.bool_),
    )


def _table(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(
            path, dtype=str, keep_default_na=False, skip_blank_lines=False, encoding="utf-8-sig"
        )
    except OSError as error:
        raise BadInputError("the sample cannot be read", path.name, "name a CSV file") from error
    except (ValueError, pd.errors.ParserError) as error:
        text = str(error).splitlines()[0] if str(error) else "no table"
        raise BadInputError(f"the sample is no CSV table: {text}", path.name) from error
    return table.rename(columns=lambda name: str(name).strip().lower())


def _column(
    table: pd.DataFrame, name: str, read: Callable[[str], float | None], path: Path
) -> NDArray[np.float64]:
    """A column as numbers; each distinct text is read once. Raises for the first that cannot be."""
    codes, texts = pd.factorize(table[name])
    values = [read(str(text).strip().lower()) for text in texts]
    bad = [code for code, value in enumerate(values) if value is None]
    if bad:
        line = int(np.flatnonzero(np.isin(codes, bad))[0]) + 2  # the header is line 1
        raise BadInputError(f"line {line}: {name} is {EXPECTED[name]}", path.name, REMEDY)
    return np.array(values, dtype=np.float64)[codes]


def _names(table: pd.DataFrame, name: str, path: Path) -> NDArray[np.object_]:
    names = table[name].str.strip().to_numpy(dtype=object)
    empty = np.flatnonzero(names == "")
    if empty.size:
        raise BadInputError(f"line {int(empty[0]) + 2}: {name} is empty", path.name, REMEDY)
    return names


def _score(text: str) -> float | None:
    """0..1; an item without a score is never automatic, but it counts among those that there are.

    >>> _score("0.5"), _score("1.5"), _score("x")
    (0.5, None, None)
    """
    if text in ("", "nan"):
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

"""Published outcomes of external reviews of denials: a row a denied service that a patient had reviewed.

The columns are those of California's Independent Medical Review determinations (Department of Managed Health Care),
written in lower case with underscores. Not a claim stands there, and no amount.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final, cast

import numpy as np
from msgspec import Struct

from features.csv_tables import Table
from features.errors import BadInputError, MissingDataError
from features.recovery_columns import Columns, Floats, Rows

OVERTURNED, UPHELD = "overturned", "upheld"  # how a determination starts
COLUMNS: Final = Columns(
    categorical=(
        "diagnosis_category",
        "diagnosis_sub_category",
        "treatment_category",
        "treatment_sub_category",
        "imr_type",
        "patient_gender",
    ),
    ordinal=("age_range",),
    within=(
        ("diagnosis_sub_category", "diagnosis_category"),
        ("treatment_sub_category", "treatment_category"),
    ),
)
NEEDED: Final = ("report_year", "determination", *COLUMNS.categorical, *COLUMNS.ordinal)
REMEDY: Final = "all columns stand in docs/recovery.md"
NUMBER = re.compile(r"(\d+)\s*$")


class Review(Struct, frozen=True):
    """One review; a cell that is empty is None."""

    year: int
    overturned: bool
    cells: Mapping[str, str | None]
    number: int | None  # at the end of the reference: it tells only what came before what, and is no feature


def read_reviews(path: Path) -> list[Review]:
    """All reviews of a CSV file, which may be packed with gzip, in their order.

    Raises MissingDataError where the file or a column is missing, BadInputError for rows that cannot be read.
    """
    table = Table("list of reviews", NEEDED, _review, REMEDY)
    try:
        with _opened(path) as stream:
            rows, unreadable = table.read_stream(stream, file=path.name)
    except FileNotFoundError as error:
        raise MissingDataError("there is no list of reviews", path.name, "export one as CSV") from error
    except (gzip.BadGzipFile, EOFError) as error:
        raise BadInputError("the file is not packed with gzip as its name says", path.name) from error
    if unreadable:
        what = f"{len(unreadable)} rows have no year, or are neither overturned nor upheld"
        raise BadInputError(what, f"{path.name}, line {unreadable[0]} first", "take them out")
    return [review for _, review in rows]


def rows_of(reviews: Sequence[Review]) -> Rows:
    """The columns of reviews; the period is the year."""
    texts = {name: [review.cells[name] for review in reviews] for name in COLUMNS.categorical}
    ages = [youngest(review.cells["age_range"]) for review in reviews]
    return Rows.of(COLUMNS, texts, {"age_range": ages}, [review.year for review in reviews])


def outcomes_of(reviews: Sequence[Review]) -> Floats:
    """1 where the denial was overturned, (n,)."""
    return np.array([review.overturned for review in reviews], dtype=np.float64)


def youngest(band: str | None) -> float:
    """The age at which a band starts; NaN where none is stated.

    >>> youngest("11_20"), youngest("65+"), youngest(None)
    (11.0, 65.0, nan)
    """
    start = re.match(r"\d+", band or "")
    return float(start.group()) if start else float("nan")


def _opened(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _review(row: Mapping[str, str]) -> Review:
    said = row["determination"].lower()
    if not said.startswith((OVERTURNED, UPHELD)):
        raise ValueError("no determination")
    cells = {name: row[name] or None for name in (*COLUMNS.categorical, *COLUMNS.ordinal)}
    number = NUMBER.search(row.get("reference_id", ""))
    year = int(row["report_year"])
    return Review(year, said.startswith(OVERTURNED), cells, int(number.group(1)) if number else None)

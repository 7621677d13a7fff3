"""NCCI edit files as CMS publishes them: procedure-to-procedure (PTP) pairs, and medically unlikely units (MUE).

PTP rows hold column 1, column 2, a mark for pairs older than 1996 (Medicare's files only), effective date, deletion
date or ``*``, modifier indicator and rationale, between tabs. MUE rows hold the code, the units, and in Medicare's
files the adjudication indicator. What stands above the first such row (copyright, titles, a heading over several
lines) differs from quarter to quarter and is passed over, so no name of a column is relied on.
Source: CMS, "Medicare NCCI PTP edits" and "Medicare NCCI Medically Unlikely Edits"; "Medicaid NCCI edit design manual".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from features.errors import BadInputError, MissingDataError

Setting = Literal["practitioner", "hospital", "dme"]
SUFFIXES: Final = (".txt", ".csv", ".tsv")
NEVER: Final = 99991231
SHOWN_ROWS: Final = 5

_CODE: Final = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z]")  # CPT and HCPCS
_MARKS: Final[tuple[tuple[Setting, tuple[str, ...]], ...]] = (
    ("hospital", ("ccioph", "outpatient", "hospital", "_oph")),
    ("dme", ("dme", "durable")),
    ("practitioner", ("ccipra", "practitioner", "_pra")),
)


class PairRow(NamedTuple):
    """One PTP edit; days are whole numbers as in 20260131, the last one included."""

    first: str
    second: str
    effective: int
    deleted: int
    indicator: str  # 0: no modifier helps, 1: one may, 9: was never in force
    rationale: str


class UnitsRow(NamedTuple):
    """The most units of a code: on a line (adjudication indicator 1) or on a day (2 and 3)."""

    code: str
    limit: int
    by_day: bool


class EditFile(NamedTuple):
    """What a file says of itself: whose claims it is for, and from when on (MUE files have that in their name)."""

    setting: Setting
    since: int


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The text files among the paths and below them, in order; raises MissingDataError where there are none."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise MissingDataError("there is no file or folder of code pairs", str(path), "check the path")
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [file for file in inside if file.suffix.lower() in SUFFIXES]
    if not found:
        remedy = "unpack CMS's archive and give the .txt or .csv files in it, not the spreadsheets"
        raise MissingDataError("there are no code-pair files", ", ".join(map(str, paths)), remedy)
    return found


def about(path: Path) -> EditFile:
    """What a file's name and heading say; raises BadInputError where no row follows."""
    heading = [path.name.lower()]
    for _, cells in _lines(path):
        try:
            row_of(cells)
        except ValueError:
            heading.append(" ".join(cells).lower())
        else:
            return EditFile(_setting(heading), _since(path.name))
    raise BadInputError(
        "the file holds no code pairs and no unit limits",
        path.name,
        "give NCCI PTP or MUE files as CMS publishes them, as text",
    )


def read_edits(path: Path) -> Iterator[PairRow | UnitsRow]:
    """Every edit of a file; raises BadInputError, at the end, with the lines below the heading that are none."""
    kind: type[PairRow] | type[UnitsRow] | None = None
    unreadable = []
    for number, cells in _lines(path):
        try:
            row = row_of(cells, kind)
        except ValueError:
            if kind:
                unreadable.append(number)
        else:
            kind = type(row)
            yield row
    if unreadable:
        shown = ", ".join(map(str, unreadable[:SHOWN_ROWS]))
        more = f" and {len(unreadable) - SHOWN_ROWS} more" if len(unreadable) > SHOWN_ROWS else ""
        remedy = "take the file from CMS again; nothing may be cut or changed"
        raise BadInputError(
            f"the file has rows that cannot be read, in line {shown}{more}", path.name, remedy
        )


def day_number(day: date) -> int:
    """A day as the files write it.

    >>> day_number(date(2026, 1, 31))
    20260131
    """
    return day.year * 10_000 + day.month * 100 + day.day


def row_of(cells: Sequence[str], kind: type[PairRow] | type[UnitsRow] | None = None) -> PairRow | UnitsRow:
    """A row out of its cells, of the given kind; ValueError where they are no such edit.

    Without a kind a limit of five digits, as factor concentrates have, is told from a code by what follows it.

    >>> row_of(["29881", "20610", "", "20200101", "*", "1", "More extensive procedure"]).deleted
    99991231
    >>> row_of(["20610", "2", "3 Date of Service Edit: Clinical"])
    UnitsRow(code='20610', limit=2, by_day=True)
    """
    first, second, *rest = cells
    if not _is_code(first):
        raise ValueError
    if kind is not UnitsRow and _is_code(second):
        try:
            return _pair(first, second, rest)
        except ValueError:
            if kind is PairRow:
                raise
    if kind is PairRow or not second.isdigit():
        raise ValueError
    return UnitsRow(first, int(second), bool(rest) and rest[0][:1] in ("2", "3"))


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    # A heading may hold signs of any encoding; the rows are ASCII.
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        tabs = "\t" in stream.read(4096)
        stream.seek(0)
        lines = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE) if tabs else csv.reader(stream)
        for cells in lines:
            stripped = [cell.strip(' "') for cell in cells]
            if any(stripped):
                yield lines.line_num, stripped


@lru_cache(maxsize=100_000)
def _is_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def _pair(first: str, second: str, rest: Sequence[str]) -> PairRow:
    if rest and rest[0] in ("", "*"):  # in existence before 1996
        rest = rest[1:]
    effective, deleted, indicator, *rationale = rest
    if indicator not in ("0", "1", "9"):
        raise ValueError
    return PairRow(
        first, second, _day(effective), _end(deleted), indicator, rationale[0] if rationale else ""
    )


def _end(text: str) -> int:
    return NEVER if text in ("", "*") else _day(text)


@lru_cache(maxsize=10_000)
def _day(text: str) -> int:
    if len(text) == 8 and text.isdigit():
        return int(text)
    month, day, year = text.split("/")  # as spreadsheets save it
    return int(year) * 10_000 + int(month) * 100 + int(day)


def _setting(heading: list[str]) -> Setting:
    """By the file's name before its heading; practitioners' where neither says."""
    for text in (heading[0], " ".join(heading[1:])):
        for setting, marks in _MARKS:
            if any(mark in text for mark in marks):
                return setting
    return "practitioner"


def _since(name: str) -> int:
    """The day in a name such as ``..._Eff_01-01-2026.csv``; 0 where there is none."""
    found = re.search(r"(\d{2})-(\d{2})-(\d{4})", name)
    return int(found[3] + found[1] + found[2]) if found else 0

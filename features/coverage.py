"""Which diagnoses a payer covers a procedure for: a table that a user keeps, out of coverage policies.

A CSV file with the columns ``procedure``, ``diagnosis`` (how covered ICD-10 codes begin, with or without dots),
``payer`` (as the claims have it; empty: any), ``from`` and ``to`` (YYYY-MM-DD, both days included; empty: always). A
procedure that no row names is covered for anything. Where a payer has rows of its own for a procedure, the others do
not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from features.csv_tables import Table
from features.errors import MissingDataError

COLUMNS: Final = ("procedure", "diagnosis", "payer", "from", "to")
ANY_PAYER: Final = ""


class CoverageRow(NamedTuple):
    """A procedure is covered for diagnoses that begin so, on these days."""

    procedure: str
    diagnosis: str
    payer: str
    first: date
    last: date


@dataclass(frozen=True)
class Coverage:
    """Rows by procedure and payer."""

    rows: Mapping[tuple[str, str], Sequence[CoverageRow]]

    @staticmethod
    def of_rows(rows: Iterable[CoverageRow]) -> Coverage:
        """The table that these rows make."""
        found: dict[tuple[str, str], list[CoverageRow]] = {}
        for row in rows:
            found.setdefault((row.procedure, row.payer), []).append(row)
        return Coverage(found)

    @staticmethod
    def load(*paths: Path) -> Coverage:
        """All tables of the files, and of the CSV files in the folders; raises MissingDataError and BadInputError."""
        files = [file for path in paths for file in (sorted(path.glob("*.csv")) if path.is_dir() else [path])]
        if not files:
            raise MissingDataError("the folder of coverage tables holds no CSV file", str(paths[0]))
        return Coverage.of_rows(row for file in files for row in TABLE.read(file))

    def refuses(
        self, procedure: str, diagnoses: Sequence[str], *, payers: Sequence[str | None], day: date
    ) -> bool:
        """Whether rows are in force for the procedure and none covers any of the diagnoses.

        ``payers`` are the names that the claim gives its payer: its id, its name.
        """
        named = [row for payer in payers if payer for row in self._in_force(procedure, payer, day)]
        rows = named or self._in_force(procedure, ANY_PAYER, day)
        return bool(rows) and not any(code.startswith(row.diagnosis) for row in rows for code in diagnoses)

    def _in_force(self, procedure: str, payer: str, day: date) -> list[CoverageRow]:
        return [row for row in self.rows.get((procedure, payer), ()) if row.first <= day <= row.last]


def _parse(cells: Mapping[str, str]) -> CoverageRow:
    if not cells["procedure"] or not cells["diagnosis"]:
        raise ValueError
    return CoverageRow(
        cells["procedure"].upper(),
        cells["diagnosis"].upper().replace(".", ""),
        cells["payer"],
        date.fromisoformat(cells["from"]) if cells["from"] else date.min,
        date.fromisoformat(cells["to"]) if cells["to"] else date.max,
    )


TABLE: Final = Table(
    "coverage table", COLUMNS, _parse, "name procedure, diagnosis, payer, from and to in the first line"
)

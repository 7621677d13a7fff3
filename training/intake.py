"""What the reading of a folder met: files read, data set aside, files passed over. Counts only, fit for a log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

from features import files
from features.errors import NotX12Error
from features.x12.problems import tells_of_loss
from features.x12.records import Problem, Record

Row = TypeVar("Row")
TABLES = (".csv", ".json")  # the ledger, the work list, a manifest: nobody takes them for X12


@dataclass(frozen=True)
class Intake:
    """How many files were read and how whole they were; an error means that data was set aside."""

    files: int = 0  # X12 files, and tables of what came on paper
    files_with_errors: int = 0
    files_with_loss: int = 0  # without an error, but counts and ends say that something is missing
    errors: int = 0
    warnings: int = 0
    files_no_x12: int = 0
    files_empty: int = 0

    def counts(self) -> dict[str, int]:
        """As parameters of a run.

        >>> Intake(files=3, errors=1).counts()["data_errors"]
        1
        """
        return {f"data_{part.name}": getattr(self, part.name) for part in fields(self)}

    def warning(self, folder: Path) -> str:
        """One line for the person who gave the folder, or nothing where all of it was read.

        >>> Intake(files=9, files_with_errors=2, errors=2, warnings=5, files_empty=1).warning(Path("mine"))
        "2 of 9 files had errors, 7 problems in all; 1 file was empty: see 'python -m features read mine --summary'"
        >>> Intake(files=9, warnings=5).warning(Path("mine"))
        ''
        """
        parts = []
        if self.files_with_errors:
            more = f" and {self.files_with_loss:,} more show signs of loss" if self.files_with_loss else ""
            parts.append(f"{self.files_with_errors:,} of {self.files:,} files had errors{more}")
        elif self.files_with_loss:
            parts.append(f"{self.files_with_loss:,} of {self.files:,} files show signs of loss")
        if parts:
            parts[0] += f", {self.errors + self.warnings:,} problems in all"
        if self.files_no_x12:
            parts.append(f"{_files(self.files_no_x12)} no X12")
        if self.files_empty:
            parts.append(f"{_files(self.files_empty)} empty")
        hint = f": see 'python -m features read {files.shown(folder)} --summary'"
        return "; ".join(parts) + hint if parts else ""


class IntakeCounter:
    """Counts while a folder is read."""

    def __init__(self) -> None:
        self.read = self.with_errors = self.with_loss = 0
        self.errors = self.warnings = self.no_x12 = self.empty = 0

    def chosen(self, paths: list[Path]) -> list[Path]:
        """The X12 files among the paths; the others are counted, but for tables."""
        return [path for path in paths if self._is_x12(path)]

    def records(self, path: Path) -> Iterator[Record]:
        """A file's records but for its problems, which are counted."""
        found: Iterator[Record] = self._counted(files.read(path))
        yield from found

    def table(self, path: Path, read: Callable[[Path], Iterable[Row | Problem]]) -> list[Row]:
        """A table's rows but for its problems, which are counted; none where there is no such file."""
        return list(self._counted(read(path))) if path.exists() else []

    def _counted(self, records: Iterable[Row | Problem]) -> Iterator[Row]:
        errors, loss = self.errors, False
        try:
            for record in records:
                if not isinstance(record, Problem):
                    yield record
                    continue
                loss = loss or tells_of_loss(record)
                self.errors += record.severity == "error"
                self.warnings += record.severity == "warning"
        except NotX12Error:  # it looked like it at its start
            self.no_x12 += 1
            return
        self.read += 1
        self.with_errors += self.errors > errors
        self.with_loss += loss and self.errors == errors

    def intake(self) -> Intake:
        """What was counted so far."""
        return Intake(
            files=self.read,
            files_with_errors=self.with_errors,
            files_with_loss=self.with_loss,
            errors=self.errors,
            warnings=self.warnings,
            files_no_x12=self.no_x12,
            files_empty=self.empty,
        )

    def _is_x12(self, path: Path) -> bool:
        if files.looks_like_x12(path):
            return True
        if path.suffix.lower() not in TABLES:
            empty = path.stat().st_size == 0
            self.empty += empty
            self.no_x12 += not empty
        return False


def _files(count: int) -> str:
    return "1 file was" if count == 1 else f"{count:,} files were"

"""Where the reader stands, and what it gives out there: records and problems with their source."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from features.x12.problems import problem
from features.x12.records import Record, Source
from features.x12.values import REMEMBERED, Amounts, Dates

Value = TypeVar("Value")


class Place:
    """The current place in a file, the records found since the last were taken, and the memory of values."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.interchange: str | None = None
        self.group: str | None = None
        self.transaction: str | None = None
        self.segment = 0  # ordinal in the file, from 1
        self.records: list[Record] = []
        self.give = self.records.append
        self.amounts = Amounts(lambda: self.report("amount-malformed"))
        self.dates = Dates(lambda: self.report("date-malformed"))

    def source(self, segment: int | None = None) -> Source:
        """The source of the current segment, or of an earlier one of the same transaction."""
        return Source(
            self.file, self.interchange, self.group, self.transaction, segment or self.segment or None
        )

    def report(self, code: str, segment: int | None = None, *, detail: str = "") -> None:
        """Give out a problem of the current segment, or of an earlier one."""
        self.give(problem(code, self.source(segment), detail=detail))


class Remembered(dict[str, Value]):
    """Texts of segments to what they say. What was reported as a problem is read again each time it comes, so
    that each place of the problem is reported."""

    def __init__(self, place: Place, read: Callable[[str], Value]) -> None:
        super().__init__()
        self.place = place
        self.read = read

    def __missing__(self, text: str) -> Value:
        known = len(self.place.records)
        value = self.read(text)
        if len(self.place.records) == known:
            if len(self) >= REMEMBERED:
                self.clear()
            self[text] = value
        return value

"""Where the reader stands, and what it gives out there: records and problems with their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from operator import length_hint

from features.x12.problems import problem
from features.x12.records import Record, Source
from features.x12.values import Amounts, Dates


class Place:
    """The current place in a file, the records found since the last were taken, and the memory of values."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.interchange: str | None = None
        self.group: str | None = None
        self.transaction: str | None = None
        self.current: Iterator[str] = iter(())  # over the list of segments that is being read
        self.last = 0  # ordinal in the file, from 1, of the last segment of that list
        self.records: list[Record] = []
        self.give = self.records.append
        self.amounts = Amounts(lambda: self.report("amount-malformed"))
        self.dates = Dates(lambda: self.report("date-malformed"), lambda: self.report("date-hyphenated"))

    @property
    def segment(self) -> int:
        """The current segment's ordinal in the file, from 1.

        It is told by what the iterator has left, which costs nothing until it is asked for.
        """
        return self.last - length_hint(self.current)

    def each(self, lists: Iterable[list[str]], separator: str) -> Iterator[list[str]]:
        """The segments of the lists, one after another, as their elements; each becomes the current one."""
        return chain.from_iterable(map(self.begin, lists, repeat(separator)))

    def begin(self, segments: list[str], separator: str) -> Iterator[list[str]]:
        """The segments are read from here on."""
        self.last += len(segments)
        self.current = iter(segments)
        return map(str.split, self.current, repeat(separator))

    def source(self, segment: int | None = None) -> Source:
        """The source of the current segment, or of an earlier one of the same transaction."""
        return Source(
            self.file, self.interchange, self.group, self.transaction, segment or self.segment or None
        )

    def report(self, code: str, segment: int | None = None, *, detail: str = "") -> None:
        """Give out a problem of the current segment, or of an earlier one."""
        self.give(problem(code, self.source(segment), detail=detail))

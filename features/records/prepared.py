"""Columns made ready for comparing: cleaned once a record instead of once a pair, weights from both tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from features.match_keys import normalised
from features.records import cleaning
from features.records.pair_files import PairRows
from features.records.weights import WordSets, grams

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]
Sided = TypeVar("Sided", Objects, Floats, csr_matrix)


@dataclass(frozen=True)
class Sides(Generic[Sided]):
    """The same of the left table and of the right one."""

    left: Sided
    right: Sided

    def of(self, pairs: PairRows) -> tuple[Sided, Sided]:
        """The rows of each pair, side by side."""
        return self.left[pairs.left], self.right[pairs.right]


@dataclass(frozen=True)
class Words:
    """Sets of words in the forms that comparing needs."""

    weighted: Sides[csr_matrix]  # rarities
    cosine: Sides[csr_matrix]  # rarities, rows of length one
    present: Sides[csr_matrix]  # 0 and 1
    vocabulary: tuple[str, ...]  # the word of each column

    @staticmethod
    def of(left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> Words:
        """From the words of each record."""
        sets = WordSets.of(left, right)
        return Words(
            Sides(*sets.weighted(unit=False)),
            Sides(*sets.weighted(unit=True)),
            Sides(sets.left, sets.right),
            sets.vocabulary,
        )


@dataclass(frozen=True)
class TextColumn:
    """Text or a name: as plain text, as words in order and sorted, and as sets."""

    text: Sides[Objects]
    ordered: Sides[Objects]  # words with blanks between them, sorted
    initials: Sides[Objects]
    frequency: Sides[Floats]  # how many records of its own table have the value; NaN where it is absent
    words: Words
    grams: Words
    numbers: Words
    codes: Words
    coded: Sides[Objects]  # the codes with blanks between them

    @staticmethod
    def of(left: Sequence[str], right: Sequence[str]) -> TextColumn:
        """From raw text of each record, ``""`` where it is absent."""
        sides = [[cleaning.plain(value) for value in values] for values in (left, right)]
        words = [[cleaning.tokens(text) for text in texts] for texts in sides]
        joined = [[" ".join(record) for record in records] for records in words]
        coded = _each(sides, cleaning.codes)
        return TextColumn(
            text=_objects(joined),
            ordered=_objects([[" ".join(sorted(record)) for record in records] for records in words]),
            initials=_objects(
                [["".join(word[0] for word in record) for record in records] for records in words]
            ),
            frequency=_frequencies(joined),
            words=Words.of(*words),
            grams=Words.of(*_each(joined, grams)),
            numbers=Words.of(*_each(joined, cleaning.numbers)),
            codes=Words.of(*coded),
            coded=_objects([[" ".join(record) for record in records] for records in coded]),
        )


@dataclass(frozen=True)
class NumberColumn:
    """Amounts and measures; NaN where absent or unreadable."""

    value: Sides[Floats]

    @staticmethod
    def of(left: Sequence[str], right: Sequence[str]) -> NumberColumn:
        """From raw text."""
        return NumberColumn(_floats((left, right), cleaning.number))


@dataclass(frozen=True)
class DateColumn:
    """Dates, as days since 1970 (NaN where unreadable) and as digits YYYYMMDD, or what digits there are."""

    day: Sides[Floats]
    digits: Sides[Objects]

    @staticmethod
    def of(left: Sequence[str], right: Sequence[str]) -> DateColumn:
        """From raw text."""
        days = _floats((left, right), cleaning.day)
        return DateColumn(days, _objects([_digits(left, days.left), _digits(right, days.right)]))


@dataclass(frozen=True)
class CodeColumn:
    """Identifiers: upper case without punctuation and leading zeros, and how often each occurs."""

    code: Sides[Objects]
    frequency: Sides[Floats]

    @staticmethod
    def of(left: Sequence[str], right: Sequence[str]) -> CodeColumn:
        """From raw text."""
        sides = [[normalised(cleaning.plain(value)) for value in values] for values in (left, right)]
        return CodeColumn(_objects(sides), _frequencies(sides))


Prepared = TextColumn | NumberColumn | DateColumn | CodeColumn
PREPARE: dict[str, Callable[[Sequence[str], Sequence[str]], Prepared]] = {
    "name": TextColumn.of,
    "text": TextColumn.of,
    "number": NumberColumn.of,
    "date": DateColumn.of,
    "code": CodeColumn.of,
}


def _digits(values: Sequence[str], days: Floats) -> list[str]:
    epoch = np.datetime64("1970-01-01")
    return [
        "".join(filter(str.isdigit, value)) if np.isnan(day) else str(epoch + int(day)).replace("-", "")
        for value, day in zip(values, days, strict=True)
    ]


def _each(
    sides: Sequence[Sequence[str]], split: Callable[[str], list[str]]
) -> tuple[list[list[str]], list[list[str]]]:
    left, right = ([split(text) for text in texts] for texts in sides)
    return left, right


def _objects(sides: Sequence[Sequence[str]]) -> Sides[Objects]:
    left, right = (np.array(list(values), dtype=object) for values in sides)
    return Sides(left, right)


def _floats(sides: Sequence[Sequence[str]], read: Callable[[str], float]) -> Sides[Floats]:
    left, right = (np.array([read(value) for value in values], dtype=np.float64) for values in sides)
    return Sides(left, right)


def _frequencies(sides: Sequence[Sequence[str]]) -> Sides[Floats]:
    counted = []
    for values in sides:
        times = Counter(values)
        counted.append(np.array([times[value] if value else np.nan for value in values], dtype=np.float64))
    return Sides(*counted)

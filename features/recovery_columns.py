"""Rows for an estimator of chances: categories, ordered values, and the period that each row belongs to.

A category may lie within another, as a diagnosis within its chapter; its value is then read together with the outer
one, so that "Other" of two chapters are two values. A missing cell is a value of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.errors import BadInputError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SEPARATOR = "\x1f"  # ASCII's unit separator, which no code contains


@dataclass(frozen=True)
class Columns:
    """Which columns there are; ``within`` names the outer column of those that lie within another.

    ``crossed`` are the pairs that may say more together than apart; None for all pairs.
    """

    categorical: tuple[str, ...]
    ordinal: tuple[str, ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    crossed: tuple[tuple[str, str], ...] | None = None

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The crossed pairs; no column is crossed with what it lies within, which would say nothing new."""
        nested = {frozenset(pair) for pair in self.within}
        every = self.crossed or tuple(combinations((*self.categorical, *self.ordinal), 2))
        return tuple(pair for pair in every if frozenset(pair) not in nested)

    def to_plain(self) -> dict[str, Any]:
        """For a manifest."""
        return {
            "categorical": self.categorical,
            "ordinal": self.ordinal,
            "within": self.within,
            "crossed": self.crossed,
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Columns:
        """The inverse of ``to_plain``."""
        within = tuple((str(inner), str(outer)) for inner, outer in plain["within"])
        crossed = plain["crossed"]
        pairs = None if crossed is None else tuple((str(one), str(other)) for one, other in crossed)
        return Columns(tuple(plain["categorical"]), tuple(plain["ordinal"]), within, pairs)


@dataclass(frozen=True)
class Rows:
    """Cells by column, each (n,): text or None for categories, numbers or NaN for ordered values.

    ``period`` (n,) counts years, quarters or the like; only its order and its steps matter.
    """

    columns: Columns
    texts: Mapping[str, Sequence[str | None]]
    numbers: Mapping[str, Floats]
    period: Integers

    def __len__(self) -> int:
        return int(self.period.size)

    def keys(self, column: str) -> list[str]:
        """The values of a category as text; one that lies within another holds both.

        >>> columns = Columns(("chapter", "code"), within=(("code", "chapter"),))
        >>> rows = Rows(columns, {"chapter": ["A", None], "code": ["1", "1"]}, {}, np.array([0, 0]))
        >>> [key.replace(SEPARATOR, "/") for key in rows.keys("code")]
        ['A/1', '/1']
        """
        own = [value or "" for value in self.texts[column]]
        outer = dict(self.columns.within).get(column)
        return joined([self.keys(outer), own]) if outer else own

    def take(self, which: NDArray[Any]) -> Rows:
        """Some of the rows, by a mask or by their places."""
        places = np.arange(len(self))[which]
        texts = {name: [values[place] for place in places] for name, values in self.texts.items()}
        numbers = {name: values[places] for name, values in self.numbers.items()}
        return Rows(self.columns, texts, numbers, self.period[places])

    @staticmethod
    def of(
        columns: Columns,
        texts: Mapping[str, Sequence[str | None]],
        numbers: Mapping[str, Sequence[float]],
        period: Sequence[int] | Integers,
    ) -> Rows:
        """Checked rows; raises BadInputError where a column is missing or of another length."""
        size = len(period)
        arrays = {name: np.asarray(values, dtype=np.float64) for name, values in numbers.items()}
        for name in (*columns.categorical, *columns.ordinal):
            values = texts.get(name) if name in columns.categorical else arrays.get(name)
            if values is None or len(values) != size:
                raise BadInputError(
                    "a column of the rows is missing or of another length", name, "give every column"
                )
        return Rows(columns, texts, arrays, np.asarray(period, dtype=np.int64))


def joined(parts: Sequence[Sequence[str]]) -> list[str]:
    """Several values of each row as one."""
    return [SEPARATOR.join(values) for values in zip(*parts, strict=True)]

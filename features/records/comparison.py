"""All features of pairs of records: each column by its kind, and the whole records as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from features.records.comparators import compare
from features.records.pair_files import PairRows
from features.records.prepared import PREPARE, Prepared, TextColumn
from features.records.spec import Column, Spec
from features.records.tables import RecordTable

Floats = NDArray[np.float64]
WHOLE = "record"


@dataclass(frozen=True)
class Comparison:
    """Two tables made ready; the whole record stands as one more text beside the spec's columns."""

    spec: Spec
    columns: tuple[tuple[str, Prepared], ...]
    whole: TextColumn
    sizes: tuple[int, int]  # records of each table
    same_table: bool  # both are one table, whose duplicates are sought

    @staticmethod
    def of(left: RecordTable, right: RecordTable, spec: Spec, *, same_table: bool = False) -> Comparison:
        """Clean every column of both tables; the rarity of words comes from both together."""
        columns = tuple((column.name, _prepared(column, left, right)) for column in spec.columns)
        whole = TextColumn.of(
            _joined(left, [column.left for column in spec.columns]),
            _joined(right, [column.right for column in spec.columns]),
        )
        return Comparison(spec, columns, whole, (len(left), len(right)), same_table)

    @cached_property
    def leading(self) -> TextColumn | None:
        """The text or name with the most distinct values, such as a title, where other text stands beside it."""
        textual = [column for _, column in self.columns if isinstance(column, TextColumn)]
        if len(textual) < 2:
            return None
        return max(textual, key=lambda column: len({*column.ordered.left}) + len({*column.ordered.right}))

    def features(self, pairs: PairRows) -> tuple[list[str], Floats]:
        """Names (k,) and values (n, k) of n pairs; NaN where a value is absent."""
        found = {
            f"{name}.{feature}": values
            for name, column in (*self.columns, (WHOLE, self.whole))
            for feature, values in compare(column, pairs).items()
        }
        return list(found), np.column_stack(list(found.values())) if found else np.zeros((len(pairs), 0))


def _prepared(column: Column, left: RecordTable, right: RecordTable) -> Prepared:
    return PREPARE[column.kind](left.columns[column.left], right.columns[column.right])


def _joined(table: RecordTable, columns: Sequence[str]) -> list[str]:
    return [
        " ".join(filter(None, values))
        for values in zip(*(table.columns[name] for name in columns), strict=True)
    ]

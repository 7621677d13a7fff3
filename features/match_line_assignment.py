"""The best assignment of one side's lines to the other's, and how sure each pair of it is.

A pair is as sure as the whole is worse without it (and without its twins, between which nobody could choose).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

LARGEST = 60  # lines of a side up to which each pair is left out in turn; beyond it a cautious bound does
EARLIER = 1e-6  # of twins the earlier pairs with the earlier
NEVER = -1e6


class Assigned(NamedTuple):
    """A row and a column of the table, what the sum of scores loses without the pair, and whether a twin fits alike."""

    row: int
    column: int
    margin: float
    interchangeable: bool


def assign(
    table: Floats, rows: Sequence[int], columns: Sequence[int], row_kinds: Indices, column_kinds: Indices
) -> Iterator[Assigned]:
    """The pairs of the best assignment among some rows and columns of a table (n, m) of scores.

    A line may stay alone, which scores 0. ``row_kinds`` (n,) and ``column_kinds`` (m,) are equal for twins.
    """
    for ours, theirs in _parts(table, rows, columns):
        part = table[np.ix_(ours, theirs)]
        own, other = row_kinds[ours], column_kinds[theirs]
        pairs = _best(part)
        losses = _Losses(part, sum(part[pair] for pair in pairs))
        for row, column in pairs:
            alike = np.ix_(own == own[row], other == other[column])
            margin = losses.without(row, column, alike)
            yield Assigned(int(ours[row]), int(theirs[column]), margin, part[alike].size > 1)


def _parts(table: Floats, rows: Sequence[int], columns: Sequence[int]) -> list[tuple[Indices, Indices]]:
    """Rows and columns that a chain of scores above 0 connects; the best assignment is that of each part."""
    ours, theirs = np.array(rows, dtype=np.intp), np.array(columns, dtype=np.intp)
    if not ours.size or not theirs.size:
        return []
    size = ours.size + theirs.size
    links = np.zeros((size, size), dtype=np.int8)
    links[: ours.size, ours.size :] = table[np.ix_(ours, theirs)] > 0
    count, label = connected_components(csr_matrix(links), directed=False)
    parts = [(ours[label[: ours.size] == n], theirs[label[ours.size :] == n]) for n in range(count)]
    return [(one, other) for one, other in parts if one.size and other.size]


def _best(part: Floats) -> list[tuple[int, int]]:
    """The assignment with the highest sum, without the pairs that are no better than none."""
    rows, columns = part.shape
    later = np.abs(np.arange(rows)[:, None] - np.arange(columns)) * EARLIER
    value = np.hstack([np.maximum(part - later, NEVER), np.zeros((rows, rows))])
    chosen = zip(*linear_sum_assignment(value, maximize=True), strict=True)
    return [(int(row), int(column)) for row, column in chosen if column < columns and part[row, column] > 0]


class _Losses:
    """What the best sum of a part loses without a pair: exactly, or for many lines a bound that promises no more.

    The bound: without the pair its row has its next best score at most, and every other row its best; so for columns.
    """

    def __init__(self, part: Floats, best: float) -> None:
        self._part, self._best = part, best
        self._slack = tuple(_best_of_each(side).sum() - best for side in (part, part.T))

    def without(self, row: int, column: int, alike: tuple[NDArray[np.intp], ...]) -> float:
        """For the pair at a row and a column, with its twins."""
        without = self._part.copy()
        without[alike] = -np.inf
        if max(self._part.shape) <= LARGEST:
            return self._best - float(sum(without[pair] for pair in _best(without)))
        of_row = self._part[row, column] - max(0.0, without[row].max()) - self._slack[0]
        of_column = self._part[row, column] - max(0.0, without[:, column].max()) - self._slack[1]
        return float(max(of_row, of_column))


def _best_of_each(table: Floats) -> Floats:
    best: Floats = np.maximum(table.max(axis=1), 0.0)
    return best

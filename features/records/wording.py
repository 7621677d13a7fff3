"""Which words two records share and which only one of them has, and which values of few stand beside each other.

"upgrade" on one side only tells two editions of a program apart; "sigmod record" beside "sigmod conference" tells a
paper from its short version. What each is worth is learnt from labels, elsewhere; here they are only listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from features.records.comparison import Comparison
from features.records.pair_files import PairRows
from features.records.prepared import CodeColumn, TextColumn

Floats = NDArray[np.float64]
FEW_VALUES = 40  # of a column on each side: then each pair of values is a feature of its own
SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Wording:
    """A row of ones a pair (n, k), and the name of each column, such as ``both:upgrade`` or ``one:upgrade``."""

    rows: csr_matrix
    names: tuple[str, ...]

    @staticmethod
    def of(comparison: Comparison, pairs: PairRows) -> Wording:
        """Of the whole records' words, and of the columns with few values."""
        left, right = comparison.whole.words.present.of(pairs)
        shared = left.multiply(right).tocsr()
        one = (left + right - 2 * shared).tocsr()
        one.eliminate_zeros()
        words = comparison.whole.words.vocabulary
        beside = [_beside(name, column, pairs) for name, column in _with_few_values(comparison)]
        return Wording(
            csr_matrix(hstack([shared, one, *(found.rows for found in beside)])),
            (
                *(f"both:{word}" for word in words),
                *(f"one:{word}" for word in words),
                *(name for found in beside for name in found.names),
            ),
        )

    def weighed(self, weights: Mapping[str, float]) -> Floats:
        """The sum (n,) of the weights of each pair's features; what has no weight counts nothing."""
        return np.asarray(
            self.rows @ np.array([weights.get(name, 0.0) for name in self.names]), dtype=np.float64
        )

    def often(self, least: int, most: int) -> Wording:
        """Only the features of at least ``least`` pairs, and of these the ``most`` commonest."""
        times = np.asarray(self.rows.sum(axis=0), dtype=np.float64).ravel()
        order = np.argsort(-times, kind="stable")[:most]
        kept = np.sort(order[times[order] >= least])
        return Wording(csr_matrix(self.rows[:, kept]), tuple(self.names[place] for place in kept))


def _with_few_values(comparison: Comparison) -> list[tuple[str, TextColumn | CodeColumn]]:
    chosen: list[tuple[str, TextColumn | CodeColumn]] = []
    for name, column in comparison.columns:
        if isinstance(column, TextColumn | CodeColumn):
            values = column.ordered if isinstance(column, TextColumn) else column.code
            if max(len(set(values.left)), len(set(values.right))) <= FEW_VALUES:
                chosen.append((name, column))
    return chosen


def _beside(name: str, column: TextColumn | CodeColumn, pairs: PairRows) -> Wording:
    """One feature for each pair of values that occurs."""
    left, right = (column.ordered if isinstance(column, TextColumn) else column.code).of(pairs)
    keys = [f"{name}{SEPARATOR}{a}{SEPARATOR}{b}" for a, b in zip(left, right, strict=True)]
    names, places = np.unique(np.array(keys, dtype=object), return_inverse=True)
    rows = csr_matrix(
        (np.ones(len(keys)), (np.arange(len(keys)), places)), shape=(len(keys), max(names.size, 0))
    )
    return Wording(rows, tuple(names))

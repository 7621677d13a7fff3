"""Which pairs of two whole tables are worth comparing: the likest of each record, and those that share a rare value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.records.comparison import Comparison
from features.records.pair_files import PairRows
from features.records.prepared import CodeColumn, DateColumn, NumberColumn, Objects, Prepared, TextColumn
from features.records.standing import Standing

Rows = NDArray[np.intp]
SHARED = 10  # records of one table at most that a value may have, to be a key by itself


def candidates(comparison: Comparison, standing: Standing) -> PairRows:
    """Every pair worth comparing, once, ordered by left and right row; in one table, a pair has the lower row left."""
    found = [seen.pairs(side) for (_, side), seen in standing.seen.items()]
    found += [_sharing(column) for _, column in comparison.columns if not isinstance(column, NumberColumn)]
    left = np.concatenate([pairs.left for pairs in found])
    right = np.concatenate([pairs.right for pairs in found])
    if comparison.same_table:
        left, right = np.minimum(left, right), np.maximum(left, right)
        left, right = left[left != right], right[left != right]
    width = max(comparison.sizes[1], 1)
    distinct = np.unique(left.astype(np.int64) * width + right)
    return PairRows((distinct // width).astype(np.intp), (distinct % width).astype(np.intp))


def _sharing(column: Prepared) -> PairRows:
    """Pairs that have the same value, where few records of either table have it."""
    left, right = _values(column)
    joined = np.concatenate([left, right])
    _, numbered = np.unique(joined.astype(str), return_inverse=True)
    absent = np.concatenate([left == "", right == ""])
    numbered = np.where(absent, -1, numbered)
    return _joined(_rare(numbered[: left.size]), _rare(numbered[left.size :]))


def _values(column: Prepared) -> tuple[Objects, Objects]:
    if isinstance(column, TextColumn):
        return column.ordered.left, column.ordered.right
    if isinstance(column, DateColumn):
        return column.digits.left, column.digits.right
    assert isinstance(column, CodeColumn), "numbers are no keys"  # noqa: S101
    return column.code.left, column.code.right


def _rare(values: Rows) -> Rows:
    """The values, -1 where more than ``SHARED`` records have one."""
    times = np.bincount(values[values >= 0], minlength=int(values.max(initial=0)) + 1)
    return np.where((values >= 0) & (times[np.maximum(values, 0)] <= SHARED), values, -1)


def _joined(left: Rows, right: Rows) -> PairRows:
    """All rows of both sides with equal values; -1 equals nothing."""
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    first = np.searchsorted(ordered, left, side="left")
    counts = np.where(left >= 0, np.searchsorted(ordered, left, side="right") - first, 0)
    owners = np.repeat(np.arange(left.size), counts)
    steps = np.arange(owners.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return PairRows(owners, order[first[owners] + steps])

"""Pairs of a payment and a row, as parallel arrays: summed, cut and ranked without a loop over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.match_index_runs import Flags, Rows

Scores = NDArray[np.float64]

ROW_BITS = 32  # rows are smaller than 2 ** 32


class Pairs(NamedTuple):
    """A payment's place, a row, and how much speaks for the two together."""

    payments: Rows
    rows: Rows
    scores: Scores

    def taken(self, chosen: Flags | Rows) -> Pairs:
        """Only these, in this order."""
        return Pairs(self.payments[chosen], self.rows[chosen], self.scores[chosen])

    def ranked(self) -> Pairs:
        """By payment, then in falling order of the scores; ties by row."""
        return self.taken(np.lexsort((self.rows, -self.scores, self.payments)))

    def within(self, others: Pairs) -> Flags:
        """Which of these are among others."""
        return np.isin(_codes(self.payments, self.rows), _codes(others.payments, others.rows))

    @staticmethod
    def joined(parts: Sequence[Pairs]) -> Pairs:
        """One after the other."""
        if not parts:
            return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        return Pairs(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def summed(payments: Rows, rows: Rows, scores: Scores) -> Pairs:
    """Each pair once, with the sum of its scores; by payment and row.

    >>> summed(np.array([1, 0, 1]), np.array([7, 7, 7]), np.array([0.5, 2.0, 1.0])).scores.tolist()
    [2.0, 1.5]
    """
    order, begins = grouped(payments, rows)
    if not len(order):
        return Pairs(payments, rows, scores)
    return Pairs(payments[order][begins], rows[order][begins], np.add.reduceat(scores[order], begins))


def grouped(payments: Rows, rows: Rows) -> tuple[Rows, Rows]:
    """An order in which equal pairs stand together, and where in it each begins."""
    codes = _codes(payments, rows)
    order = np.argsort(codes, kind="stable")
    return order, np.flatnonzero(np.diff(codes[order], prepend=-1))


def first_of_each(payments: Rows, most: int) -> Flags:
    """Whether a pair is among the first so many of its payment; payments stand together.

    >>> first_of_each(np.array([3, 3, 3, 5]), 2).tolist()
    [True, True, False, True]
    """
    begins = np.flatnonzero(np.diff(payments, prepend=-1))
    nth = np.arange(len(payments)) - np.repeat(begins, np.diff(begins, append=len(payments)))
    return np.asarray(nth < most)


def _codes(payments: Rows, rows: Rows) -> Rows:
    return payments << ROW_BITS | rows

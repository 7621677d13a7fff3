"""Sets of words as sparse rows, each word weighed by how rare it is in both tables together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class WordSets:
    """The words of each record as 0/1 rows (n, words) of each table, and the rarity of each word (words,).

    A rarity is the logarithm of the number of records over the number that hold the word, plus one: as the inverse
    document frequency of information retrieval.
    """

    left: csr_matrix
    right: csr_matrix
    rarity: Floats
    vocabulary: tuple[str, ...]

    @staticmethod
    def of(left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> WordSets:
        """Number the words and count the records that hold them."""
        places: dict[str, int] = {}
        rows = [
            [places.setdefault(word, len(places)) for word in dict.fromkeys(words)]
            for words in chain(left, right)
        ]
        both = _binary(rows, max(len(places), 1))
        holding = np.asarray(both.sum(axis=0), dtype=np.float64).ravel()
        rarity = np.log((1.0 + both.shape[0]) / (1.0 + holding)) + 1.0
        return WordSets(both[: len(left)], both[len(left) :], rarity, tuple(places))

    def weighted(self, *, unit: bool) -> tuple[csr_matrix, csr_matrix]:
        """Both tables' rows with rarities for ones; ``unit`` scales each row to length one, for cosines."""
        scale = diags_array(self.rarity)
        left, right = csr_matrix(self.left @ scale), csr_matrix(self.right @ scale)
        return (unit_rows(left), unit_rows(right)) if unit else (left, right)


def unit_rows(matrix: csr_matrix) -> csr_matrix:
    """Rows of length one; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float64)).ravel()
    scaled = matrix.copy()
    scaled.data = scaled.data / np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(matrix.indptr))
    return scaled


def row_products(left: csr_matrix, right: csr_matrix) -> Floats:
    """The inner product (n,) of each row with the row beside it."""
    return np.asarray(left.multiply(right).sum(axis=1), dtype=np.float64).ravel()


def row_maxima(matrix: csr_matrix) -> Floats:
    """The greatest value (n,) of each row of a matrix without negative values; 0 for an empty row."""
    return (
        np.asarray(matrix.max(axis=1).toarray(), dtype=np.float64).ravel() if matrix.shape[0] else np.zeros(0)
    )


def grams(text: str, length: int = 3) -> list[str]:
    """Runs of characters, words padded with a blank on each side.

    >>> grams("ab c")
    [' ab', 'ab ', ' c ']
    """
    padded = [f" {word} " for word in text.split()]
    return [
        word[start : start + length] for word in padded for start in range(max(len(word) - length + 1, 1))
    ]


def _binary(rows: Iterable[Sequence[int]], width: int) -> csr_matrix:
    listed = list(rows)
    starts = np.concatenate([[0], np.cumsum([len(row) for row in listed])]).astype(np.int64)
    indices = np.fromiter(chain.from_iterable(listed), dtype=np.int64, count=int(starts[-1]))
    matrix = csr_matrix((np.ones(indices.size), indices, starts), shape=(len(listed), width))
    matrix.sort_indices()
    return matrix

"""Which rows have a text like this one: rows by the n-grams of their texts, the rarest looked at first.

It finds what no exact key does, because a number was mistyped or a name misread. A row may be added at any time
(features.match_index_runs), and no vectors are kept: a search looks up the n-grams of the text that is asked for,
the rarest first, as far as a budget of rows goes, and weighs what is shared by how rare it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from features.match_index_pairs import Pairs, first_of_each, summed
from features.match_index_runs import Counts, Flags, Hashes, Rows, SortedRuns

BUDGET = 4000
"""Rows that a search looks at: the rarest n-grams of most texts stand in far fewer."""

LEAST = 0.3
"""Share of the text's n-grams, by weight, that a row must have; less is chance."""

MOST = 20  # rows of one search
DIGITS = 9  # of scores that are told apart: the last ones depend on the order of a sum
AT_ONCE = 128  # texts searched together


def ngrams(text: str, length: int) -> list[str]:
    """Runs of characters, those at both ends marked; a short text is one run.

    >>> ngrams("DOE", 3)
    ['^DO', 'DOE', 'OE$']
    """
    marked = f"^{text}$"
    return [marked[start : start + length] for start in range(max(1, len(marked) - length + 1))]


class NgramIndex:
    """Rows by n-grams.

    >>> index = NgramIndex()
    >>> for row, name in enumerate(("MUELLER", "MILLER", "GARCIA")):
    ...     index.add(ngrams(name, 3), row)
    >>> index.find([ngrams("MULLER", 3)], np.ones(3, np.bool_)).rows.tolist()
    [0, 1]
    """

    def __init__(self) -> None:
        self._runs = SortedRuns()

    def add(self, grams: Iterable[str], row: int) -> None:
        """Let a row be found by its n-grams, each of which counts once."""
        self._runs.add([*map(hash, set(grams))], row)

    def find(self, texts: Sequence[Iterable[str]], open_rows: Flags) -> Pairs:
        """For each text, by its n-grams, the rows most like it, among those that ``open_rows`` (n,) says are open.

        The scores are shares of the text's weight, ``LEAST`` to 1; the answer is sorted by text and falling score,
        of equals the newest first.
        """
        parts = [
            self._part(texts[start : start + AT_ONCE], start, open_rows)
            for start in range(0, len(texts), AT_ONCE)
        ]
        return Pairs.joined(parts)

    def renumber(self, numbers: Rows) -> None:
        """As ``SortedRuns.renumber``."""
        self._runs.renumber(numbers)

    def nbytes(self) -> int:
        """What the entries take."""
        return self._runs.nbytes()

    def _part(self, texts: Sequence[Iterable[str]], start: int, open_rows: Flags) -> Pairs:
        wanted, owners = _hashed(texts)
        found = self._runs.find(wanted, lambda counts: affordable(owners, counts))
        weights = np.log1p(len(open_rows) / np.maximum(found.counts, 1))
        total = np.bincount(owners, weights, minlength=len(texts))
        still = open_rows[found.rows]
        places, rows = found.places[still], found.rows[still]
        shares = weights[places] / total[owners[places]]
        pairs = summed(owners[places], rows, shares)
        pairs = pairs.taken(pairs.scores >= LEAST)
        pairs = pairs.taken(np.lexsort((-pairs.rows, -pairs.scores.round(DIGITS), pairs.payments)))
        pairs = pairs.taken(first_of_each(pairs.payments, MOST))
        return Pairs(pairs.payments + start, pairs.rows, pairs.scores)


def affordable(owners: Rows, counts: Counts) -> Flags:
    """Which n-grams a search looks up: of each owner the rarest, as long as their rows together keep to the budget."""
    order = np.lexsort((counts, owners))
    spent = np.cumsum(counts[order])
    begins = np.flatnonzero(np.diff(owners[order], prepend=-1))
    before = np.repeat((spent - counts[order])[begins], np.diff(begins, append=len(order)))
    chosen = np.zeros(len(counts), np.bool_)
    chosen[order[spent - before <= BUDGET]] = True
    return chosen


def _hashed(texts: Sequence[Iterable[str]]) -> tuple[Hashes, Rows]:
    grams = [{*map(hash, own)} for own in texts]
    flat = np.fromiter((gram for own in grams for gram in own), np.int64)
    return flat, np.repeat(np.arange(len(grams)), [*map(len, grams)])

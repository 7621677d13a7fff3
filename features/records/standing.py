"""How a pair stands among the likest records of each side: a close rival says more than a distant one.

Nothing here knows labels or which other pairs were given: rivals are found in the whole tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.records.comparison import Comparison
from features.records.neighbours import Neighbours
from features.records.pair_files import PairRows
from features.records.prepared import Words
from features.records.weights import row_products

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
RIVALS = 10  # of each record
EPSILON = 1e-9  # cosines that differ by less are equal


@dataclass(frozen=True)
class Seen:
    """The rivals of some records of one table: ``place`` (n,) finds a record's own, -1 where none were sought."""

    neighbours: Neighbours
    place: Rows

    @staticmethod
    def of(words: Words, records: Rows, side: str, *, same_table: bool) -> Seen:
        """Search for the distinct ``records`` of the left or the right table."""
        own, others = words.cosine.left, words.cosine.right
        if side == "right":
            own, others = others, own
        place = np.full(own.shape[0], -1, dtype=np.intp)
        place[records] = np.arange(records.size)
        selves = records if same_table else None
        return Seen(Neighbours.of(own[records], others, most=RIVALS, selves=selves), place)

    def pairs(self, side: str) -> PairRows:
        """Each record with each of its rivals."""
        owners = np.repeat(np.flatnonzero(self.place >= 0), self.neighbours.rows.shape[1])
        rivals = self.neighbours.rows[self.place[self.place >= 0]].ravel()
        owners, rivals = owners[rivals >= 0], rivals[rivals >= 0]
        return PairRows(owners, rivals) if side == "left" else PairRows(rivals, owners)


@dataclass(frozen=True)
class Standing:
    """Rivals by runs of characters, by words and by the leading column, of records of both tables."""

    comparison: Comparison
    seen: dict[tuple[str, str], Seen]  # by measure and side

    @staticmethod
    def of(comparison: Comparison, left: Rows, right: Rows) -> Standing:
        """Search for these records of the left table and of the right one; each row is named once."""
        rows = {"left": np.unique(left), "right": np.unique(right)}
        return Standing(
            comparison,
            {
                (measure, side): Seen.of(words, rows[side], side, same_table=comparison.same_table)
                for measure, words in _measures(comparison)
                for side in ("left", "right")
            },
        )

    @staticmethod
    def unknown(comparison: Comparison) -> Standing:
        """Nothing sought: each pair is judged alone, as a control judges it."""
        return Standing(comparison, {})

    @staticmethod
    def of_pairs(comparison: Comparison, pairs: PairRows) -> Standing:
        """For the records of these pairs."""
        return Standing.of(comparison, pairs.left, pairs.right)

    def features(self, pairs: PairRows) -> tuple[list[str], Floats]:
        """Names (k,) and values (n, k): rank and gap by each measure, seen from each side.

        A rank is the number of likelier rivals (0 is the best); a gap is the cosine less that of the best rival.
        """
        found: dict[str, Floats] = {}
        for measure, words in _measures(self.comparison) if self.seen else ():
            own = row_products(*words.cosine.of(pairs))
            for side in ("left", "right"):
                for name, value in _places(own, self.seen[measure, side], pairs, side):
                    found[f"standing.{measure}_{side}_{name}"] = value
            gaps = (found[f"standing.{measure}_{side}_gap"] for side in ("left", "right"))
            found[f"standing.{measure}_both"] = np.fmin(*gaps)
        return list(found), np.column_stack([np.zeros((len(pairs), 0)), *found.values()])


def _measures(comparison: Comparison) -> Iterator[tuple[str, Words]]:
    yield "gram", comparison.whole.grams
    yield "word", comparison.whole.words
    if comparison.leading is not None:
        yield "leading", comparison.leading.grams


def _places(own: Floats, seen: Seen, pairs: PairRows, side: str) -> list[tuple[str, Floats]]:
    record, partner = (pairs.left, pairs.right) if side == "left" else (pairs.right, pairs.left)
    place = seen.place[record]
    cosines, others = seen.neighbours.cosines[place], seen.neighbours.rows[place] != partner[:, None]
    rank = ((cosines > own[:, None] + EPSILON) & others).sum(axis=1).astype(np.float64)
    best = np.where(others, cosines, 0.0).max(axis=1, initial=0.0)
    return [("rank", rank), ("gap", own - best)]

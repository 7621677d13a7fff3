"""Whom else a record might match: the few likest of the other table, to be scored as the pair itself is.

A first model's score of a pair says more beside its scores of the record's rivals. Each record's rivals come from its
own search of the whole other table, so that the answer for a pair does not hang on which other pairs were given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.records.pair_files import PairRows
from features.records.standing import Standing

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
SIDES: Final = ("left", "right")
NAMES: Final = (
    "rivals.left_gap",
    "rivals.left_best",
    "rivals.right_gap",
    "rivals.right_best",
    "rivals.both_gap",
)
FEW = 3  # rivals of each search that a record made
EXTREME = 20.0  # log-odds; and what a record without any rival is given


@dataclass(frozen=True)
class Owned:
    """Rivals of the records of one side, ordered by ``owner``; ``place`` finds their pair among those to score."""

    owner: Rows  # (m,)
    rival: Rows  # (m,)
    place: Rows  # (m,)


@dataclass(frozen=True)
class Rivals:
    """The pairs to score, each once, and whose rivals they are."""

    pairs: PairRows
    owned: Mapping[str, Owned]

    @staticmethod
    def of(standing: Standing, pairs: PairRows) -> Rivals:
        """Rivals of the records of these pairs."""
        listed = {
            side: _listed(standing, side, records)
            for side, records in zip(SIDES, (pairs.left, pairs.right), strict=True)
        }
        rows = [_as_rows(owners, rivals, side) for side, (owners, rivals) in listed.items()]
        together = np.vstack(rows)
        if standing.comparison.same_table:
            together = np.sort(together, axis=1)
        distinct, places = np.unique(together, axis=0, return_inverse=True)
        split = np.split(places.ravel(), [len(rows[0])])
        owned = {
            side: Owned(*found, place) for (side, found), place in zip(listed.items(), split, strict=True)
        }
        return Rivals(PairRows(distinct[:, 0], distinct[:, 1]), owned)

    def features(self, scores: Floats, pairs: PairRows, own: Floats) -> Floats:
        """Values (n, 5) by ``NAMES``: the pair's own log-odds less its best rival's, and that rival's, by side.

        ``scores`` are the log-odds of ``self.pairs``; ``own`` (n,) those of the pairs.
        """
        held = np.clip(own, -EXTREME, EXTREME)
        left = _best(self.owned["left"], scores, pairs.left, pairs.right)
        right = _best(self.owned["right"], scores, pairs.right, pairs.left)
        return np.column_stack([held - left, left, held - right, right, held - np.fmax(left, right)])


def _listed(standing: Standing, side: str, records: Rows) -> tuple[Rows, Rows]:
    """Owners and rivals, each combination once, ordered by owner."""
    wanted = np.unique(records)
    found = [np.zeros((0, 2), dtype=np.intp)]
    for (_, searched), seen in standing.seen.items():
        if searched == side:
            rivals = seen.neighbours.rows[seen.place[wanted]][:, :FEW]
            owners = np.repeat(wanted, rivals.shape[1])
            found.append(np.column_stack([owners, rivals.ravel()])[rivals.ravel() >= 0])
    distinct = np.unique(np.vstack(found), axis=0)
    return distinct[:, 0], distinct[:, 1]


def _as_rows(owners: Rows, rivals: Rows, side: str) -> Rows:
    return np.column_stack([owners, rivals] if side == "left" else [rivals, owners])


def _best(owned: Owned, scores: Floats, records: Rows, partners: Rows) -> Floats:
    """The best score among each record's rivals other than its partner."""
    own_scores = np.clip(scores[owned.place], -EXTREME, EXTREME)
    order = np.lexsort((owned.rival, -own_scores, owned.owner))
    owner, rival, score = owned.owner[order], owned.rival[order], own_scores[order]
    first = np.searchsorted(owner, records)
    found = np.full(records.size, -EXTREME)
    for step in (1, 0):  # the second best stands where the best is the partner itself
        place = np.minimum(first + step, max(owner.size - 1, 0))
        if owner.size:
            fits = (first + step < owner.size) & (owner[place] == records) & (rival[place] != partners)
            found = np.where(fits, score[place], found)
    return found

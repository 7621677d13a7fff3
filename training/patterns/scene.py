"""Counts of every candidate: denials seen and expected, by category and in all; and how strong the evidence is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from training.patterns.baseline import Floats, Margin, Rake, clustering, indicators
from training.patterns.evidence import evidence
from training.patterns.itemsets import Itemsets
from training.patterns.outcomes import Ints

LEAST_EXCESS = 5.0  # denials beyond what is expected: fewer are nobody's work
FEWEST_PATIENTS = 11  # a pattern of fewer could point at a person


@dataclass
class Scene:
    """Candidates (m) against the outcomes of the claims (n): c categories, and all of them together in the last place.

    ``seen`` and ``expected`` are (m, c + 1). What is chosen is expected from then on.
    """

    itemsets: Itemsets
    category: Ints  # (n,)
    margins: list[Margin]
    categories: int
    patient: Ints
    rakes: list[Rake] = field(init=False)
    claim_expected: Floats = field(init=False)  # (n, c)
    seen: Floats = field(init=False)
    expected: Floats = field(init=False)
    spread: Floats = field(init=False)  # (c + 1,) by how much patients' denials come together
    scores: Floats = field(init=False)  # (m, c + 1) evidence; 0 where it is not to be shown

    def __post_init__(self) -> None:
        denied = indicators(self.category, self.categories)
        self.rakes = [Rake(denied[:, place].copy(), self.margins) for place in range(self.categories)]
        self.claim_expected = np.stack([rake.fit() for rake in self.rakes], axis=1)
        self.seen = with_all(np.asarray(self.itemsets.members @ denied))
        self.expected = with_all(np.asarray(self.itemsets.members @ self.claim_expected))
        self.spread = np.array(
            [
                *(
                    clustering(denied[:, place], self.claim_expected[:, place], self.patient)
                    for place in range(self.categories)
                ),
                clustering(denied.sum(axis=1), self.claim_expected.sum(axis=1), self.patient),
            ]
        )
        self.scores = scored(self.seen, self.expected, self.spread)

    def patients(self, row: int) -> int:
        """How many patients stand behind a candidate."""
        return int(np.unique(self.patient[self.itemsets.rows(row)]).size)

    def choose(self, row: int, outcome: int) -> None:
        """Expect from now on what a candidate adds to an outcome."""
        self._refit(outcome, lambda rake: rake.chosen.update({row: (self.itemsets.rows(row), 1.0)}))

    def forget(self, row: int, outcome: int) -> None:
        """Expect it no longer."""
        self._refit(outcome, lambda rake: rake.chosen.pop(row, None))

    def without(self, row: int, outcome: int) -> float:
        """The expected denials of a chosen candidate, if it alone had not been chosen."""
        rows = self.itemsets.rows(row)
        total = 0.0
        for place in self._places(outcome):
            factor = self.rakes[place].chosen[row][1] if row in self.rakes[place].chosen else 1.0
            total += float(self.claim_expected[rows, place].sum()) / factor
        return total

    def _places(self, outcome: int) -> range:
        return range(self.categories) if outcome == self.categories else range(outcome, outcome + 1)

    def _refit(self, outcome: int, change: Callable[[Rake], object]) -> None:
        for place in self._places(outcome):
            rake = self.rakes[place]
            change(rake)
            fresh = rake.fit()
            moved = self.itemsets.members @ (fresh - self.claim_expected[:, place])
            self.claim_expected[:, place] = fresh
            self.expected[:, place] += moved
            self.expected[:, -1] += moved
        for column in {*self._places(outcome), self.categories}:
            self.scores[:, column] = scored(
                self.seen[:, column], self.expected[:, column], self.spread[column]
            )


def scored(seen: Floats, expected: Floats, spread: Floats) -> Floats:
    """Evidence in the shape of ``seen``, less where patients' denials come together; 0 where the excess is small."""
    found = evidence(seen, expected) / spread
    found[(seen - expected) < LEAST_EXCESS] = 0.0
    return found


def with_all(counts: Floats) -> Floats:
    """Counts by category (m, c) with their sum as the last column (m, c + 1)."""
    return np.column_stack([counts, counts.sum(axis=1)])

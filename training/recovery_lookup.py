"""The baseline for overturned denials: a table of rates by diagnosis, treatment and sort of review.

A strong one: a cell's rate is drawn towards that of the cell that holds it, step by step from the treatment's category
to the whole combination, so that rare combinations answer with what is known of the wider ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.recovery_columns import Floats, Rows
from models.recovery_effects import keys_of

SMOOTHING = 20.0
"""Rows that the wider cell counts for; better than 10 for this table on 2010 to 2014 of the external reviews."""


@dataclass(frozen=True)
class RecoveryLookup:
    """Rates by level, from the widest to the narrowest."""

    levels: Sequence[tuple[str, ...]]
    base: float
    counts: Sequence[dict[str, tuple[float, float]]]  # overturned, and all

    @staticmethod
    def fit(rows: Rows, outcomes: Floats, levels: Sequence[tuple[str, ...]]) -> RecoveryLookup:
        """Count the outcomes of each cell of each level."""
        counts = []
        for columns in levels:
            cells: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
            for key, outcome in zip(keys_of(rows, columns, {}), outcomes, strict=True):
                cells[key][0] += float(outcome)
                cells[key][1] += 1.0
            counts.append({key: (hits, of) for key, (hits, of) in cells.items()})
        return RecoveryLookup(tuple(levels), float(outcomes.mean()), tuple(counts))

    def __call__(self, rows: Rows) -> Floats:
        """The rate of each row's narrowest cell, (n,)."""
        rate = np.full(len(rows), self.base)
        for columns, cells in zip(self.levels, self.counts, strict=True):
            found = np.array([cells.get(key, (0.0, 0.0)) for key in keys_of(rows, columns, {})])
            rate = (found[:, 0] + SMOOTHING * rate) / (found[:, 1] + SMOOTHING)
        return rate


HISTORY_LEVELS: tuple[tuple[str, ...], ...] = (
    ("action",),
    ("action", "category"),
    ("action", "carc"),
    ("action", "carc", "payer"),
)
REVIEW_LEVELS: tuple[tuple[str, ...], ...] = (
    ("treatment_category",),
    ("treatment_sub_category",),
    ("treatment_sub_category", "diagnosis_sub_category"),
    ("treatment_sub_category", "diagnosis_sub_category", "imr_type"),
)

"""Null data: the same claims, their outcomes drawn anew from payer and season alone, so that no pattern is there.

Confounding and seasonality stay: a facility bills the same payers, and plans change in January.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from features.progress import track
from training.patterns.baseline import Rake, indicators, margins
from training.patterns.find import searched, with_outcomes
from training.patterns.itemsets import Itemsets
from training.patterns.null import redrawn
from training.patterns.outcomes import Outcomes

SEEDS = 20


def patterns_in_null_data(
    given: Outcomes, itemsets: Itemsets, *, seed: int, seeds: int = SEEDS
) -> Sequence[int]:
    """How many patterns are reported in each null data set; none should be."""
    denied = indicators(given.category, len(given.categories))
    kept = [margin for margin in margins(given) if margin.name in ("payer", "season")]
    expected = np.stack([Rake(column.copy(), kept).fit() for column in denied.T], axis=1)
    counts = []
    for number in track(range(seeds), "Null data", total=seeds):
        drawn = redrawn(expected, np.random.default_rng([seed, number]))
        _, chosen = searched(with_outcomes(given, drawn), itemsets, seed=seed + number)
        counts.append(len(chosen))
    return counts

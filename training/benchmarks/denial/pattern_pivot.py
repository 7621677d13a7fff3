"""The baseline for patterns: pivot tables of one or two attributes, each cell against its payers' rates.

What an analyst does with a spreadsheet: every cell in which more is denied than its payers deny, by a z-test, is a
pattern, at a false discovery rate of 5 % over all cells (Benjamini and Hochberg).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.stats import false_discovery_control, norm

from features.match_keys import payer_key
from training.benchmarks.denial.pattern_truth import HALF, Reported
from training.patterns.baseline import Floats, Margin, Rake, margins
from training.patterns.itemsets import Itemsets
from training.patterns.outcomes import Outcomes

LEVEL = 0.05


def pivot(given: Outcomes, itemsets: Itemsets) -> list[Reported]:
    """The cells that are significant."""
    denied = given.denied.astype(np.float64)
    expected = _payers_rate(given, denied)
    seen, usual = itemsets.members @ denied, itemsets.members @ expected
    spread = np.sqrt(np.maximum(itemsets.members @ (expected * (1 - expected)), 1e-9))
    cells = np.flatnonzero((itemsets.codes >= 0).sum(axis=1) <= 2)
    chance = false_discovery_control(norm.sf((seen - usual)[cells] / spread[cells]))
    return [
        Reported(itemsets.rows(int(cell)), frozenset(), float(seen[cell] - usual[cell]))
        for cell in cells[chance <= LEVEL]
    ]


def pivot_excess(given: Outcomes, true: Mapping[str, Floats], reported: list[Reported]) -> Floats:
    """The true excess of each cell beyond payer, season, service, place and amount; other cells are not expected."""
    probability = np.sum(list(true.values()), axis=0)
    expected = Rake(probability, margins(given)).fit()
    return np.array([(probability[one.rows] - expected[one.rows]).sum() for one in reported])


def share_of_true(excess: Floats, reported: list[Reported]) -> float:
    """The share of cells of which at least half of the excess is there."""
    kept = [true >= HALF * one.excess for true, one in zip(excess, reported, strict=True)]
    return float(np.mean(kept)) if kept else 1.0


def _payers_rate(given: Outcomes, denied: Floats) -> Floats:
    payers = Margin.of("payer", [payer_key(claim) for claim in given.claims])
    rate = np.bincount(payers.groups, weights=denied) / np.bincount(payers.groups)
    return np.asarray(rate[payers.groups])

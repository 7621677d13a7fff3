"""A control: the model learns from all providers but one, and is asked about the one that it has never seen.

A model that leans on one provider's habits, its numbers say, loses here what it seems to gain elsewhere.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from training.benchmarks.matching.tables import f1_of, in_words
from training.datasets import Dataset
from training.match_evaluation import Answers, batch_counts
from training.match_fit import ROUNDS
from training.remittance_match import Prepared, answer, fit_and_save

PLACE = (
    1  # of the providers by how many payments they have: the second, so that enough are left to learn from
)


@dataclass(frozen=True)
class Held:
    """F1 on the payments of one provider, by a model that has seen it and by one that has not."""

    payments: int
    seen: dict[str, float]
    unseen: dict[str, float]

    def __str__(self) -> str:
        return (
            f"a provider that the model never saw ({self.payments:,} payments): F1 {in_words(self.unseen, 'f1')}, "
            f"and {in_words(self.seen, 'f1')} by one that did"
        )

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**vars(self)}


def held_out(
    dataset: Dataset, prepared: Prepared, usual: Answers, wanted: Sequence[str], *, seed: int
) -> Held:
    """Hold out a provider of the test window; nothing where there is but one.

    ``usual`` are the answers of a model that has seen all, and ``wanted`` the truth, both of the test window.
    """
    windows = prepared.windows
    payees = np.array([payment.payee_npi or "" for payment in prepared.labels.payments])
    known = Counter(payees[windows.fit].tolist()).most_common()
    if len(known) <= PLACE:
        return Held(0, {}, {})
    held = payees == known[PLACE][0]
    without = replace(
        windows,
        fit=windows.fit[~held[windows.fit]],
        calibration=windows.calibration[~held[windows.calibration]],
    )
    inside = held[windows.test]
    with tempfile.TemporaryDirectory() as scratch:
        model, _ = fit_and_save(
            dataset, replace(prepared, windows=without), folder=Path(scratch), seed=seed, rounds=ROUNDS
        )
    unseen = answer(model, prepared, windows.test, wanted=wanted)
    counts = batch_counts([prepared.labels.batch[row] for row in windows.test], seed=seed)
    return Held(int(inside.sum()), f1_of(usual, inside, counts), f1_of(unseen, inside, counts))

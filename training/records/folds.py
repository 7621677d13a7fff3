"""Parts of labelled pairs that a member is fitted on, and the part that it does not see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
FOLDS = 5
FOLDS_OF_MANY = 3
MANY = 30_000  # pairs
REPEATED = 3_000  # pairs below which the folds are drawn twice, for a steadier answer


@dataclass(frozen=True)
class Fold:
    """Rows to fit on, and rows held out."""

    fit: Rows
    held: Rows


def folds(labels: Floats, records: Rows, *, seed: int) -> list[Fold]:
    """Folds with both labels in each part that is fitted on; every pair is held out equally often.

    All pairs of one left record fall into one fold where there are enough records, so that what is held out is of
    records that were not learnt from.
    """
    number = FOLDS_OF_MANY if labels.size > MANY else FOLDS
    number = int(min(number, labels.sum(), (1 - labels).sum()))
    repeats = 2 if labels.size < REPEATED else 1
    return [fold for repeat in range(repeats) for fold in _once(labels, records, number, seed * 10 + repeat)]


def _once(labels: Floats, records: Rows, number: int, seed: int) -> list[Fold]:
    rows = np.zeros((labels.size, 1))
    if (
        np.unique(records[labels > 0]).size >= 2 * number
        and np.unique(records[labels == 0]).size >= 2 * number
    ):
        grouped = StratifiedGroupKFold(number, shuffle=True, random_state=seed)
        found = [Fold(fit, held) for fit, held in grouped.split(rows, labels, records)]
        if all(np.unique(labels[fold.fit]).size == 2 for fold in found):
            return found
    plain = StratifiedKFold(number, shuffle=True, random_state=seed)
    return [Fold(fit, held) for fit, held in plain.split(rows, labels)]

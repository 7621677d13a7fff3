"""Counts of one network, which add up over networks, and the figures that they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.benchmarks.invoices.methods import Answers
from training.benchmarks.invoices.truth import CAUSES, CLEAN, family_of
from training.benchmarks.repeats import named_mean
from training.metrics import exact_interval

Floats = NDArray[np.float64]
FALSE_ALARMS = 0.02  # of the clean invoices: the rate at which methods are compared


@dataclass
class Tally:
    """What one method did, over all networks so far."""

    flagged: Counter[str] = field(default_factory=Counter)  # by cause, at the stated false-alarm rate
    all: Counter[str] = field(default_factory=Counter)  # by cause
    true: Counter[str] = field(default_factory=Counter)  # by family: named and right
    named: Counter[str] = field(default_factory=Counter)  # by family: named
    there: Counter[str] = field(default_factory=Counter)  # by family: of the truth

    def add(self, answers: Answers, causes: Sequence[str], *, share: float = FALSE_ALARMS) -> None:
        """One network's invoices, flagged with this share of false alarms among the clean ones."""
        above = at_false_alarms(answers.scores, causes, share)
        self.all.update(causes)
        self.flagged.update(cause for cause, flag in zip(causes, above, strict=True) if flag)
        for named, cause in zip(answers.named or (), causes, strict=bool(answers.named)):
            wanted = frozenset() if cause == CLEAN else frozenset([family_of(cause)])
            self.named.update(named)
            self.there.update(wanted)
            self.true.update(named & wanted)

    def recalls(self) -> dict[str, float]:
        """Of each cause the share that is flagged, and of clean invoices the share that is flagged for nothing."""
        figures: dict[str, float] = {}
        for cause in (*CAUSES, CLEAN):
            figures |= rate(cause, self.flagged[cause], self.all[cause])
        hits = sum(self.flagged[cause] for cause in CAUSES)
        figures |= rate("all causes", hits, sum(self.all[cause] for cause in CAUSES))
        return figures | rate("precision", hits, hits + self.flagged[CLEAN])

    def names(self, wanted: str) -> dict[str, float]:
        """Precision, recall and F1 of naming a family."""
        true, named, there = self.true[wanted], self.named[wanted], self.there[wanted]
        f1 = {"f1": 2 * true / (named + there)} if named + there else {}
        return {**rate("precision", true, named), **rate("recall", true, there), **f1}


def at_false_alarms(scores: Floats, causes: Sequence[str], share: float) -> NDArray[np.bool_]:
    """Which invoices score highest, so many that this share of the clean ones is among them and no more.

    Of invoices that score alike all or none are flagged.
    """
    clean = np.sort(scores[np.array([cause == CLEAN for cause in causes])])[::-1]
    allowed = int(share * clean.size)
    return np.asarray(scores > clean[min(allowed, clean.size - 1)], dtype=np.bool_)


def rate(name: str, hits: int, of: int) -> dict[str, float]:
    """A share with its exact interval; nothing where there was nothing."""
    if not of:
        return {}
    low, high = exact_interval(hits, of)
    return {name: hits / of, f"{name}_low": low, f"{name}_high": high}


def over_networks(values: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each figure over the networks that have it, with its interval."""
    names = dict.fromkeys(name for one in values for name in one)
    figures: dict[str, float] = {}
    for name in names:
        figures |= named_mean(name, [one[name] for one in values if name in one])
    return figures

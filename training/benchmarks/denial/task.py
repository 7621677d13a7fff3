"""The task of denial risk: what a method is given, what it is asked, and how its answers are judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import cast

import numpy as np

from features.errors import BadInputError
from features.x12.records import Claim
from training.benchmarks.denial.days import Course
from training.benchmarks.denial.truth import read_truth, true_of
from training.benchmarks.protocols import DailyRiskModel, DenialDay, DenialHistory, RiskModel
from training.datasets import Dataset
from training.denial_labels import MATURES_AFTER, label
from training.metrics import Floats
from training.windows import Windows


@dataclass(frozen=True)
class Split:
    """The history, the claims of the test window in the order in which they were sent, and the window's days."""

    history: DenialHistory
    claims: tuple[Claim, ...]
    described: str
    days: tuple[DenialDay, ...] = ()


def split(dataset: Dataset, *, seed: int) -> Split:
    """Cut in time: the test window is the last 13 % of the labelled claims, by the day on which they were sent.

    The history is what a provider has on its first day: claims sent at least 90 days before, and answered by then.
    """
    labels = label(dataset)
    windows = Windows.from_dates(labels.sent)
    first, last = windows.span("test")
    past = [
        row
        for row in chain(windows.fit, windows.calibration, windows.certification)
        if labels.sent[row] <= first - MATURES_AFTER and labels.answered[row] < first
    ]
    course = Course.of(dataset)
    all_sent, all_answers, all_rejected = course.before(first)
    history = DenialHistory(
        claims=tuple(labels.claims[row] for row in past),
        denied=tuple(labels.denied[row] for row in past),
        sent=tuple(labels.sent[row] for row in past),
        answered=tuple(labels.answered[row] for row in past),
        batch=tuple(labels.batch[row] for row in past),
        seed=seed,
        all_sent=all_sent,
        all_answers=all_answers,
        all_rejected=all_rejected,
    )
    test = tuple(labels.claims[row] for row in windows.test)
    described = f"{len(past):,} claims of history, {len(test):,} to judge, sent {first} to {last}"
    return Split(history, test, described, course.days(test))


def ask(method: RiskModel | DailyRiskModel, given: Split) -> list[float]:
    """The method's answers, in plain values; a method that has ``risk_on`` is asked day by day."""
    if not hasattr(method, "risk_on"):
        return [float(probability) for probability in method.risk(given.claims)]
    said: list[float] = []
    for day in given.days:
        told = [float(probability) for probability in cast("DailyRiskModel", method).risk_on(day)]
        if len(told) != len(day.asked):
            raise BadInputError(f"{len(told)} probabilities were given for {len(day.asked)} claims of a day")
        said += told
    return said


def checked(said: Sequence[float], given: Split) -> Floats:
    """Probabilities (n,); raises BadInputError where they are none."""
    probability = np.asarray(said, dtype=np.float64)
    if probability.shape != (len(given.claims),):
        raise BadInputError(f"{probability.size} probabilities were given for {len(given.claims)} claims")
    if not bool(((probability >= 0) & (probability <= 1)).all()):
        raise BadInputError("a probability lies outside 0 to 1", remedy="give one of 0..1 for each claim")
    return probability


def outcomes(given: Split, folder: Path) -> Floats:
    """Whether each claim of the test window was denied, (n,), by the sealed truth."""
    return np.array([true.denied for true in true_of(read_truth(folder), given.claims)], dtype=np.float64)

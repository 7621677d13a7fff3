"""Denials as they came in and were worked, with what only the simulation knows: how likely each was to be won back."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.denial_work import CORRECTED
from features.errors import MissingDataError
from features.match_keys import normalised
from features.recovery_rows import rows_of
from models.recovery_limits import Limits
from models.recovery_options import Action
from training.benchmarks.denial.truth import TrueClaim, read_truth
from training.datasets import Dataset
from training.metrics import Floats
from training.recovery import learn
from training.recovery_outcomes import Outcome, Outcomes, read_outcomes, work_file

WINDOW: Final = timedelta(days=365)  # the last year in which denials came
LEAST_DAYS: Final = 5
"""What is later than its published limit was worked all the same, so it had time; chosen."""


@dataclass(frozen=True)
class Stream:
    """Denials (n,) in order of arrival; days count from the first."""

    day: NDArray[np.intp]  # of arrival
    deadline: NDArray[np.intp]  # the last day on which it can be worked
    probability: Floats  # that working it recovers the amount
    amount: Floats  # dollars refused
    minutes: Floats  # that working it takes

    @property
    def value(self) -> Floats:
        """Dollars that working each is expected to bring."""
        return np.asarray(self.probability * self.amount)

    @property
    def span(self) -> int:
        """Days from the first arrival to the last, both included."""
        return int(self.day.max()) + 1

    def at(self, places: NDArray[np.intp]) -> Stream:
        """The denials at these places."""
        return Stream(**{one.name: getattr(self, one.name)[places] for one in fields(self)})


@dataclass(frozen=True)
class Year:
    """A year of denials: as they are by the simulation, and as a model and the usual minutes have them beforehand."""

    true: Stream
    known: Stream | None  # None where there is too little history for a model

    def resampled(self, random: np.random.Generator) -> Year:
        """As many denials drawn with replacement, each with its day: another year of the same provider."""
        places = np.sort(random.integers(0, len(self.true.day), len(self.true.day)))
        return Year(self.true.at(places), self.known.at(places) if self.known else None)


def read_year(dataset: Dataset, folder: Path, *, seed: int) -> Year:
    """The denials of the last year that were corrected or appealed, and whose end is known.

    The model has learnt from what was settled before the year began. Raises MissingDataError without a truth or without
    a list of work.
    """
    found = read_outcomes(dataset, work_file(dataset))
    if not found.finished:
        raise MissingDataError("no denial was worked to its end", folder.name, "simulate more claims")
    start = max(one.denial.known for one in found.finished) - WINDOW
    year = sorted(
        (one for one in found.finished if one.denial.known > start and one.denial.amount > 0),
        key=lambda one: one.denial.known,
    )
    true = _stream(year, _true_chances(year, folder))
    return Year(true, _as_known(true, year, dataset, found, before=start, seed=seed))


def _as_known(
    true: Stream, year: Sequence[Outcome], dataset: Dataset, found: Outcomes, *, before: date, seed: int
) -> Stream | None:
    try:
        learnt = learn(dataset, found, seed=seed, before=before)
    except MissingDataError:
        return None
    chances = learnt.chance.probabilities(rows_of([one.denial for one in year], [one.action for one in year]))
    minutes = [learnt.minutes.at((one.action, one.denial.category)) for one in year]
    return dataclasses.replace(true, probability=chances, minutes=np.array(minutes, dtype=np.float64))


def _stream(year: Sequence[Outcome], chances: Sequence[float]) -> Stream:
    first = year[0].denial.known
    return Stream(
        day=np.array([(one.denial.known - first).days for one in year], dtype=np.intp),
        deadline=np.array([(_deadline(one) - first).days for one in year], dtype=np.intp),
        probability=np.array(chances, dtype=np.float64),
        amount=np.array([float(one.denial.amount) for one in year]),
        minutes=np.array([max(1.0, one.minutes) for one in year]),
    )


def _deadline(outcome: Outcome) -> date:
    denial = outcome.denial
    action: Action = "corrected" if outcome.action == CORRECTED else "appeal"
    least = denial.known + timedelta(days=LEAST_DAYS)
    return max(Limits().deadline(denial, action) or least, least)


def _true_chances(year: Sequence[Outcome], folder: Path) -> list[float]:
    """Of a correction that it is not denied again, of an appeal that it is won, as the simulation drew them."""
    claims, appeals = read_truth(folder), _appeals(folder)
    return [_true_chance(one, claims, appeals) for one in year]


def _true_chance(one: Outcome, claims: Mapping[str, TrueClaim], appeals: Mapping[str, float]) -> float:
    try:
        if one.action == CORRECTED:
            return 1.0 - claims[one.new_claim_id or ""].probability
        return appeals[normalised(one.denial.payment.payer_claim_number)]
    except KeyError:
        raise MissingDataError(
            "the truth does not tell of every denial", "truth/denials.csv", "simulate it anew"
        ) from None


def _appeals(folder: Path) -> dict[str, float]:
    """By the payer's number of the claim, which the remittance may write otherwise."""
    path = folder / "truth" / "denials.csv"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return {
                normalised(row["payer_claim_number"]): float(row["overturn_probability"])
                for row in csv.DictReader(stream)
            }
    except FileNotFoundError as error:
        raise MissingDataError(
            "there is no truth beside the data", path.name, "measure on simulated data"
        ) from error

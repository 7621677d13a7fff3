"""Denials as they came in, with what only the simulation knows of each: how likely it is to be won back."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.errors import MissingDataError
from features.match_keys import normalised
from features.recovery import refused
from features.x12.records import ClaimPayment
from training.benchmarks.denial.truth import TrueClaim, read_truth
from training.datasets import Dataset
from training.metrics import Floats

WINDOW = 365  # days: the last year in which denials came
CORRECTED, APPEAL = "corrected", "appeal"

APPEAL_DAYS: Final[Mapping[str, int]] = {"MA": 120, "MB": 120, "MC": 60, "16": 60, "HM": 60}
"""Days from the denial in which it can be appealed, by the filing indicator (SBR09).

42 CFR 405.942 (Medicare redetermination), 42 CFR 438.402 (Medicaid managed care), 42 CFR 422.582 (Medicare Advantage,
60 days then; 65 since 2025).
"""

OTHER_APPEAL_DAYS: Final = 180  # 29 CFR 2560.503-1(h)(3)(i), group health plans

FILING_DAYS: Final[Mapping[str, int]] = {"MA": 365, "MB": 365, "MC": 365}
"""Days from the service in which a corrected claim can be sent: 42 CFR 424.44, 42 CFR 447.45(d)."""

OTHER_FILING_DAYS: Final = 180  # chosen: contracts say from 90 days to a year
LEAST_DAYS: Final = (
    5  # a correction whose limit has run out is still taken so long, or nobody would send it; chosen
)


@dataclass(frozen=True)
class Stream:
    """Denials (n,) in order of arrival; days count from the first."""

    day: NDArray[np.intp]  # of arrival
    deadline: NDArray[np.intp]  # the last day on which it can be worked
    probability: Floats  # that working it recovers the amount, as the simulation draws it
    amount: Floats  # dollars refused
    minutes: Floats  # that working it takes
    usual_minutes: Floats  # that such work takes as a rule: all that is known beforehand

    @property
    def value(self) -> Floats:
        """Dollars that working each is expected to bring."""
        return np.asarray(self.probability * self.amount)

    @property
    def span(self) -> int:
        """Days from the first arrival to the last, both included."""
        return int(self.day.max()) + 1

    def resampled(self, random: np.random.Generator) -> Stream:
        """As many denials drawn with replacement, each with its day: another year of the same provider."""
        return self.at(np.sort(random.integers(0, len(self.day), len(self.day))))

    def at(self, places: NDArray[np.intp]) -> Stream:
        """The denials at these places."""
        return Stream(**{one.name: getattr(self, one.name)[places] for one in fields(self)})


def read_stream(dataset: Dataset, folder: Path) -> Stream:
    """The denials of the last year that people worked; raises MissingDataError without a truth or denials."""
    worked = _by_number(folder / "denial_work.csv")
    truth = _by_number(folder / "truth" / "denials.csv")
    usual = {action: _usual_minutes(worked, action) for action in (CORRECTED, APPEAL)}
    claims = read_truth(folder)
    rows = [
        _row(paid, worked[number], truth[number], claims, usual)
        for paid in dataset.claim_payments
        if (number := normalised(paid.payer_claim_number)) in worked and number in truth
    ]
    known = sorted(row for row in rows if row is not None)
    if not known:
        raise MissingDataError("there are no denials that were worked", folder.name, "simulate more claims")
    return _stream(known)


def _row(
    paid: ClaimPayment,
    work: Mapping[str, str],
    true: Mapping[str, str],
    claims: Mapping[str, TrueClaim],
    usual: Mapping[str, float],
) -> tuple[float, ...] | None:
    """A denial: what was given up could still have been appealed, in the minutes that an appeal takes as a rule."""
    amount = float(sum(refused([paid]).values()))
    if amount <= 0 or paid.payment_date is None or paid.service_from is None:
        return None
    action = work["action"] if work["action"] in usual else APPEAL
    minutes = float(work["minutes"]) if work["action"] == action else usual[action]
    if action == CORRECTED:
        chance = 1.0 - claims[work["new_claim_id"]].probability
    else:
        chance = float(true["overturn_probability"])
    last = deadline(action, paid.filing_indicator, service=paid.service_from, known=paid.payment_date)
    return (
        paid.payment_date.toordinal(),
        last.toordinal(),
        chance,
        amount,
        max(1.0, minutes),
        usual[action],
    )


def deadline(action: str, filing_indicator: str | None, *, service: date, known: date) -> date:
    """The last day of an action about a denial that became known on a day.

    >>> deadline("appeal", "MB", service=date(2024, 1, 2), known=date(2024, 2, 1))
    datetime.date(2024, 5, 31)
    """
    kind = filing_indicator or ""
    if action == APPEAL:
        return known + timedelta(days=APPEAL_DAYS.get(kind, OTHER_APPEAL_DAYS))
    limit = service + timedelta(days=FILING_DAYS.get(kind, OTHER_FILING_DAYS))
    return max(limit, known + timedelta(days=LEAST_DAYS))


def _stream(rows: list[tuple[float, ...]]) -> Stream:
    table = np.array(rows)
    table = table[table[:, 0] > table[-1, 0] - WINDOW]
    first = table[0, 0]
    day, last = ((table[:, column] - first).astype(np.intp) for column in (0, 1))
    return Stream(day, last, *(table[:, column] for column in range(2, 6)))


def _usual_minutes(worked: Mapping[str, Mapping[str, str]], action: str) -> float:
    return float(
        median([float(row["minutes"]) for row in worked.values() if row["action"] == action] or [30])
    )


def _by_number(path: Path) -> dict[str, dict[str, str]]:
    """Rows by the payer's number of the claim, which the remittance may write otherwise."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return {normalised(row["payer_claim_number"]): row for row in csv.DictReader(stream)}
    except FileNotFoundError as error:
        raise MissingDataError(
            "there is no such file beside the data", path.name, "measure on simulated data"
        ) from error

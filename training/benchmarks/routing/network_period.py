"""A model and its certificates as they go live, and the period that follows, judged by the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.certificates import Certificate
from models.routing import RoutingInput

Days = NDArray[np.datetime64]
STRESS_AFTER = 30  # days
STRESS_SHARE = {"remittance-match": 0.2, "denial-risk": 0.75}
"""Of the items of one payer: enough to lift a whole lane well above its alpha."""


@dataclass(frozen=True)
class Period:
    """The items that come while the certificates are in force, in order of day; all run in parallel."""

    items: Sequence[RoutingInput]
    errors: NDArray[np.int64]  # (n,) 1 where acting without a look is wrong, by the truth
    days: Days  # (n,) on which each comes
    told: Days  # (n,) on which it is known of each that is checked whether it was right
    answers: Days | None = (
        None  # (n,) of the payers, where they tell of every item instead of blind checks of some
    )

    def known(self, day: date) -> NDArray[np.int64]:
        """Whether each is known to be wrong in the morning of a day, (n,).

        An answer that comes when it should have been told of counts no more.
        """
        if self.answers is None:
            return self.errors
        return np.where(self.answers < np.minimum(self.told, np.datetime64(day)), self.errors, 0)


@dataclass(frozen=True)
class Deployed:
    """What went live on a day: everything of it was learnt from what was known before."""

    model_version: str
    certificates: tuple[Certificate, ...]
    naive: tuple[Certificate, ...]  # with the thresholds that looked good on the same labels
    period: Period
    first: date  # of the period
    until: date  # the day after its last


def stressed(period: Period, *, first: date, seed: int) -> Period:
    """The period in which one payer begins to mislead: from a day on a share of its items is wrong, and nothing that
    the model sees tells which.

    It is the payer with most items, as one that takes to paying other claims than it names, or to denying what it
    used to pay.
    """
    payers = np.array([item.payer or "" for item in period.items])
    names, counts = np.unique(payers, return_counts=True)
    later = period.days >= np.datetime64(stress_day(first))
    drawn = np.random.default_rng(seed).random(payers.size) < STRESS_SHARE[period.items[0].kind]
    hit = (payers == names[np.argmax(counts)]) & later & drawn
    return replace(period, errors=np.where(hit, 1, period.errors))


def stress_day(first: date) -> date:
    """The day on which the stress begins."""
    return first + timedelta(STRESS_AFTER)

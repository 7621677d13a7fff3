"""The items of a kind as a model sees them, each on its day, with what came of it where that is known."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.routing import RoutingInput
from training.certificates import Judged

UNKNOWN = -1


@dataclass(frozen=True)
class Rows:
    """Items in order of their days; all columns run in parallel."""

    kind: str
    items: Sequence[RoutingInput]  # as serving would route them on the day of receipt
    days: Sequence[date]
    numbers: Sequence[int]  # of the item among all of its kind in the folder, in order of days, from 1
    errors: NDArray[
        np.int64
    ]  # (n,) 1: acting without a look would have been wrong, 0: right, -1: nobody knows
    batches: Sequence[Hashable]  # what errors hang together in: the remittance, the order

    def __len__(self) -> int:
        return len(self.items)

    def cents(self) -> NDArray[np.int64]:
        """(n,) the amounts in cents, without sign; 0 where there is none."""
        return np.array([abs(round((item.amount or 0) * 100)) for item in self.items], dtype=np.int64)

    def judged(self) -> Judged | None:
        """The rows whose outcome is known, as certification wants them; None where there are none."""
        known = np.flatnonzero(self.errors != UNKNOWN).tolist()
        if not known:
            return None
        days = [self.days[row] for row in known]
        return Judged(
            items=[self.items[row] for row in known],
            errors=self.errors[known],
            batches=[self.batches[row] for row in known],
            window=(min(days), max(days)),
        )


class Source(Protocol):
    """The items of a kind in a folder, read and labelled once; any model of the kind can score them."""

    kind: str

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day that has items; None where there are none."""
        ...

    def score(self, folder: Path, first: date, last: date) -> Rows:
        """The items of some days, as the model of a folder scores them with what was known on each day."""
        ...


def span(days: Sequence[date]) -> tuple[date, date] | None:
    """The first and the last of some days."""
    return (min(days), max(days)) if days else None


def within(days: Sequence[date], first: date, last: date) -> NDArray[np.intp]:
    """The places of the days from ``first`` to ``last``, both included, in order of days."""
    inside = [place for place, day in enumerate(days) if first <= day <= last]
    return np.array(sorted(inside, key=lambda place: days[place]), dtype=np.intp)

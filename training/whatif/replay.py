"""One kind of item, decided twice: as what is in force would have, and as what is tried would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.errors import MissingDataError
from features.progress import track
from models.lanes import Lane
from models.routing import Routed
from models.work_minutes import minutes_of
from training.whatif.ageing import Waited, wait, working_days
from training.whatif.rows import Rows
from training.whatif.ruling import Ruling

SPARE = 1.1  # of what the work of the ruling in force takes a day
LEAST_MINUTES = 60.0  # a day, where it takes next to nothing


@dataclass(frozen=True)
class Side:
    """A ruling, what its model says of each item, and where each item went."""

    ruling: Ruling
    rows: Rows
    waited: Waited

    def lanes(self) -> list[Lane]:
        """Where each item ended, (n,)."""
        return [routed.lane for routed in self.waited.routed]

    def automatic(self) -> NDArray[np.bool_]:
        """Which went without a look, (n,)."""
        return np.array([routed.lane is Lane.AUTO for routed in self.waited.routed], dtype=np.bool_)


@dataclass(frozen=True)
class Replay:
    """A kind before and after, item by item in parallel."""

    kind: str
    before: Side
    after: Side
    honest: NDArray[np.bool_]  # (n,) whether the day had no part in either model or its certificates
    honest_from: date
    minutes_a_day: float  # of people, the same on both sides

    def changed(self) -> NDArray[np.intp]:
        """The places of the items that ended elsewhere."""
        lanes = zip(self.before.waited.routed, self.after.waited.routed, strict=True)
        return np.flatnonzero([one.lane is not other.lane for one, other in lanes])


def replay(
    before: tuple[Ruling, Rows],
    after: tuple[Ruling, Rows],
    *,
    honest_from: date,
    until: date,
    minutes_a_day: float | None = None,
) -> Replay:
    """Decide all items twice in order of time; both sides hold the same items.

    Without ``minutes_a_day`` people have what the work of the ruling in force takes and a tenth more. Raises
    MissingDataError where there are no items.
    """
    rows = before[1]
    if not len(rows):
        raise MissingDataError(
            f"no {rows.kind} item falls into these days", remedy="widen --from and --until"
        )
    first = [_decide(*side) for side in (before, after)]
    minutes = minutes_a_day or usual_minutes(first[0], rows, until)
    sides = [
        Side(ruling, one, wait(one, ruling, lanes, minutes_a_day=minutes, until=until))
        for (ruling, one), lanes in zip((before, after), first, strict=True)
    ]
    honest = np.array([day >= honest_from for day in rows.days], dtype=np.bool_)
    return Replay(
        rows.kind, sides[0], sides[1], honest=honest, honest_from=honest_from, minutes_a_day=minutes
    )


def usual_minutes(routed: Sequence[Routed], rows: Rows, until: date) -> float:
    """Minutes a working day that suffice for what went to people, with a tenth to spare."""
    manual = sum(one.lane is not Lane.AUTO for one in routed)
    days = max(1, working_days(rows.days[0], until))
    return max(LEAST_MINUTES, SPARE * manual * minutes_of(rows.kind) / days)


def _decide(ruling: Ruling, rows: Rows) -> list[Routed]:
    both = zip(rows.items, rows.days, strict=True)
    return [ruling.lane(item, day) for item, day in track(both, f"Routing {rows.kind}", total=len(rows))]

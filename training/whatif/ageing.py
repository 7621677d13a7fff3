"""What waiting does: items that nobody reached by the time that their age crosses a row's bound move up.

The assumption, the same under both policies: a fixed number of minutes each Monday to Friday for each kind, the
queue empty on the first day, the stricter lane first and within a lane the older item, each item the kind's usual
minutes. Nothing else takes people's time, and nobody works ahead by value. An item is routed again on the days on
which its age reaches a bound of the policy, and only ever to a stricter lane.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from msgspec.structs import replace

from models.lanes import Lane
from models.policy_times import time_bounds
from models.routing import Routed, RoutingInput
from models.work_minutes import minutes_of
from training.whatif.rows import Rows
from training.whatif.ruling import Ruling

SATURDAY = 5
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Waited:
    """Where items ended, in the order in which they came."""

    routed: Sequence[Routed]  # after waiting
    first: Sequence[Routed]  # as they came
    decided: Sequence[
        date | None
    ]  # the day on which a person took it; None in auto, or still open at the end

    def moved(self, place: int) -> bool:
        """Whether waiting moved an item up."""
        return self.routed[place].lane is not self.first[place].lane

    def is_open(self, place: int) -> bool:
        """Whether nobody had reached it by the last day."""
        return self.decided[place] is None and self.routed[place].lane is not Lane.AUTO


@dataclass
class _Queue:
    rows: Rows
    ruling: Ruling
    routed: list[Routed]
    decided: list[date | None]
    heap: list[tuple[int, date, int]] = field(default_factory=list)  # strictest, then oldest
    due: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))

    def arrive(self, place: int, bounds: Iterable[int]) -> None:
        day = self.rows.days[place]
        self._push(place)
        for bound in bounds:
            self.due[day + timedelta(days=bound)].append(place)

    def age(self, day: date) -> None:
        """Route again what is open and reaches a bound today."""
        for place in self.due.pop(day, ()):
            if self.decided[place] is None:
                waited = (day - self.rows.days[place]).days
                again = self.ruling.lane(aged(self.rows.items[place], waited), day)
                if again.lane > self.routed[place].lane:
                    self.routed[place] = again
                    self._push(place)

    def work(self, day: date, minutes: float, each: float) -> float:
        """Decide what the minutes suffice for; what is left of them is less than an item takes."""
        while self.heap and minutes >= each:
            *_, place = heapq.heappop(self.heap)
            if self.decided[place] is None:
                self.decided[place] = day
                minutes -= each
        return minutes if self.heap else 0.0

    def _push(self, place: int) -> None:
        strictness = self.routed[place].lane.strictness
        heapq.heappush(self.heap, (-strictness, self.rows.days[place], place))


def wait(rows: Rows, ruling: Ruling, first: Sequence[Routed], *, minutes_a_day: float, until: date) -> Waited:
    """Let time pass from the first item's day to ``until``; ``first`` are the lanes as the items came."""
    queue = _Queue(rows, ruling, list(first), [None] * len(rows))
    bounds = _days_of_bounds(ruling, rows.kind)
    each, left, place = minutes_of(rows.kind), 0.0, 0
    day = rows.days[0] if len(rows) else until
    while day <= until:
        while place < len(rows) and rows.days[place] == day:
            if first[place].lane is not Lane.AUTO:
                queue.arrive(place, bounds)
            place += 1
        queue.age(day)
        if day.weekday() < SATURDAY:
            left = queue.work(day, minutes_a_day + left, each)
        day += DAY
    return Waited(queue.routed, first, queue.decided)


def working_days(first: date, last: date) -> int:
    """Mondays to Fridays from one day to another, both included.

    >>> working_days(date(2024, 3, 1), date(2024, 3, 4))
    2
    """
    return sum((first + DAY * days).weekday() < SATURDAY for days in range((last - first).days + 1))


def aged(item: RoutingInput, days: float) -> RoutingInput:
    """The same item some days later."""
    older = replace(item, age_days=(item.age_days or 0.0) + days)
    if older.days_to_deadline is None:
        return older
    return replace(older, days_to_deadline=older.days_to_deadline - days)


def _days_of_bounds(ruling: Ruling, kind: str) -> list[int]:
    """Whole days after which a row may say something else; a bound may or may not include its own day."""
    ages = time_bounds(ruling.policy, kind).ages
    return sorted({days for age in ages for days in (math.ceil(age), math.floor(age) + 1) if days > 0})

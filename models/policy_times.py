"""When time alone may change what a policy says of an item: the bounds on age and on the days to a deadline."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from models.policy_table import BOUNDS, Policy, Row


class TimeBounds(Struct, frozen=True):
    """The figures of a policy's rows for a kind, ascending, in days."""

    ages: tuple[float, ...]
    to_deadline: tuple[float, ...]

    def moments(self, received: datetime, deadline: date | None) -> Iterator[datetime]:
        """When an item crosses a bound, in no order: an age to the second, a deadline as a day begins (UTC).

        A bound of so many days to the deadline may include its own day or not, so both days are given.
        """
        yield from (received + timedelta(days=age) for age in self.ages)
        if deadline is not None:
            days = {deadline - timedelta(days=last) for bound in self.to_deadline for last in _days_of(bound)}
            yield from (datetime.combine(day, time(), tzinfo=UTC) for day in days)


def time_bounds(policy: Policy, kind: str) -> TimeBounds:
    """The bounds of all rows that can apply to a kind."""
    rows = [row for row in policy.rows if row.concerns(kind)]
    return TimeBounds(ages=_bounds(rows, "age_days"), to_deadline=_bounds(rows, "days_to_deadline"))


def _days_of(bound: float) -> tuple[int, int]:
    """The last number of days at or below a bound, and the last below it.

    >>> _days_of(7.0), _days_of(2.5)
    ((7, 6), (2, 2))
    """
    return math.floor(bound), math.ceil(bound) - 1


def _bounds(rows: list[Row], subject: str) -> tuple[float, ...]:
    """The numbers of all conditions on an input."""
    names = [name for name, (asked, _) in BOUNDS.items() if asked == subject]
    found = (getattr(row.when, name) for row in rows for name in names)
    return tuple(sorted({float(one) for one in found if one is not None}))

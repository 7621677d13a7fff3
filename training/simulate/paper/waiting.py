"""What is on its way and comes on a later day, and working days to count by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Generic, TypeVar

Item = TypeVar("Item")
MAILED_DAYS = (2, 6)  # working days from the pay day until the envelope is opened, as checks take; chosen
TYPED_DAYS = (0, 3)  # working days from there until a clerk types it; chosen


class Waiting(Generic[Item]):
    """Items that wait for their day, and no others: it holds no more than a few weeks have.

    >>> waiting = Waiting[str]()
    >>> waiting.put(date(2024, 3, 6), "late")
    >>> waiting.put(date(2024, 3, 4), "soon")
    >>> waiting.take(date(2024, 3, 5)), len(waiting)
    (['soon'], 1)
    """

    def __init__(self) -> None:
        self._heap: list[tuple[date, int, Item]] = []
        self._count = 0  # keeps the order of those with the same day, and items from being compared

    def put(self, day: date, item: Item) -> None:
        """Keep an item until its day."""
        self._count += 1
        heappush(self._heap, (day, self._count, item))

    def take(self, last: date) -> list[Item]:
        """Everything up to a day, in order of the days, and of the same day as it was put."""
        taken = []
        while self._heap and self._heap[0][0] <= last:
            taken.append(heappop(self._heap)[2])
        return taken

    def __len__(self) -> int:
        return len(self._heap)

    def __iter__(self) -> Iterator[Item]:
        """What still waits, in order of the days."""
        return (item for _, _, item in sorted(self._heap, key=lambda entry: entry[:2]))


def working_day_after(day: date, count: int) -> date:
    """So many working days on; for 0 the day itself, or the Monday after it. Bank holidays are left out.

    >>> working_day_after(date(2024, 3, 8), 1), working_day_after(date(2024, 3, 9), 0)
    (datetime.date(2024, 3, 11), datetime.date(2024, 3, 11))
    """
    while day.weekday() > 4:
        day += timedelta(1)
    for _ in range(count):
        day += timedelta(3 if day.weekday() == 4 else 1)
    return day

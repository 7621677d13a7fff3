"""What is on its way and comes on a later day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from heapq import heappop, heappush
from typing import Generic, TypeVar

Item = TypeVar("Item")


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

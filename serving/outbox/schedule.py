"""When a delivery that failed is tried again, and when no more."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from msgspec import Struct

LONGEST_WISH = timedelta(hours=24)  # that a receiver may ask to be left alone for


class Schedule(Struct, frozen=True):
    """Delays that double from ``first`` to ``longest``, each drawn from half of it to the whole, until ``end``."""

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(hours=6)
    end: timedelta = timedelta(days=3)  # after the event, or after it was sent again

    def delay(self, attempts: int, draw: Callable[[], float] = random.random) -> timedelta:
        """Until the next attempt, after so many; with jitter, so that many that failed together come apart.

        >>> [Schedule().delay(n, lambda: 1.0).total_seconds() for n in (1, 2, 3, 30)]
        [5.0, 10.0, 20.0, 21600.0]
        """
        doublings: int = min(max(attempts - 1, 0), 32)
        whole = min(self.first * (1 << doublings), self.longest)
        return whole * (0.5 + draw() / 2)

    def next_at(
        self,
        attempts: int,
        *,
        at: datetime,
        until: datetime,
        wish: timedelta | None,
        draw: Callable[[], float] = random.random,
    ) -> datetime | None:
        """The time of the next attempt; None where it was the last one, for the end is there.

        The last is at the end itself, so that none is given up earlier; a receiver's wish is kept past it too, once.
        """
        if at >= until:
            return None
        return max(min(at + self.delay(attempts, draw), until), at + (wish or timedelta(0)))


def wish_of(header: str | None, at: datetime) -> timedelta | None:
    """How long ``Retry-After`` asks to wait, a day at most; None where it says nothing that is understood.

    >>> wish_of("120", datetime(2026, 1, 1, tzinfo=UTC)), wish_of("soon", datetime(2026, 1, 1, tzinfo=UTC))
    (datetime.timedelta(seconds=120), None)
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=min(int(text[:9]), 10**8)), LONGEST_WISH)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment - at, timedelta(0)), LONGEST_WISH)

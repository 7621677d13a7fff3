"""What time it is to the service: now, or another day that old files are replayed on.

``CLEARLANE_TODAY`` (a date) has the service take that day for today, and time goes on from there: files of a past year
are then worked as they would have been, with deadlines ahead. It is for demonstrations. What is recorded carries that
day too, so a store that is in earnest use must never see it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from features.errors import BadInputError

VARIABLE = "CLEARLANE_TODAY"


def utc_now() -> datetime:
    """The time now."""
    return datetime.now(UTC)


def clock_of(environment: Mapping[str, str], now: Callable[[], datetime] = utc_now) -> Callable[[], datetime]:
    """The clock that an environment asks for; raises BadInputError for what is no date.

    >>> noon = lambda: datetime(2026, 3, 4, 12, tzinfo=UTC)
    >>> clock_of({"CLEARLANE_TODAY": "2024-02-29"}, noon)()
    datetime.datetime(2024, 2, 29, 12, 0, tzinfo=datetime.timezone.utc)
    """
    given = environment.get(VARIABLE)
    if not given:
        return now
    try:
        moved = date.fromisoformat(given) - now().date()
    except ValueError:
        raise BadInputError(
            "this is no date", VARIABLE, "write it as in 2024-02-29, or leave it out"
        ) from None
    return lambda: now() + moved

"""When a delivery is tried again: until its time is over and no shorter, and never before a receiver asked for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from serving.outbox.schedule import Schedule

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = BEGUN + Schedule().end
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "wish", "following"),
    [
        (UNTIL - 10 * HOUR, None, UNTIL - 4 * HOUR),
        (UNTIL - 10 * HOUR, HOUR, UNTIL - 4 * HOUR),
        (UNTIL - 10 * HOUR, 8 * HOUR, UNTIL - 2 * HOUR),
        (UNTIL - HOUR, None, UNTIL),
        (UNTIL - HOUR, 24 * HOUR, UNTIL + 23 * HOUR),
        (UNTIL, None, None),
        (UNTIL, 24 * HOUR, None),
        (UNTIL + 23 * HOUR, 24 * HOUR, None),
    ],
)
def test_the_last_attempt_is_at_the_end_or_when_the_receiver_asked_for_it(
    at: datetime, wish: timedelta | None, following: datetime | None
) -> None:
    assert Schedule().next_at(30, at=at, until=UNTIL, wish=wish, draw=lambda: 1.0) == following


@pytest.mark.parametrize("wish", [None, 24 * HOUR])
def test_none_is_given_up_before_its_time(wish: timedelta | None) -> None:
    at: datetime | None = BEGUN
    attempts, last = 0, BEGUN
    while at is not None:
        attempts, last = attempts + 1, at
        at = Schedule().next_at(attempts, at=at, until=UNTIL, wish=wish)
    assert UNTIL <= last <= UNTIL + 24 * HOUR
    assert attempts == 4 or wish is None

"""Working days to count by. Holidays are left out."""

from __future__ import annotations

from datetime import date, timedelta


def working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend.

    >>> working_day(date(2024, 3, 9)), working_day(date(2024, 3, 12))
    (datetime.date(2024, 3, 11), datetime.date(2024, 3, 12))
    """
    return day + timedelta(7 - day.weekday()) if day.weekday() > 4 else day


def working_day_after(day: date, count: int) -> date:
    """So many working days on; for 0 the day itself, or the Monday after it. Bank holidays are left out.

    >>> working_day_after(date(2024, 3, 8), 1), working_day_after(date(2024, 3, 9), 0)
    (datetime.date(2024, 3, 11), datetime.date(2024, 3, 11))
    """
    day = working_day(day)
    for _ in range(count):
        day += timedelta(3 if day.weekday() == 4 else 1)
    return day

"""How figures are written for a reviewer: money, probabilities, ages, ages. Pure functions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

NOTHING = "—"


def money(amount: Decimal | None) -> str:
    """An amount with thousands apart and two decimals; a dash where there is none.

    >>> money(Decimal("-1234.5")), money(Decimal(80)), money(None)
    ('−$1,234.50', '$80.00', '—')
    """
    if amount is None or not amount.is_finite():
        return NOTHING
    return f"{'−' if amount < 0 else ''}${abs(amount):,.2f}"


def times(units: Decimal | None) -> str:
    """Units after a procedure, where they are not one.

    >>> times(Decimal("3.0")), times(Decimal(1)), times(None)
    (', 3 units', '', '')
    """
    return "" if units is None or units == 1 else f", {units.normalize():f} units"


def percent(probability: float | None) -> str:
    """A probability in 0..1 as a percentage that never rounds to certainty.

    >>> percent(0.8649), percent(0.9995), percent(0.0002), percent(1.0), percent(None)
    ('86.5 %', '> 99.9 %', '< 0.1 %', '100 %', '—')
    """
    if probability is None or not 0.0 <= probability <= 1.0:
        return NOTHING
    if probability in (0.0, 1.0):
        return f"{probability * 100:.0f} %"
    if probability >= 0.9995:
        return "> 99.9 %"
    if probability < 0.0005:
        return "< 0.1 %"
    return f"{probability * 100:.1f} %"


def percent_range(low: float | None, high: float | None) -> str:
    """An interval of probabilities, open at an end that is all but certain; a dash where either end is missing.

    >>> percent_range(0.8149, 0.9), percent_range(0.98, 0.9999), percent_range(0.0001, 0.02)
    ('81.5–90.0 %', 'above 98.0 %', 'below 2.0 %')
    """
    first, last = percent(low), percent(high)
    if NOTHING in (first, last):
        return NOTHING
    if first == last:
        return last
    if last in ("100 %", "> 99.9 %"):
        return f"above {first}"
    if first in ("0 %", "< 0.1 %"):
        return f"below {last}"
    return f"{first.removesuffix(' %')}–{last}"


# Words for a calibrated probability, after the yardstick of the UK's Professional Head of Intelligence
# Assessment; the bounds above 0.95 are ours, because most of the queue lives there.
_CONFIDENCE_WORDS = (
    (0.99, "almost certain"),
    (0.95, "very likely"),
    (0.75, "likely"),
    (0.55, "more likely than not"),
    (0.45, "even odds"),
    (0.20, "unlikely"),
    (0.05, "very unlikely"),
)


def confidence_word(probability: float | None) -> str:
    """The word beside a confidence, so that the number is not read alone.

    >>> confidence_word(0.993), confidence_word(0.5), confidence_word(0.01), confidence_word(None)
    ('almost certain', 'even odds', 'remote', 'unknown')
    """
    if probability is None or not 0.0 <= probability <= 1.0:
        return "unknown"
    return next((word for bound, word in _CONFIDENCE_WORDS if probability >= bound), "remote")


def span(length: timedelta) -> str:
    """A length of time in the unit a person would use; its sign is left to the caller.

    >>> span(timedelta(minutes=4)), span(timedelta(hours=6)), span(timedelta(days=1.2)), span(timedelta(days=100))
    ('4 min', '6 h', '1 day', '14 weeks')
    """
    seconds = abs(length.total_seconds())
    if seconds < 3600:
        return f"{int(seconds // 60)} min"
    if seconds < 86_400:
        return f"{int(seconds // 3600)} h"
    days = int(seconds // 86_400)
    if days >= 90:
        return f"{days // 7} weeks"
    return "1 day" if days == 1 else f"{days} days"


def moment(at: datetime | date | None) -> str:
    """A date, or a time in UTC to the minute.

    >>> moment(datetime(2026, 3, 4, 15, 6, tzinfo=UTC)), moment(date(2026, 3, 4)), moment(None)
    ('4 Mar 2026, 15:06 UTC', '4 Mar 2026', '—')
    """
    if at is None:
        return NOTHING
    if not isinstance(at, datetime):
        return f"{at.day} {at:%b %Y}"
    utc = at.astimezone(UTC) if at.tzinfo else at
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"


def days(first: date | None, last: date | None) -> str:
    """A service period; one day is written once.

    >>> days(date(2026, 3, 4), date(2026, 3, 4)), days(date(2026, 3, 4), date(2026, 3, 6))
    ('4 Mar 2026', '4–6 Mar 2026')
    >>> days(date(2026, 3, 30), date(2026, 4, 2))
    '30 Mar 2026 – 2 Apr 2026'
    """
    if first is None or last is None or first == last:
        return moment(first or last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{moment(last)}"
    return f"{moment(first)} – {moment(last)}"

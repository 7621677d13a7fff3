"""Service dates of an 835 in the form of an 837: DTP, or DTM with the format before the date."""

from __future__ import annotations

from datetime import date
from typing import Final

from features.x12.elements import at
from features.x12.place import Place

FORMATS: Final = ("D8", "RD8")
FIRST, LAST = ("472", "150", "232"), ("472", "151", "233")  # what a day or a span of each qualifier tells


def misplaced_days(
    elements: list[str], place: Place, start: date | None, end: date | None
) -> tuple[date | None, date | None]:
    """First and last day of service after this segment, reported where it tells either; else as they were."""
    qualifier, form, text = at(elements, 1), at(elements, 2), at(elements, 3)
    if form not in FORMATS or qualifier not in FIRST + LAST:
        return start, end
    place.report("date-form-differs")
    first, last = place.dates.span(text)
    return (first if qualifier in FIRST else start), (last if qualifier in LAST else end)

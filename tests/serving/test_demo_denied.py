"""What the demonstration says of denied claims, and on which day its service lives."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from features.errors import BadInputError
from serving.clock import VARIABLE, clock_of, utc_now
from serving.demo.report import denied

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def make_row(**changes: Any) -> dict[str, Any]:
    """A denied claim as the API lists it."""
    row = {
        "kind": "denied-claim",
        "status": "open",
        "queue": "denial-specialists",
        "amount": "1000.00",
        "expected": "600.00",
        "minutes": 30.0,
        "deadline": "2024-09-29",
    }
    return {**row, **changes}


def test_the_denied_claims_are_summed_up_in_all_and_by_queue() -> None:
    rows = [
        make_row(),
        make_row(queue="coding-specialists", deadline=None, expected=None, minutes=None),
        make_row(status="decided"),
        make_row(kind="denial-risk", queue=None),
    ]
    every, coding, denials = denied(rows)
    assert every == (
        "2 denied claims wait for a person, 2,000.00 dollars refused, 600.00 expected back for 0.5 hours of work."
    )
    assert coding.startswith("  coding specialists: 1, ")
    assert denials.endswith("nearest deadline 2024-09-29.")


def test_nothing_is_said_where_no_denied_claim_waits() -> None:
    assert list(denied([make_row(status="decided")])) == []


def test_the_clock_goes_on_from_the_day_that_is_replayed() -> None:
    moments = iter([NOON, NOON, NOON.replace(hour=13)])
    clock = clock_of({VARIABLE: "2024-02-29"}, lambda: next(moments))
    assert [clock(), clock()] == [
        datetime(2024, 2, 29, 12, tzinfo=UTC),
        datetime(2024, 2, 29, 13, tzinfo=UTC),
    ]


def test_without_a_day_it_is_now() -> None:
    assert clock_of({}) is utc_now
    today = utc_now().date().isoformat()
    assert abs((clock_of({VARIABLE: today})() - utc_now()).total_seconds()) < 90_000


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(BadInputError, match="no date"):
        clock_of({VARIABLE: "yesterday"})

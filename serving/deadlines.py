"""By when an item wants an answer, and in which queue it stands where its policy has not been asked.

Queues and hours come from the policy (``models.policy``): they move the order of the list and the word "overdue".
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from serving.items import Kind, LaneName

DAYS_BEFORE_DEADLINE = (
    7  # by which a claim with a deadline is worked: letters and corrections take their time
)
HOURS = 24.0  # where a policy names no hours, as for a kind that it does not know


def due_at(hours: float | None, received: datetime, deadline: date | None = None) -> datetime:
    """When the item has waited too long: a week before its ``deadline`` at the latest, but not before it came.

    >>> due_at(48, datetime(2024, 3, 5, tzinfo=UTC)).day
    7
    """
    due = received + timedelta(hours=HOURS if hours is None else hours)
    if deadline is None:
        return due
    latest = datetime.combine(deadline - timedelta(days=DAYS_BEFORE_DEADLINE), time(17), tzinfo=UTC)
    return max(received, min(due, latest))


def queue_of(kind: Kind, lane: LaneName) -> str | None:
    """The queue of an item that a policy has put into none: of its kind and lane; None where no person is needed.

    >>> queue_of("remittance-match", "specialist"), queue_of("remittance-match", "auto")
    ('remittance-match-specialist', None)
    """
    return None if lane == "auto" else f"{kind}-{lane}"

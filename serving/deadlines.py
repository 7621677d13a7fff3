"""By when an item wants an answer, and in which queue it stands.

The hours are starting values that seemed sensible, not measured ones; they move the order of the list and the word
"overdue", never a lane.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from serving.invoices.records import FINANCE
from serving.items import Kind, LaneName

HOURS: dict[Kind, int] = {
    "remittance-match": 48,  # cash is posted within two days of its remittance
    "denial-risk": 24,  # claims go out daily
    "rejected-claim": 48,  # timely filing goes on running
    "unreadable": 24,
    "invoice-anomaly": 72,  # terms of payment are weeks, and discounts for paying early are ten days
    "denied-claim": 30 * 24,  # appeals take weeks, and their deadlines are months away
}
ESCALATED_HOURS = 8  # one working day at most, whatever the kind
DAYS_BEFORE_DEADLINE = (
    7  # by which a claim with a deadline is worked: letters and corrections take their time
)


def due_at(kind: Kind, lane: LaneName, received: datetime, deadline: date | None = None) -> datetime:
    """When the item has waited too long: a week before its ``deadline`` at the latest, but not before it came.

    >>> from datetime import UTC
    >>> due_at("denial-risk", "review", datetime(2024, 3, 5, tzinfo=UTC)).day
    6
    """
    hours = min(HOURS[kind], ESCALATED_HOURS) if lane == "escalate" else HOURS[kind]
    due = received + timedelta(hours=hours)
    if deadline is None:
        return due
    latest = datetime.combine(deadline - timedelta(days=DAYS_BEFORE_DEADLINE), time(17), tzinfo=UTC)
    return max(received, min(due, latest))


def queue_of(kind: Kind, lane: LaneName) -> str | None:
    """The name that a workflow engine branches on; None where no person is needed.

    >>> queue_of("remittance-match", "specialist"), queue_of("remittance-match", "auto")
    ('remittance-match-specialist', None)
    """
    if kind == "invoice-anomaly" and lane == "escalate":
        return FINANCE
    return None if lane == "auto" else f"{kind}-{lane}"

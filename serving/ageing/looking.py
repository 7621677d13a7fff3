"""What time makes of an open item: routed again as old as it is, and only ever moved to where people look sooner.

Pure: no store and no clock. An item moves where a row of the policy applies that did not when it came, or where it has
waited longer than its service level allows; never to a laxer lane, and never to ``auto``, so no certificate is asked.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from features.evidence import Reason
from models.lanes import Lane
from models.policy_table import Policy
from models.policy_times import time_bounds
from models.routing import Routed, RoutingInput, route
from serving.deadlines import queue_of
from serving.items import Kind, LaneName


class Waiting(Struct, frozen=True):
    """An open item as far as time is concerned."""

    id: str
    kind: Kind
    lane: LaneName
    queue: str | None
    role: str | None
    version: int
    received_at: datetime  # UTC
    due_at: datetime  # UTC
    deadline: date | None  # of what is proposed
    routing: RoutingInput  # as it came
    next_look_at: datetime | None


class Place(Struct, frozen=True):
    """Where an item stands: its lane, its queue and who may decide it."""

    lane: LaneName
    queue: str | None
    role: str | None


class Look(Struct, frozen=True):
    """What came of looking at an item."""

    seen: Waiting
    place: Place
    why: tuple[Reason, ...]  # of the move; empty where it stays where it is
    due_at: datetime  # never later than before
    escalate_to: str | None  # where it goes when it has waited too long
    next_look_at: datetime | None  # None: time cannot change it any more
    policy: str

    @property
    def moved(self) -> bool:
        """Whether its lane or its queue has changed."""
        return (self.place.lane, self.place.queue) != (self.seen.lane, self.seen.queue)


def look(item: Waiting, policy: Policy, at: datetime) -> Look:
    """Route an item as it stands at a time, UTC."""
    came, now = _routed(item, policy, item.received_at), _routed(item, policy, at)
    late = at >= item.due_at
    place = _place(item, came, now, late=late)
    moved = (place.lane, place.queue) != (item.lane, item.queue)
    due = item.due_at
    if moved and now.sla_hours is not None:
        due = min(due, at + timedelta(hours=now.sla_hours))
    return Look(
        seen=item,
        place=place,
        why=_why(now, late=late) if moved else (),
        due_at=due,
        escalate_to=now.escalate_to,
        next_look_at=_next_look(item, policy, due, at),
        policy=policy.version,
    )


def _routed(item: Waiting, policy: Policy, at: datetime) -> Routed:
    left = None if item.deadline is None else float((item.deadline - at.date()).days)
    aged = msgspec.structs.replace(
        item.routing,
        age_days=(at - item.received_at) / timedelta(days=1),
        days_to_deadline=left,
    )
    return route(aged, policy=policy, certificates=(), model_version=None, at=at.date())


def _place(item: Waiting, came: Routed, now: Routed, *, late: bool) -> Place:
    lane = Lane(item.lane)
    by_time = now if _differs(came, now) and now.lane >= lane else None
    if late:
        return _late_place(item, by_time or now)
    if by_time is None or (by_time.lane is lane and not by_time.queue):
        return Place(item.lane, item.queue, item.role)
    return _new_place(item, by_time.lane, by_time.queue, by_time.role)


def _late_place(item: Waiting, routed: Routed) -> Place:
    """Where an item goes that has waited too long; one that a supervisor sees already keeps its queue."""
    named = routed.escalate_to
    if item.lane == "escalate" and not named:
        return Place(item.lane, item.queue, item.role)
    return _new_place(item, Lane.ESCALATE, named, routed.role if routed.lane is Lane.ESCALATE else None)


def _new_place(item: Waiting, lane: Lane, queue: str | None, role: str | None) -> Place:
    return Place(lane.value, queue or queue_of(item.kind, lane.value), role or item.role)


def _differs(came: Routed, now: Routed) -> bool:
    """Whether time has changed what the policy says."""
    return (came.lane, came.row, came.queue, came.reasons) != (now.lane, now.row, now.queue, now.reasons)


def _why(now: Routed, *, late: bool) -> tuple[Reason, ...]:
    return (WAITED, *now.reasons) if late else now.reasons


def _next_look(item: Waiting, policy: Policy, due: datetime, at: datetime) -> datetime | None:
    bounds = time_bounds(policy, item.kind)
    moments = (due, *bounds.moments(item.received_at, item.deadline))
    return min((one for one in moments if one > at), default=None)


WAITED = Reason("waited-too-long", "The item has waited longer than its service level allows.")

"""What a score came to, whole: what a replay is compared with, bit by bit."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from features.evidence import Reason
from serving.deadlines import queue_of
from serving.intake import NewItem
from serving.items import Versions


class Outcome(Struct, frozen=True):
    """Score and routing of an item as it came. Numbers are written so that they are read as the same bits."""

    kind: str
    lane: str
    queue: str | None
    role: str | None
    escalate_to: str | None
    confidence: float | None
    low: float | None
    high: float | None
    probability: float | None
    none_probability: float | None
    margin: float | None
    candidates: tuple[tuple[str, float], ...]  # references, best first
    proposed: str | None
    reasons: tuple[Reason, ...]
    versions: Versions
    due_at: datetime


def outcome_of(new: NewItem) -> Outcome:
    """The outcome of an item that goes into the queue."""
    scored, routed = new.scored, new.scored.routed
    return Outcome(
        kind=scored.kind,
        lane=scored.lane,
        queue=routed.queue if routed else queue_of(scored.kind, scored.lane),
        role=routed.role if routed else None,
        escalate_to=routed.escalate_to if routed else None,
        confidence=scored.confidence,
        low=scored.low,
        high=scored.high,
        probability=scored.probability,
        none_probability=scored.none_probability,
        margin=scored.margin,
        candidates=scored.candidates,
        proposed=scored.proposed,
        reasons=scored.reasons,
        versions=scored.versions,
        due_at=new.due_at,
    )


def encoded(outcome: Outcome) -> bytes:
    """The bytes that are compared."""
    return msgspec.json.encode(outcome)

"""Scores that are answered and not stored: what the log tells of them, to hold against it what a caller did by them.

The caller has the trace of the answer (``traceparent``) and what it sent; the log has both, the latter as a digest.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from serving.access.actor import Actor, current_actor
from serving.audit.chain import Entry, plain
from serving.audit.inputs import digest
from serving.scoring import Scored
from serving.traceparent import current_trace

NO_TRACE = "0" * 32


class Asked(Struct, frozen=True):
    """A request to score, as the log tells of it."""

    actor: Actor
    trace: str  # 32 hexadecimal digits
    body: bytes


def asked(body: bytes) -> Asked:
    """The present request, whose body this is."""
    trace = current_trace()
    return Asked(current_actor(), trace.trace_id if trace else NO_TRACE, body)


def answer_entry(request: Asked, scored: Sequence[Scored], key: bytes) -> Entry:
    """That scores were given, in the order of the request's items: their lanes, confidences and what was proposed.

    A certificate is named where it is the same for all that go automatically.
    """
    versions = scored[0].versions
    certificates = sorted({one.versions.certificate for one in scored if one.versions.certificate})
    return Entry(
        "answer",
        request.trace,
        after=plain(
            kind=scored[0].kind,
            lanes=[one.lane for one in scored],
            confidences=[one.confidence for one in scored],
            proposed=[one.proposed for one in scored] if any(one.proposed for one in scored) else None,
            certificates=certificates if len(certificates) > 1 else None,
        ),
        model=versions.model,
        policy=versions.policy,
        certificate=certificates[0] if len(certificates) == 1 else None,
        input=digest(key, request.body),
    )

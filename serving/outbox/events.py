"""Events as CloudEvents 1.0 in their structured mode: one JSON object that carries what happened and where.

An event tells ids, counts and lanes. Who needs more asks the API for it, under its own role: what is sent to an address
must not hold what the address may not read. Source: https://github.com/cloudevents/spec, versions 1.0.2 of the core,
the JSON format and the binding to HTTP, and its extensions ``sequence`` and ``traceparent``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal

import msgspec
from msgspec import Struct

from serving.traceparent import Trace

MEDIA_TYPE: Final = "application/cloudevents+json; charset=UTF-8"
EventType = Literal[
    "clearlane.posting.batch.closed",
    "clearlane.job.done",
    "clearlane.job.failed",
    "clearlane.item.decided",
    "clearlane.item.undone",
]
Plain = str | int | None


class Event(Struct, frozen=True):
    """Something that happened."""

    type: EventType
    subject: str  # the opaque id of what it is about: events of one subject are delivered in their order
    data: dict[str, Plain | dict[str, int]]  # ids, codes and counts; nothing of a patient


def of_item(did: Literal["decided", "undone"], *, item: str, kind: str, version: int, action: str) -> Event:
    """What became of an item: ``version`` is the one that came of it, ``action`` what was decided, or taken back."""
    status = "decided" if did == "decided" else "open"
    return Event(
        "clearlane.item.decided" if did == "decided" else "clearlane.item.undone",
        item,
        {"item": item, "kind": kind, "version": version, "action": action, "status": status},
    )


def encoded(
    event: Event, *, event_id: str, source: str, number: int, at: datetime, trace: Trace | None = None
) -> bytes:
    """The event as it is sent; ``number`` is its place among all events of the store.

    ``sequence`` is a text that sorts as the number does, as the extension asks; ``traceparent`` is that of the request
    which the event came of.
    """
    traced = {"traceparent": trace.header} if trace else {}
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": event_id,
            "source": source,
            "type": event.type,
            "subject": event.subject,
            "time": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "sequence": f"{number:019d}",
            **traced,
            "data": event.data,
        }
    )

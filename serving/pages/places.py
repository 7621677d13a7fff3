"""The links of the header: the pages that whoever looks may open, with the one they are at marked."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from serving.access.actor import Actor
from serving.access.permits import may

PAGES = (
    ("/", "Items"),
    ("/worklist", "Worklist"),
    ("/backlog", "Backlog"),
    ("/patterns", "Patterns"),
    ("/certificates", "Certificates"),
    ("/monitor", "Monitor"),
    ("/blind-checks", "Blind checks"),
    ("/outbox", "Deliveries"),
)
BELOW = {
    "/items/": "/",
    "/blind-checks/": "/blind-checks",
    "/outbox/": "/outbox",
}  # what belongs to which link

Current = Literal["here", "below", ""]


class Place(Struct, frozen=True):
    """A link of the header."""

    path: str
    name: str
    current: Current  # "here": it leads to the page itself; "below": to the one that the page belongs to


def places(actor: Actor, at: str) -> tuple[Place, ...]:
    """The links for an actor at an address below the pages' root; none for who has not signed in.

    >>> from serving.access.actor import Actor
    >>> [(one.name, one.current) for one in places(Actor("a", frozenset({"admin"})), "/monitor")]
    [('Certificates', ''), ('Monitor', 'here'), ('Deliveries', '')]
    """
    return tuple(Place(path, name, _current(path, at)) for path, name in PAGES if may(actor, "GET", path))


def _current(path: str, at: str) -> Current:
    if path == at:
        return "here"
    return "below" if any(at.startswith(start) and path == whose for start, whose in BELOW.items()) else ""

"""Who acts: set once for a request, and known to everything that is done for it, in its threads too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

from msgspec import Struct

RoleName = Literal["engine", "reviewer", "lead", "data-scientist", "auditor", "admin"]
ROLES: frozenset[str] = frozenset(get_args(RoleName))


class Actor(Struct, frozen=True):
    """A person, a program or the service itself.

    ``name`` is that of an API key or of a token's subject and never holds patient data. ``facilities`` are the
    NPIs of the billing providers and payees whose items the actor may see and change; None stands for all.
    """

    name: str
    roles: frozenset[str]  # of ROLES
    facilities: frozenset[str] | None = None


ANONYMOUS = Actor("anonymous", ROLES)
"""Everyone, where access is off."""

SERVICE = Actor("clearlane", ROLES)
"""What the service does by itself, with no request behind it."""

NOBODY = Actor("nobody", frozenset(), frozenset())
"""A request without credentials, where they are asked for."""

_current: ContextVar[Actor] = ContextVar("actor", default=SERVICE)


def current_actor() -> Actor:
    """Whoever the present work is done for.

    >>> current_actor().name
    'clearlane'
    """
    return _current.get()


def signature(given: str) -> str:
    """Who signs a decision: the actor, whatever name was given; the given name where nobody is asked who they are.

    >>> with acting_as(Actor("ann", frozenset({"reviewer"}))):
    ...     signature("bob")
    'ann'
    """
    actor = current_actor()
    return given if actor in (ANONYMOUS, SERVICE) else actor.name


def may_plan_for(name: str) -> bool:
    """Whether the actor may see the worklist of a reviewer: one's own, and a lead everybody's."""
    actor = current_actor()
    return "lead" in actor.roles or actor.name == name


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Do the work inside for this actor.

    >>> with acting_as(ANONYMOUS):
    ...     current_actor().name
    'anonymous'
    """
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)

"""Every route behind its row of the table: what has no row, no role or too wide a reach is refused before it runs.

The check stands in the route itself, so that whatever leads to a route leads through it: nothing depends on reading
an address as the router does.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.access.actor import ANONYMOUS, NOBODY, SERVICE, Actor, current_actor
from serving.access.rules import RULES, Rule

NOTE_REFUSAL = "clearlane.note_refusal"
"""Where a request has the function that remembers why its actor was refused (``NoteRefusal``)."""

NoteRefusal = Callable[[str], Awaitable[None]]
logger = logging.getLogger("clearlane.access")


class Refusal(Struct, frozen=True):
    """Why an actor may not go on."""

    status: int
    detail: str
    reason: str = ""  # for the audit log, from a closed set; empty without credentials


class Refuse(Protocol):
    """Answers a request that may not go on: 401 without credentials, 403 with such as do not suffice."""

    def __call__(self, scope: Scope, status: int, detail: str, /) -> ASGIApp: ...


def guard_routes(
    routes: Sequence[BaseRoute], refuse: Refuse, rules: Mapping[tuple[str, str], Rule] = RULES
) -> None:
    """Put the check into each route and mount."""
    for route in routes:
        if isinstance(route, Route | Mount):
            route.app = _Permitted(route.app, route.path, rules, refuse)
        else:
            raise TypeError(f"a {type(route).__name__} cannot be guarded")


def addresses(routes: Sequence[BaseRoute]) -> list[tuple[str, str]]:
    """The methods and templates of routes, as the table has them: HEAD goes with GET, and a mount with GET."""
    found: list[tuple[str, str]] = []
    for route in routes:
        methods = (route.methods or {"GET"}) if isinstance(route, Route) else {"GET"}
        found += [(method, _path(route)) for method in sorted(methods - {"HEAD"})]
    return found


def may(actor: Actor, method: str, address: str) -> bool:
    """Whether an actor may ask for an address at all."""
    rule = RULES.get((method, address))
    return rule is not None and refusal(actor, rule) is None


def refusal(actor: Actor, rule: Rule | None) -> Refusal | None:
    """With what an actor is refused; None where it may go on."""
    if actor in (ANONYMOUS, SERVICE) or (rule and rule.is_open):
        return None
    if actor == NOBODY:
        return Refusal(401, "this needs an API key or a bearer token")
    if rule is None or not actor.roles & rule.roles:
        return Refusal(403, "this takes a role that you do not have", "role")
    if rule.reach == "all" and actor.facilities is not None:
        return Refusal(403, "this shows all facilities together, and you are limited to some", "facilities")
    return None


class _Permitted:
    def __init__(
        self, app: ASGIApp, path: str, rules: Mapping[tuple[str, str], Rule], refuse: Refuse
    ) -> None:
        self._app = app
        self._path = path
        self._refuse = refuse
        self._rules = {method: rule for (method, address), rule in rules.items() if address == path}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        refused = refusal(current_actor(), self._rules.get(method))
        if refused is None:
            await self._app(scope, receive, send)
            return
        if method not in self._rules:
            logger.error("%s %s has no row in serving/access/rules.py and was refused", method, self._path)
        note: NoteRefusal | None = scope.get(NOTE_REFUSAL)
        if note and refused.reason:
            await note(refused.reason)
        await self._refuse(scope, refused.status, refused.detail)(scope, receive, send)


def _path(route: Any) -> str:
    path: str = route.path
    return path

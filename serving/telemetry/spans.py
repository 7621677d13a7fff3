"""Spans of requests, of work in the pools and of the store's transactions; without an exporter they cost nothing.

Every name and attribute is from a closed set: templates of routes, methods, statuses, names of pools, and of functions
and classes of the program. No path, query, id, body or text of an exception stands in one: they may hold patient data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from serving.traceparent import Trace

if TYPE_CHECKING:  # loaded only where traces are exported
    from opentelemetry.trace import Span

    from serving.telemetry.exporting import Tracing

T = TypeVar("T")
_NOTHING: Final = nullcontext()
_tracing: Tracing | None = None


def use(tracing: Tracing | None) -> None:
    """From now on make spans with this, in the whole process; None: make none."""
    global _tracing
    _tracing = tracing


def span(
    name: str, attributes: Mapping[str, str], *, outgoing: bool = False
) -> AbstractContextManager[Span | None]:
    """A step within the present request, or by itself where there is none; ``outgoing``: another system answers it."""
    return _NOTHING if _tracing is None else _step(_tracing, name, attributes, outgoing=outgoing)


def came_to(made: Span | None, *, status: int | None, error: str | None) -> None:
    """What the other system answered: its HTTP status, and from a closed set what was wrong."""
    if made is not None:
        if status is not None:
            made.set_attribute("http.response.status_code", status)
        if error is not None:
            _failed(made, error)


@contextmanager
def _step(
    tracing: Tracing, name: str, attributes: Mapping[str, Any], *, outgoing: bool = False
) -> Iterator[Span]:
    with tracing.begin(name, attributes, outgoing=outgoing) as made:
        try:
            yield made
        except Exception as error:
            _failed(made, type(error).__name__)
            raise


def in_pool(pool: str, work: Callable[[], T], function: object) -> Callable[[], T]:
    """The same work with a span of its own around it, which says how long it waited for a thread."""
    if _tracing is None:
        return work
    return partial(_worked, _tracing, pool, work, _name_of(function), time.monotonic())


def _worked(tracing: Tracing, pool: str, work: Callable[[], T], function: str, asked: float) -> T:
    waited = round((time.monotonic() - asked) * 1000, 3)
    attributes = {"clearlane.pool": pool, "code.function.name": function, "clearlane.waited_ms": waited}
    with _step(tracing, f"{pool} {function}", attributes):
        return work()


def _name_of(function: object) -> str:
    """As it stands in the program; of what has no name its class."""
    name = getattr(function, "__qualname__", None)
    return name if isinstance(name, str) else type(function).__name__


class Asked:
    """A request while it is answered."""

    __slots__ = ("_made", "trace")

    def __init__(self, trace: Trace, made: Span | None = None) -> None:
        self.trace = trace
        self._made = made

    def answered(self, status: int) -> None:
        """Say with which status."""
        if self._made is not None:
            self._made.set_attribute("http.response.status_code", status)
            if status >= 500:
                _failed(self._made, str(status))


@contextmanager
def request_span(trace: Trace, method: str, route: str) -> Iterator[Asked]:
    """A request's span is its step in the caller's trace: the ids that its answer names.

    What is passed on says whether the trace is recorded here.
    """
    if _tracing is None:
        yield Asked(trace)
        return
    attributes = {"http.request.method": method, "http.route": route}
    with _tracing.begin_request(trace, f"{method} {route}", attributes) as made:
        sampled = made.get_span_context().trace_flags.sampled
        yield Asked(msgspec.structs.replace(trace, sampled=sampled), made)


def _failed(made: Span, what: str) -> None:
    from opentelemetry.trace import Status, StatusCode

    made.set_attribute("error.type", what)
    made.set_status(Status(StatusCode.ERROR))

"""How far the present work is: told from inside of it, whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from serving.jobs.records import Stage

Told = Callable[[Stage, int | None], None]
_told: ContextVar[Told | None] = ContextVar("progress", default=None)


def reached(stage: Stage, records: int | None = None) -> None:
    """Say that the work has come to a stage; nothing happens where nobody asked."""
    told = _told.get()
    if told is not None:
        told(stage, records)


@contextmanager
def telling(told: Told) -> Iterator[None]:
    """Have the work inside tell how far it is."""
    token = _told.set(told)
    try:
        yield
    finally:
        _told.reset(token)

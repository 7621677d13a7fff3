"""Small calls that come while one is under way are done together by the next: sixteen cost little more than one.

Nobody waits for others to come: a call that meets no other begins at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from serving.access.actor import current_actor
from serving.problem_details import RequestError
from serving.workers import Workers

T = TypeVar("T")
R = TypeVar("R")
MOST_WAITING = 256
MOST_TOGETHER = 64


class _Call(NamedTuple, Generic[T, R]):
    asked: T
    facilities: frozenset[str] | None
    context: Context
    answer: asyncio.Future[R]


class _Line(Generic[T, R]):
    """What waits on an event loop, and what is under way."""

    def __init__(self) -> None:
        self.waiting: deque[_Call[T, R]] = deque()
        self.under_way: asyncio.Task[None] | None = None

    def next(self) -> list[_Call[T, R]]:
        """The first that wait, as far as they may be done together."""
        facilities = self.waiting[0].facilities
        together: list[_Call[T, R]] = []
        while self.waiting and self.waiting[0].facilities == facilities and len(together) < MOST_TOGETHER:
            together.append(self.waiting.popleft())
        return together


class Gathering(Generic[T, R]):
    """``work`` answers several calls, each as it would alone, in their order; one thread at a time does it.

    An exception as an answer is raised for that call; where the work raises one itself it has done nothing, and each
    call is tried alone. Calls are done together only for actors of the same facilities, whose view of the store is the
    same, and only those of one event loop: a server has one.
    """

    def __init__(self, workers: Workers, work: Callable[[Sequence[T]], Sequence[R | Exception]]) -> None:
        self._workers = workers
        self._work = work
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line[T, R]] = WeakKeyDictionary()

    async def run(self, asked: T) -> R:
        """The answer to one call; raises what the work raises for it, and RequestError where too many wait."""
        loop = asyncio.get_running_loop()
        line = self._lines.get(loop)
        if line is None:
            line = self._lines[loop] = _Line()
        if len(line.waiting) >= MOST_WAITING:
            raise RequestError(429, "too-many-requests", "the service is busy; try again in a moment")
        answer: asyncio.Future[R] = loop.create_future()
        line.waiting.append(_Call(asked, current_actor().facilities, copy_context(), answer))
        if line.under_way is None:
            self._begin(line)
        return await answer

    def _begin(self, line: _Line[T, R]) -> None:
        together = line.next()
        line.under_way = asyncio.create_task(self._do(together, line), context=together[0].context)

    async def _do(self, together: Sequence[_Call[T, R]], line: _Line[T, R]) -> None:
        try:
            await self._answer(together)
        finally:
            line.under_way = None
            if line.waiting:
                self._begin(line)

    async def _answer(self, calls: Sequence[_Call[T, R]]) -> None:
        try:
            answers = await self._workers.run(self._work, [call.asked for call in calls])
        except Exception as error:
            await self._refuse(calls, error)
            return
        for call, one in zip(calls, answers, strict=True):
            if call.answer.done():  # its caller has gone
                continue
            if isinstance(one, Exception):
                call.answer.set_exception(one)
            else:
                call.answer.set_result(one)

    async def _refuse(self, calls: Sequence[_Call[T, R]], error: Exception) -> None:
        """Nobody fails for what another one sent: what failed together is tried alone."""
        if len(calls) > 1:
            for call in calls:
                await self._answer([call])
        elif not calls[0].answer.done():
            calls[0].answer.set_exception(error)

"""Blocking work beside the event loop, on a bounded number of threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

from serving.problem_details import RequestError
from serving.telemetry.spans import in_pool

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """A few threads and a bounded line before them: what would wait too long is refused at once with a 429."""

    def __init__(self, *, threads: int, waiting: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._name = name
        self._places = threads + waiting
        self._taken = 0

    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of the call; raises RequestError where all places are taken.

        The thread knows for whom it works (``serving.access.actor``): it runs in a copy of the caller's context.
        """
        if self._taken >= self._places:
            raise RequestError(429, "too-many-requests", "the service is busy; try again in a moment")
        self._taken += 1
        call = in_pool(self._name, partial(work, *args, **kwargs), work)
        future = self._executor.submit(copy_context().run, call)
        # Counted until the thread is done: a caller that gave up does not make the thread free.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._leave))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Wait for what runs and take nothing more."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _leave(self) -> None:
        self._taken -= 1

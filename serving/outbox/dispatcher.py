"""The dispatcher: one of the service's processes delivers what stands in the outbox, and another takes over from it.

It delivers at least once: a process that is killed between the answer of a receiver and writing it down has the next
one send the same event again, under the same ``webhook-id``. Events of one subject to one address go one after
another; one that was given up does not hold up those behind it.

A round lasts for as long as anything is on its way, and what becomes due meanwhile begins beside it, so that nobody
waits for the slowest. A host gets few at once: one that takes each and never answers leaves room for the others.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from serving.clock import utc_now
from serving.metric_series import outcome_of
from serving.metrics import metrics
from serving.outbox.schedule import Schedule
from serving.outbox.sending import GONE, SECONDS, Answered, Letter, attempt
from serving.outbox.settings import OutboxSettings
from serving.periodic import Periodic
from serving.store.outbox import OutboxStore, Result

EVERY: Final = 1.0  # seconds between two looks
AT_ONCE: Final = 64  # deliveries on their way together
A_HOST: Final = 8  # of them to one host
TOGETHER: Final = 0.02  # seconds that others have to end and be written down with the first
TIDY_EVERY: Final = 30.0
UnderWay = dict[asyncio.Task[Answered], Letter]
logger = logging.getLogger("clearlane.serving.outbox")


class Dispatcher:
    """One thread a process, of which one delivers: by the real time, whatever day the service takes for today."""

    def __init__(
        self,
        outbox: OutboxStore,
        settings: OutboxSettings,
        *,
        schedule: Schedule = Schedule(),  # noqa: B008 - frozen
        seconds: float = SECONDS,
        every: float = EVERY,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._outbox = outbox
        self._settings = settings
        self._schedule = schedule
        self._seconds = seconds
        self._clock = clock
        self._every = every
        self._lease = 3 * max(every, seconds)
        self._holder = secrets.token_hex(16)
        self._held_at: datetime | None = None
        self._tidied: datetime | None = None
        self._periodic = Periodic(
            "outbox",
            self._turn,
            every=every,
            logger=logger,
            failing="the outbox was left for now",
            last=lambda: outbox.leave(self._holder),
        )

    def start(self) -> None:
        """Begin to look."""
        self._periodic.start()

    def close(self) -> None:
        """End after what is on its way."""
        self._periodic.close()

    def once(self) -> int:
        """Deliver what is due, and what becomes due until that has ended, if this is the process that does.

        How many were sent. Raises StoreError. Where nothing is due nothing is written, not even that somebody looked.
        """
        self._tidy()
        return asyncio.run(self._round()) if self._outbox.any_due(self._clock()) else 0

    def _turn(self) -> bool:
        """Behind a round nothing is due."""
        self.once()
        return False

    async def _round(self) -> int:
        """Until nothing is on its way. The store is asked in other threads, for answers come in on this one."""
        under_way: UnderWay = {}
        sent = 0
        try:
            while True:
                sent += await self._begin(under_way)
                if not under_way:
                    return sent
                await self._settle(under_way)
        finally:  # where the store could not be asked, what is on its way is not left
            while under_way:
                await self._settle(under_way)

    async def _begin(self, under_way: UnderWay) -> int:
        letters = await asyncio.to_thread(self._due, list(under_way.values()))
        settings = self._settings
        for one in letters:
            sending = attempt(one, allowed=settings.allowed, secrets=settings.secrets, seconds=self._seconds)
            under_way[asyncio.create_task(sending)] = one
        return len(letters)

    async def _settle(self, under_way: UnderWay) -> None:
        """Write down what ends before the next look; what could not be written down is sent again."""
        done, _ = await asyncio.wait(under_way, timeout=self._every, return_when=asyncio.FIRST_COMPLETED)
        if done:
            done, _ = await asyncio.wait(under_way, timeout=TOGETHER)
            answers = [(under_way.pop(task), task) for task in done]
            await asyncio.to_thread(self._keep, [(letter, task.result()) for letter, task in answers])

    def _due(self, under_way: Sequence[Letter]) -> list[Letter]:
        """What may begin beside what is on its way; none at the end, or where another process delivers."""
        self._tidy()
        at, room = self._clock(), AT_ONCE - len(under_way)
        if self._periodic.ending or not room:
            return []
        found = self._outbox.due(at, limit=room, a_host=A_HOST, besides=under_way)
        if not found or self._is_held(at):
            return found
        if not self._outbox.hold(self._holder, at, self._lease):
            return []
        self._held_at = at
        return self._outbox.due(
            at, limit=room, a_host=A_HOST, besides=under_way
        )  # less what another one sent

    def _is_held(self, at: datetime) -> bool:
        """Whether the lease outlasts all that begins now, so that it need not be written anew."""
        return self._held_at is not None and at < self._held_at + timedelta(seconds=self._lease / 3)

    def _keep(self, ended: Sequence[tuple[Letter, Answered]]) -> None:
        at = self._clock()
        results = [self._result(*one, at) for one in ended]
        self._outbox.keep(results, at)
        self._count(results)

    def _result(self, letter: Letter, answered: Answered, at: datetime) -> Result:
        if answered.error is None or answered.status == GONE:
            return Result(letter, answered)
        following = self._schedule.next_at(letter.attempts + 1, at=at, until=letter.until, wish=answered.wish)
        return Result(letter, answered, following)

    def _count(self, results: Sequence[Result]) -> None:
        for one in results:
            metrics().deliveries.labels(outcome_of(one.status)).inc()
            if one.status == "dead":
                logger.warning("delivery %s was given up: %s", one.letter.id, one.answered.error)

    def _tidy(self) -> None:
        """Now and then: what the metrics say of the outbox as it stands, and what is old enough to go."""
        at = self._clock()
        if self._tidied is None or (at - self._tidied).total_seconds() > TIDY_EVERY:
            for status, count in self._outbox.counts().items():
                metrics().outbox.labels(status).set(count)
            self._outbox.forget(at)
            self._tidied = at

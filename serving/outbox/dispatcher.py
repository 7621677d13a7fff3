"""The dispatcher: one of the service's processes delivers what stands in the outbox, and another takes over from it.

It delivers at least once: a process that is killed between the answer of a receiver and writing it down has the next
one send the same event again, under the same ``webhook-id``. Events of one subject to one address go one after
another; one that was given up does not hold up those behind it. Hosts take turns, so that a slow one leaves room for
the others.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
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
AT_ONCE: Final = 32  # deliveries on their way together
TIDY_EVERY: Final = 30.0
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
        self._lease = 3 * max(every, seconds)
        self._holder = secrets.token_hex(16)
        self._tidied: datetime | None = None
        self._periodic = Periodic(
            "outbox",
            lambda: self.once() == AT_ONCE,  # then more may be due
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
        """Deliver what is due, if this is the process that does; how many were sent. Raises StoreError.

        Where nothing is due nothing is written, not even that somebody looked.
        """
        self._tidy()
        if not self._outbox.any_due(self._clock()):
            return 0
        if not self._outbox.hold(self._holder, self._clock(), self._lease):
            return 0
        letters = self._outbox.due(self._clock(), limit=AT_ONCE)
        answers = asyncio.run(self._sent(letters))
        at = self._clock()
        results = [self._result(*one, at) for one in zip(letters, answers, strict=True)]
        self._outbox.keep(results, at)
        self._count(results)
        return len(letters)

    async def _sent(self, letters: Sequence[Letter]) -> list[Answered]:
        settings = self._settings
        tries = (
            attempt(one, allowed=settings.allowed, secrets=settings.secrets, seconds=self._seconds)
            for one in letters
        )
        return await asyncio.gather(*tries)

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

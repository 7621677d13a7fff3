"""The purge that the service does by itself: a transaction at a time, between what else time brings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from serving.retention.purge import Purge, Purged
from serving.store.store import Store

EVERY: Final = timedelta(hours=6)
logger = logging.getLogger("clearlane.serving.retention")


class ScheduledPurge:
    """Several processes may have one over the same store: what one has removed the others do not find."""

    def __init__(self, store: Store, days: int, *, clock: Callable[[], datetime]) -> None:
        """``days`` was looked at before (``serving.retention.limit.check_limit``)."""
        self._store, self._days, self._clock = store, days, clock
        self._due: datetime | None = None
        self._steps: Iterator[Purged] | None = None
        self._done = Purged()

    def step(self) -> int:
        """The next transaction of a purge that is due; 1 while there may be more to do, else 0. Raises StoreError."""
        if self._steps is None:
            at = self._clock()
            if self._due is not None and at < self._due:
                return 0
            self._due, self._done = at + EVERY, Purged()
            self._steps = Purge(self._store, self._days, at).steps()
        try:
            self._done.add(next(self._steps))
        except StopIteration:
            self._steps = None
            self._tell()
            return 0
        except BaseException:
            self._steps = None
            raise
        return 1

    def _tell(self) -> None:
        done = self._done
        if done.items or done.claims:
            self._store.give_back(whole=False)
            logger.info(
                "older than %d days: the data of %d items and %d claims was removed",
                self._days,
                done.items.total(),
                done.claims,
            )

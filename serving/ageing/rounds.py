"""Rounds over the queue: what is due is looked at, a few hundred items at a time, so that others can write between."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from models.policy_table import Policy
from serving.ageing.looking import look
from serving.clock import utc_now
from serving.periodic import Periodic
from serving.store.store import Store

EVERY: Final = 60.0  # seconds between two rounds
AT_ONCE: Final = 500  # items a transaction
BREATH: Final = 0.02  # seconds between two transactions, in which requests go first
logger = logging.getLogger("clearlane.serving.ageing")


class Rounds:
    """One thread a process. Several may run over one store: of two looks at an item only the first counts."""

    def __init__(
        self,
        store: Store,
        policy: Policy,
        *,
        clock: Callable[[], datetime] = utc_now,
        every: float = EVERY,
        observe: Callable[[], int] | None = None,
    ) -> None:
        """``observe`` is what else time brings (``Monitor.observe``): called until it has nothing to do."""
        self._store = store
        self._policy = policy
        self._clock = clock
        self._observe = observe
        self._renewed = False
        self._periodic = Periodic(
            "ageing",
            self._round,
            every=every,
            logger=logger,
            failing="a round over the queue was broken off",
        )

    def start(self) -> None:
        """Begin with a round at once."""
        self._periodic.start()

    def close(self) -> None:
        """End after the transaction that runs."""
        self._periodic.close()

    def once(self) -> int:
        """One round; how many items were moved. Raises StoreError."""
        at = self._clock()
        if not self._renewed:
            self._store.have_looked_at(self._policy.version, at)
            self._renewed = True
        moved = 0
        while not self._periodic.ending and (waiting := self._store.due(at, limit=AT_ONCE)):
            looks = [look(item, self._policy, at) for item in waiting]
            moved += len(self._store.keep_looks(looks, at))
            self._periodic.breathe(BREATH)
        while self._observe is not None and not self._periodic.ending and self._observe():
            self._periodic.breathe(BREATH)
        return moved

    def _round(self) -> bool:
        moved = self.once()
        if moved:
            logger.info("%d items moved, as time has passed", moved)
        return False

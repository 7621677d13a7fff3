"""Rounds over what was scored on live traffic: challengers score it too, after the answer and beside requests.

At most a tenth of one core goes into it, and of several processes one does it. Each challenger scores a batch in its
turn, so that none waits until another has caught up, and their folder is looked at in between.
"""

from __future__ import annotations

import gc
import logging
import math
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from serving.champions import Champions
from serving.clock import utc_now
from serving.metrics import metrics
from serving.periodic import Periodic
from serving.shadow.challengers import Challenger
from serving.shadow.folder import ChallengerFolder
from serving.shadow.scoring import Shadowed, shadowed
from serving.store.shadow import Due, ShadowStore
from serving.store.store import Store

EVERY: Final = 5.0  # seconds between two rounds
AT_ONCE: Final = 50  # items a batch
REST: Final = 9.0  # times as long as a batch worked, before the next
LEASE: Final = 60.0  # seconds after which a process that said nothing counts as dead
logger = logging.getLogger("clearlane.serving.shadow")


class ShadowRounds:
    """One thread a process, of which one scores. It begins with a round at once, and ends where there is no folder."""

    def __init__(
        self,
        store: Store,
        champions: Champions,
        folder: Path | None,
        *,
        clock: Callable[[], datetime] = utc_now,
        every: float = EVERY,
        rest: float = REST,
    ) -> None:
        """``champions`` are those in force, whose policy routes.

        ``clock`` is the service's; leases go by the real time.
        """
        self._kept = ShadowStore.of(store)
        self._folder = ChallengerFolder(folder, store, champions)
        self._asked = folder is not None
        self._clock = clock
        self._every = every
        self._rest = rest
        self._looked = -math.inf  # monotonic seconds; of the last look at the folder
        self._holder = secrets.token_hex(16)
        self._holds = False
        self._periodic = Periodic(
            "shadow",
            self._round,
            every=every,
            logger=logger,
            failing="a round of the challengers was broken off",
            last=self._give_back,
        )

    def start(self) -> None:
        """Begin with a round at once."""
        self._periodic.start()

    def close(self) -> None:
        """End after the batch that runs."""
        self._periodic.close()

    def once(self) -> int:
        """Rounds until nothing is left to score; how many scores were stored. Raises StoreError."""
        self._look()
        stored, more = 0, True
        while more and not self._periodic.ending:
            found, more = self._pass()
            stored += found
        return stored

    def _look(self) -> None:
        """Take what has changed in the folder."""
        self._looked = time.monotonic()
        if self._folder.look(self._clock()):
            gc.collect()  # as when champions are loaded: what is there now is passed over from now on
            gc.freeze()

    def _pass(self) -> tuple[int, bool]:
        """A batch of each challenger; how many scores were stored, and whether more may wait.

        Two looks at the folder are no closer than rounds are, because files have settled when two looks find the same.
        """
        if time.monotonic() - self._looked >= self._every:
            self._look()
        found = [self._next(one) for one in self._folder.challengers if not self._periodic.ending]
        stored = [count for count in found if count is not None]
        return sum(stored), bool(stored)

    def _next(self, challenger: Challenger) -> int | None:
        """Score the next batch; None where nothing is left, or it is another process that scores."""
        begun = time.thread_time()
        due = self._kept.due(challenger.kind, challenger.version, limit=AT_ONCE)
        if due is None or not self._hold():
            self._lag(challenger, None)
            return None
        self._lag(challenger, due)
        stored = self._batch(challenger, due)
        self._periodic.breathe(self._rest * (time.thread_time() - begun))
        return stored

    def _batch(self, challenger: Challenger, due: Due) -> int | None:
        """How many scores of a batch were stored; None where they were not this one's to store."""
        at = self._clock()
        said = shadowed(challenger, due, at)
        found = self._kept.keep(due, challenger.kind, challenger.version, said.scores, at)
        if found is not None:
            self._count(challenger, said)
        return found

    def _hold(self) -> bool:
        self._holds = self._kept.hold(self._holder, utc_now(), LEASE)
        return self._holds

    def _count(self, challenger: Challenger, said: Shadowed) -> None:
        metrics().shadowed.labels(challenger.kind, "scored").inc(len(said.scores))
        for why, count in said.left_out.items():
            metrics().shadowed.labels(challenger.kind, why).inc(count)

    def _lag(self, challenger: Challenger, due: Due | None) -> None:
        """Told by the process that scores: nothing waits, or the first item does."""
        if due is None and not self._holds:
            return
        first = min((one.received_at for one in due.items), default=None) if due else None
        lag = 0.0 if first is None else max(0.0, (self._clock() - first).total_seconds())
        metrics().shadow_lag.labels(challenger.kind).set(lag)

    def _round(self) -> bool:
        _, more = self._pass()
        if not self._asked:
            self._periodic.end()
        return more

    def _give_back(self) -> None:
        if self._holds:
            self._kept.leave(self._holder)

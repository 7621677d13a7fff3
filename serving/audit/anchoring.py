"""The log's head carried out of the database on a schedule, by one worker of all that share the store."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from features.settings import Settings
from serving.audit.anchors import Anchor, anchor
from serving.audit.keys import audit_key
from serving.audit.targets import Target, target_of
from serving.metrics import metrics
from serving.periodic import Periodic
from serving.store.audit import Head, moment
from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from serving.store.turns import turn_of

logger = logging.getLogger("clearlane.serving.audit")


class Turn(Protocol):
    """Who of several does what one of them should do (``serving.store.turns``)."""

    def mine(self) -> bool:
        """Whether it is this process, which tries to take it; raises StoreError."""

    def give_back(self) -> None:
        """Let another one take it."""


class Anchoring:
    """One thread a process. Of all that share a store one writes, where the log has grown since it last did."""

    def __init__(
        self,
        head: Callable[[], Head | None],
        target: Target | None,
        turn: Turn,
        *,
        every: float,
        key: bytes | None = None,
    ) -> None:
        """``every`` are seconds between two anchors; without a target it does nothing."""
        self._head = head
        self._target = target
        self._turn = turn
        self._key = key
        self._anchored: Head | None = None
        self._periodic = Periodic(
            "anchoring",
            self._count,
            every=every,
            logger=logger,
            failing="the audit log could not be anchored",
            last=self._count,
        )

    def start(self) -> None:
        """Begin with an anchor at once."""
        if self._target is not None:
            self._periodic.start()

    def close(self) -> None:
        """End with a last anchor."""
        self._periodic.close()
        self._turn.give_back()

    def once(self) -> Anchor | None:
        """Anchor the head; None where it is another's turn or the log has not grown. Raises AnchorError, StoreError."""
        if self._target is None or not self._turn.mine():
            return None
        head = self._head()
        if head is None or head == self._anchored:
            return None
        made = anchor(head.number, head.hash, moment(datetime.now(UTC)), key=self._key)
        self._target.write(made)
        self._anchored = head
        return made

    def _count(self) -> bool:
        """Whatever fails is counted, and stops nothing: the next anchor vouches for all that came before."""
        try:
            if self.once() is not None:
                metrics().anchors.labels("written").inc()
        except Exception:
            metrics().anchors.labels("failed").inc()
            raise
        return False


def anchoring_of(settings: Settings, store: Store) -> Anchoring:
    """As the settings ask for it; raises BadInputError for an address that anchors cannot go to."""
    target = target_of(settings.audit_anchor) if settings.audit_anchor else None
    return Anchoring(
        AuditStore.of(store).head,
        target,
        turn_of(store),
        every=settings.audit_anchor_seconds,
        key=audit_key(settings),
    )

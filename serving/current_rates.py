"""The history that a model was trained with, gone on with by the answers that the store has seen since."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date
from typing import Final, Protocol, runtime_checkable

from features.denial_history.history import DenialHistory
from features.denial_history.replay import first_answer, sent_on
from features.x12.records import Claim, ClaimPayment

EVERY: Final = 900.0  # seconds between two looks at the store


@runtime_checkable
class Answers(Protocol):
    """Where answers are kept: ``serving.store.store.Store``, or a test's own."""

    def claims_answered_since(self, day: date | None, /) -> Sequence[tuple[Claim, list[ClaimPayment]]]:
        """All claims that a payment has been posted to since a day, with all of their payments."""


class CurrentRates:
    """Made anew from the model's history at each look, so that it depends on the store alone and not on its past looks.

    Each process of the service has its own; they agree as soon as each has looked.
    """

    def __init__(
        self, trained: DenialHistory, answers: Answers, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._trained = trained
        self._answers = answers
        self._clock = clock
        self._lock = threading.Lock()
        self._current = trained
        self._due = clock()

    def get(self) -> DenialHistory:
        """The history now; others may look at it, and none may change it. One caller waits for a look, now and then."""
        if self._clock() >= self._due and self._lock.acquire(blocking=False):
            try:
                self._current = self._looked()
                self._due = self._clock() + EVERY
            finally:
                self._lock.release()
        return self._current

    def _looked(self) -> DenialHistory:
        """The trained history with the first answers that came after its last day, in order of day."""
        last = self._trained.last
        stored = self._answers.claims_answered_since(last)
        found = (first_answer(place, *one) for place, one in enumerate(stored))
        answers = [one for one in found if one is not None and (last is None or one.day > last)]
        if not answers:
            return self._trained
        history = deepcopy(self._trained)
        for one in sorted(answers, key=lambda one: (one.day, one.place)):
            claim, _ = stored[one.place]
            if last is None or sent_on(claim) > last:  # what was sent before, training has seen
                history.sent(claim)
            history.answered(claim, one.outcome, one.day)
        return history

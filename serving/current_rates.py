"""The history that a model was trained with, gone on with by the answers that the store has seen since."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple, Protocol, TypeVar, runtime_checkable

from features.denial_history.history import DenialHistory
from features.denial_history.replay import Answered, first_answer, sent_on
from features.errors import ClearlaneError
from features.x12.records import Claim, ClaimPayment
from serving.parts import in_parts
from serving.problem_details import where_it_happened

EVERY: Final = 900.0  # seconds between two looks at the store
AT_ONCE: Final = 200  # claims that are in memory at a time
REST: Final = 3.0  # seconds of rest a second of work, so that requests are answered meanwhile
logger = logging.getLogger("clearlane.serving")
_T = TypeVar("_T")


@runtime_checkable
class Answers(Protocol):
    """Where answers are kept: ``serving.store.store.Store``, or a test's own."""

    def answered_since(self, day: date | None, /) -> Sequence[str]:
        """The references of all claims that a payment has been posted to since a day."""

    def claims(self, references: Sequence[str], /) -> Mapping[str, Claim]:
        """Claims by their references; those that are not there any more are left out."""

    def payments_of(self, references: Sequence[str], /) -> Mapping[str, Sequence[ClaimPayment]]:
        """All payments that were posted to claims, by reference."""


class _Place(NamedTuple):
    """When a claim's first answer came: in their order they count. No more is kept of the many that there are."""

    day: date
    sent: date
    reference: str


class CurrentRates:
    """Made anew from the model's history at each look, so that it depends on the store alone and not on its past looks.

    Each process of the service has its own; they agree as soon as each has looked. A look reads the store in parts and
    keeps nothing of a patient, so it takes little room however many answers there are.
    """

    def __init__(
        self, trained: DenialHistory, answers: Answers, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._trained = trained
        self._answers = answers
        self._clock = clock
        self._looking = threading.Lock()
        self._current = trained
        self._due: float | None = None  # None: nobody has looked yet

    def get(self) -> DenialHistory:
        """The history now; others may look at it, and none may change it.

        The first caller waits for a look; later ones are made beside the callers, by a thread of their own.
        """
        if self._due is None:
            with self._looking:
                if self._due is None:
                    self._look()
        elif self._clock() >= self._due and self._looking.acquire(blocking=False):
            threading.Thread(target=self._look_beside, name="rates", daemon=True).start()
        return self._current

    def _look_beside(self) -> None:
        try:
            self._look(rest=REST)
        except ClearlaneError as error:  # what is missing may be back at the next look
            logger.warning("denial rates stay those of the last look: %s", error)
        except Exception as error:
            logger.error("denial rates stay those of the last look: %s", where_it_happened(error))
        finally:
            self._due = self._clock() + EVERY
            self._looking.release()

    def _look(self, *, rest: float = 0.0) -> None:
        """The trained history with the first answers that came after its last day, in order of day."""
        last = self._trained.last
        places = sorted(self._places(rest))
        history = self._trained.of_many() if places else self._trained
        for part in _resting(in_parts(places, AT_ONCE), rest):
            found = self._first_answers([one.reference for one in part])
            for one in part:
                if one.reference not in found:  # it was purged, or the posting taken back, meanwhile
                    continue
                claim, answer = found[one.reference]
                if last is None or sent_on(claim) > last:  # what was sent before, training has seen
                    history.sent(claim)
                history.answered(claim, answer.outcome, answer.day)
        if places:
            history.forget_patients()
        self._current, self._due = history, self._clock() + EVERY

    def _places(self, rest: float) -> Iterator[_Place]:
        """Of each answer that came after training; a day is one object, however many answers it has."""
        days: dict[date, date] = {}
        for part in _resting(in_parts(self._answers.answered_since(self._trained.last), AT_ONCE), rest):
            for reference, (claim, answer) in self._first_answers(part).items():
                sent = claim.submitted or date.min
                yield _Place(days.setdefault(answer.day, answer.day), days.setdefault(sent, sent), reference)

    def _first_answers(self, references: Sequence[str]) -> dict[str, tuple[Claim, Answered]]:
        """By reference; without the claims that had theirs when the model was trained."""
        last, payments = self._trained.last, self._answers.payments_of(references)
        answers: dict[str, tuple[Claim, Answered]] = {}
        for reference, claim in self._answers.claims(references).items():
            found = first_answer(0, claim, payments.get(reference, ()))
            if found is not None and (last is None or found.day > last):
                answers[reference] = claim, found
        return answers


def _resting(parts: Sequence[Sequence[_T]], rest: float) -> Iterator[Sequence[_T]]:
    """The same, with a pause behind each as long as the work on it took, ``rest`` times."""
    for part in parts:
        begun = time.thread_time()
        yield part
        time.sleep(rest * (time.thread_time() - begun))

"""What the product's history knew of each claim on its day, for methods that are asked day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.denial_history.history import COLUMNS
from features.denial_history.outcome import Outcome, outcome_of
from features.denial_history.replay import Answered, replay
from features.x12.records import Claim
from training.benchmarks.denial.task import Split
from training.benchmarks.protocols import Answer, DenialDay, DenialHistory
from training.metrics import Floats


@dataclass(frozen=True)
class Known:
    """What was known of claims when they were sent, (n, columns)."""

    history: Floats  # of the history's claims
    all_sent: Floats  # of all before the window
    asked: Floats  # of those that are asked about
    carcs: tuple[str | None, ...]  # the first of each denial of the history's claims

    @staticmethod
    def of(given: Split) -> Known:
        """Lives through the history and the window."""
        lived = Lived(given.history)
        history, all_sent = lived.rows(given.history.claims), lived.rows(given.history.all_sent)
        asked = np.vstack([lived.on(day) for day in given.days])
        return Known(history, all_sent, asked, lived.carcs(given.history.claims))


class Lived:
    """Replays the history that a method is given, and goes on with each day."""

    def __init__(self, given: DenialHistory) -> None:
        self._sent = list(given.all_sent)
        told = [Answered(one.claim, one.day, self._outcome(one)) for one in given.all_answers]
        replayed = replay(given.all_sent, told, given.all_rejected)
        self.history = replayed.history
        self._rows = {id(claim): row for claim, row in zip(given.all_sent, replayed.rows, strict=True)}
        self._carcs = {id(self._sent[one.place]): one.outcome.carcs for one in told}

    def rows(self, claims: Sequence[Claim]) -> Floats:
        """Of claims of the history: what was known of each when it was sent, (n, columns)."""
        return np.array([self._rows[id(claim)] for claim in claims]).reshape(len(claims), len(COLUMNS))

    def carcs(self, claims: Sequence[Claim]) -> tuple[str | None, ...]:
        """Of claims of the history: the first CARC of each denial, None where the claim was paid as sent."""
        return tuple(next(iter(self._carcs.get(id(claim), ())), None) for claim in claims)

    def on(self, day: DenialDay) -> Floats:
        """Takes in what the day tells; of the claims that are asked about what is known of each, (n, columns)."""
        for place in day.rejected:
            self.history.rejected(self._sent[place].claim_id or "")
        for answer in day.answers:
            self.history.answered(self._sent[answer.claim], self._outcome(answer), answer.day)
        known = [self.history.take(claim) for claim in day.claims]
        self._sent += day.claims
        return np.array([known[index] for index in day.asked]).reshape(len(day.asked), len(COLUMNS))

    def _outcome(self, answer: Answer) -> Outcome:
        return outcome_of(self._sent[answer.claim], answer.payments)

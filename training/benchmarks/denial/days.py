"""A data set as its provider lives through it: claims sent and answers come, day by day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from features.first_decision import first_decision
from features.x12.records import Claim
from training.benchmarks.protocols import Answer, DenialDay
from training.datasets import Dataset
from training.denial_labels import answers, rejected_claims


@dataclass(frozen=True)
class Course:
    """All claims in the order in which they were sent, and all first answers in order of day."""

    claims: tuple[Claim, ...]
    sent: tuple[date, ...]
    answers: tuple[Answer, ...]
    came: tuple[date, ...]
    rejected: tuple[int, ...]  # places of claims that were turned away; a provider knows it on the next day

    @staticmethod
    def of(dataset: Dataset) -> Course:
        """Of the claims that say when they were sent; among those of a day, in the files' order."""
        order = sorted(
            (claim.submitted, number) for number, claim in enumerate(dataset.claims) if claim.submitted
        )
        place = {number: place for place, (_, number) in enumerate(order)}
        found = [
            Answer(place[number], day, tuple(decided))
            for number, payments in answers(dataset).items()
            if number in place and (decided := first_decision(payments, dataset.claims[number]))
            if (day := decided[0].payment_date)
        ]
        found.sort(key=lambda answer: (answer.day, answer.claim))
        return Course(
            tuple(dataset.claims[number] for _, number in order),
            tuple(day for day, _ in order),
            tuple(found),
            tuple(answer.day for answer in found),
            tuple(sorted(place[number] for number in rejected_claims(dataset) if number in place)),
        )

    def before(self, day: date) -> tuple[tuple[Claim, ...], tuple[Answer, ...], tuple[int, ...]]:
        """The claims sent, the answers that came and the places of claims that were turned away before a day."""
        sent = bisect_left(self.sent, day)
        return self.claims[:sent], self.answers[: bisect_left(self.came, day)], self._rejected(0, sent)

    def days(self, asked: Sequence[Claim]) -> tuple[DenialDay, ...]:
        """From the first day of the claims that are asked about to the last, each day on which a claim is sent."""
        wanted = {id(claim) for claim in asked}
        places = [place for place, claim in enumerate(self.claims) if id(claim) in wanted]
        first, last = (self.sent[places[0]], self.sent[places[-1]]) if places else (date.max, date.min)
        known, told = bisect_left(self.came, first), bisect_left(self.sent, first)
        result = []
        for day in sorted({day for day in self.sent if first <= day <= last}):
            start, end = bisect_left(self.sent, day), bisect_right(self.sent, day)
            until = bisect_left(self.came, day)
            inside = [place - start for place in range(start, end) if id(self.claims[place]) in wanted]
            result.append(
                DenialDay(
                    day, self.answers[known:until], self.claims[start:end], start, tuple(inside),
                    self._rejected(told, start),
                )
            )  # fmt: skip
            known, told = until, start
        return tuple(result)

    def _rejected(self, start: int, end: int) -> tuple[int, ...]:
        return self.rejected[bisect_left(self.rejected, start) : bisect_left(self.rejected, end)]

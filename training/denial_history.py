"""A data set's history of denials, replayed: what was known of each claim on the day on which it was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from features.denial_history.outcome import Outcome
from features.denial_history.replay import Answered, Replayed, first_answer, replay
from features.x12.records import Claim
from training.datasets import Dataset
from training.denial_labels import answers, rejected_claims
from training.denial_lines import DeniedClaim


@dataclass(frozen=True)
class Past:
    """What was known of each claim of a data set when it was sent, and what came of it, by place."""

    replayed: Replayed
    outcomes: Mapping[int, Outcome]

    def denied_lines(self, claims: Sequence[Claim], places: Iterable[int]) -> list[DeniedClaim]:
        """Of some places the claims with several lines that were denied."""
        known = self.replayed.services
        return [
            DeniedClaim(claims[place], self.outcomes[place], known[place])
            for place in places
            if place in known
        ]


def past_of(dataset: Dataset) -> Past:
    """A row for each of the data set's claims, in their order, and all that is known on its last day."""
    answered = list(first_answers(dataset))
    outcomes = {one.place: one.outcome for one in answered}
    watched = {
        place
        for place, outcome in outcomes.items()
        if outcome.denied and len(dataset.claims[place].lines) > 1
    }
    rejected = sorted(rejected_claims(dataset))
    return Past(replay(dataset.claims, answered, rejected, watched=watched, progress=True), outcomes)


def first_answers(dataset: Dataset) -> Iterator[Answered]:
    """Each claim's first decision, mature or not: what has come is known, whatever is still to come."""
    for place, payments in sorted(answers(dataset).items()):
        answer = first_answer(place, dataset.claims[place], payments)
        if answer is not None:
            yield answer

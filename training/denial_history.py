"""A data set's history of denials, replayed: what was known of each claim on the day on which it was sent."""

from __future__ import annotations

from collections.abc import Iterator

from features.denial_history.outcome import outcome_of
from features.denial_history.replay import Answered, Replayed, replay
from features.first_decision import first_decision
from training.datasets import Dataset
from training.denial_labels import answers, rejected_claims


def replayed(dataset: Dataset) -> Replayed:
    """A row for each of the data set's claims, in their order, and all that is known on its last day."""
    return replay(dataset.claims, first_answers(dataset), sorted(rejected_claims(dataset)), progress=True)


def first_answers(dataset: Dataset) -> Iterator[Answered]:
    """Each claim's first decision, mature or not: what has come is known, whatever is still to come."""
    for place, payments in sorted(answers(dataset).items()):
        claim = dataset.claims[place]
        decided = first_decision(payments, claim)
        day = decided[0].payment_date if decided else None
        if day is not None:
            yield Answered(place, day, outcome_of(claim, decided))

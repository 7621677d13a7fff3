"""Claims to replay: each with what was known on the day it was sent, judged by the payer's first decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from features.code_pairs import CodePairs
from models.denial_risk import KIND, DenialRiskModel, routing_input
from training.datasets import Dataset
from training.denial_history import past_of
from training.denial_labels import VOID, label
from training.whatif.rows import UNKNOWN, Rows, span, within


class Denials:
    """The claims that have a day and are no voids; matured decisions alone are labels (``training.denial_labels``)."""

    kind = KIND

    def __init__(self, dataset: Dataset, pairs: CodePairs | None = None) -> None:
        self.pairs = pairs
        labels = label(dataset)
        found = [
            (claim.submitted, place)
            for place, claim in enumerate(dataset.claims)
            if claim.submitted is not None and claim.frequency != VOID
        ]
        found.sort()
        self.sent = [day for day, _ in found]
        self.claims = [dataset.claims[place] for _, place in found]
        self.known = past_of(dataset).replayed.rows[[place for _, place in found]]
        denied = dict(zip(labels.places, labels.denied, strict=True))
        batch = dict(zip(labels.places, labels.batch, strict=True))
        self.errors = np.array([int(denied.get(place, UNKNOWN)) for _, place in found], dtype=np.int64)
        self.batches = [batch.get(place) or place for _, place in found]

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day of submission."""
        return span(self.sent)

    def score(self, folder: Path, first: date, last: date) -> Rows:
        """The claims of some days."""
        model = replace(DenialRiskModel.load(folder), pairs=self.pairs)
        rows = within(self.sent, first, last)
        claims = [self.claims[row] for row in rows]
        scores = model.score(claims, self.known[rows]) if claims else []
        return Rows(
            kind=KIND,
            items=[routing_input(claim, score) for claim, score in zip(claims, scores, strict=True)],
            days=[self.sent[row] for row in rows],
            numbers=[int(row) + 1 for row in rows],
            errors=self.errors[rows],
            batches=[self.batches[row] for row in rows],
        )

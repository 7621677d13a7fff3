"""Claim payments to replay: each against the candidates of its day, judged by audits where there are any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from features.progress import track
from models.remittance_match import KIND, MatchScore, RemittanceMatchModel
from training.datasets import Dataset
from training.remittance_match import Prepared, answers_of, items_of, prepare, score
from training.whatif.rows import UNKNOWN, Rows, span, within
from training.windows import Indices

AT_ONCE = 2000  # payments scored between two steps of the bar


class Matches:
    """The payments that the ledger has a posting of: one that was never posted is no decision to compare with."""

    kind = KIND

    def __init__(self, dataset: Dataset) -> None:
        self.prepared: Prepared = prepare(dataset)

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day of payment."""
        return span(self.prepared.labels.paid_on)

    def score(self, folder: Path, first: date, last: date) -> Rows:
        """The payments of some days; without audits the ledger is taken at its word."""
        prepared, labels = self.prepared, self.prepared.labels
        rows = within(labels.paid_on, first, last)
        scores = list(_scored(RemittanceMatchModel.load(folder), prepared, rows))
        errors = answers_of(scores, prepared, rows).errors() if rows.size else np.zeros(0, dtype=np.int64)
        looked, everything = labels.checked(), not labels.has_audits()
        known = np.array([everything or looked[row] is not None for row in rows], dtype=np.bool_)
        return Rows(
            kind=KIND,
            items=items_of(scores, prepared, rows),
            days=[labels.paid_on[row] for row in rows],
            numbers=[int(row) + 1 for row in rows],
            errors=np.where(known, errors, UNKNOWN),
            batches=[labels.batch[row] for row in rows],
        )


def _scored(model: RemittanceMatchModel, prepared: Prepared, rows: Indices) -> Iterator[MatchScore]:
    parts: Sequence[Indices] = [rows[start : start + AT_ONCE] for start in range(0, rows.size, AT_ONCE)]
    for part in track(parts, "Scoring payments", total=len(parts)):
        yield from score(model, prepared, part)

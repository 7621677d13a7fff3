"""Methods that see the product's columns and are asked day by day: all columns, or those of the claim itself alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from features.denial_risk import COLUMNS, OWN, Encoding, encode
from features.x12.records import Claim
from training.benchmarks.denial.lived import Lived
from training.benchmarks.protocols import DenialDay, DenialHistory
from training.metrics import Floats


class ByColumns:
    """Fits on the columns as they were known when each claim was sent; a subclass says how."""

    with_history: ClassVar[bool] = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of what it sees."""
        return COLUMNS if self.with_history else OWN

    def fit(self, history: DenialHistory) -> None:
        """On all of the history."""
        self.seed = history.seed
        self._encoding = Encoding.of_claims(history.claims)
        self._lived = Lived(history) if self.with_history else None
        known = self._lived.rows(history.claims) if self._lived else None
        rows = self._rows(history.claims, known)
        self.learn(history.claims, rows, np.asarray(history.denied, dtype=np.float64))

    def risk_on(self, day: DenialDay) -> Sequence[float]:
        """As what was learnt says."""
        known = self._lived.on(day) if self._lived else None
        claims = [day.claims[index] for index in day.asked]
        if not claims:
            return []
        return [float(probability) for probability in self.say(claims, self._rows(claims, known))]

    def learn(self, claims: Sequence[Claim], rows: Floats, denied: Floats) -> None:
        """From rows (n, columns) and outcomes (n,), in order of sending."""
        raise NotImplementedError

    def say(self, claims: Sequence[Claim], rows: Floats) -> Floats:
        """Probabilities (n,)."""
        raise NotImplementedError

    def _rows(self, claims: Sequence[Claim], known: Floats | None) -> Floats:
        return encode(claims, self._encoding, known).rows[:, : len(self.columns)]

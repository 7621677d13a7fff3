"""Boosted trees on the same rows: what effects and their pairs do not say, as three things that hold together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np

from features.recovery_columns import Floats, Rows
from models.recovery_effects import codes_of

THREADS = 1  # of one request
PERIOD = "period"


@dataclass(frozen=True)
class Trees:
    """A booster and the values that it knows of each category; one that it does not know is missing to it."""

    booster: lgb.Booster
    vocabulary: Mapping[str, Sequence[str]]
    last_period: int

    def log_odds(self, rows: Rows) -> Floats:
        """Of each row, (n,)."""
        matrix = matrix_of(rows, self.vocabulary, self.last_period)
        raw = self.booster.predict(matrix, raw_score=True, num_threads=THREADS)
        return np.asarray(raw, dtype=np.float64)

    def to_plain(self) -> dict[str, Any]:
        """For a manifest; the booster is a part of its own."""
        vocabulary = {name: list(values) for name, values in self.vocabulary.items()}
        return {"vocabulary": vocabulary, "last_period": self.last_period}

    @staticmethod
    def from_plain(plain: Mapping[str, Any], booster: lgb.Booster) -> Trees:
        """The inverse."""
        return Trees(booster, plain["vocabulary"], int(plain["last_period"]))


def matrix_of(rows: Rows, vocabulary: Mapping[str, Sequence[str]], last_period: int) -> Floats:
    """Codes of the categories, the ordered values, and the period, which ends where learning did."""
    # In the order of the columns: a vocabulary that was saved and loaded has them in another.
    coded = [
        codes_of(rows.keys(name), vocabulary[name]).astype(np.float64) for name in rows.columns.categorical
    ]
    coded = [np.where(code < 0, np.nan, code) for code in coded]
    period = np.minimum(rows.period, last_period).astype(np.float64)
    return np.column_stack([*coded, *(rows.numbers[name] for name in rows.columns.ordinal), period])

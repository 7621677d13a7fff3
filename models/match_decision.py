"""How sure the decision for a payment is: the whole list of candidates is judged, and not the best one alone.

The softmax gives each candidate its share. Whether the likeliest one is right depends on more: how the others stand,
whether a sibling is as good, through which channel the payment came. A second booster learns that from decisions on
payments that the first one was not fitted on (stacking, Wolpert 1992), and starts from the softmax; a sigmoid for each
channel then holds it to what came out later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from features.match_pairs import FEATURES
from models.calibration import SigmoidCalibration
from models.match_softmax import padded

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

DECISION = ("best", "second", "share", "none", "runner_up", *(f"best_{name}" for name in FEATURES))
POOLED = "all"  # the sigmoid of channels that have too few payments for one of their own
FEWEST_ROWS, FEWEST_ERRORS = 300, 20  # for a channel's own sigmoid
FLOOR = 1e-6  # a share is never nearer to 0 or 1
DEEPEST = -30.0  # log-odds of a candidate that is not there
PRECISION = 9  # decimals: decisions that nothing tells apart must tie


@dataclass(frozen=True)
class Decided:
    """The likeliest candidate of each payment; payments without candidates are not among the rows."""

    table: Floats  # (k, len(DECISION))
    some: NDArray[np.bool_]  # (n,): which payments have candidates; k of them
    best: Indices  # (k,): place of the likeliest pair
    log_odds: Floats  # (k,): of its share

    @staticmethod
    def of(features: Floats, raw: Floats, shares: Floats, none: Floats, starts: Indices) -> Decided:
        """``features`` (m, len(FEATURES)), ``raw`` and ``shares`` (m,) of pairs, ``none`` (n,), ``starts`` (n + 1,)."""
        some = np.diff(starts) > 0
        table = padded(shares, starts)[some]
        best = starts[:-1][some] + np.argmax(table, axis=1)
        two_raw = _two_best(np.fmax(padded(raw, starts)[some], DEEPEST))
        two_shares = _two_best(np.fmax(table, 0.0))
        own = np.column_stack([two_raw, two_shares[:, 0], none[some], two_shares[:, 1], features[best]])
        share = np.clip(shares[best], FLOOR, 1 - FLOOR)
        return Decided(own, some, best, np.asarray(logit(share), dtype=np.float64))


@dataclass(frozen=True)
class MatchDecision:
    """The second booster, and a sigmoid a channel."""

    booster: lgb.Booster
    sigmoids: Mapping[str, SigmoidCalibration]

    def raw(self, decided: Decided, *, threads: int) -> Floats:
        """Uncalibrated log-odds (k,) that the likeliest candidate is right."""
        if not decided.best.size:
            return np.zeros(0)
        added = self.booster.predict(decided.table, raw_score=True, num_threads=threads)
        return np.asarray(decided.log_odds + np.asarray(added), dtype=np.float64).round(PRECISION)

    def __call__(self, decided: Decided, channels: Sequence[str], *, threads: int) -> Floats:
        """The probability (k,) that the likeliest candidate is right; ``channels`` (n,) of all payments."""
        raw = self.raw(decided, threads=threads)
        sure = np.zeros(raw.size)
        own = np.array(channels, dtype=object)[decided.some]
        for channel in set(own):
            rows = own == channel
            sure[rows] = self.sigmoids.get(channel, self.sigmoids[POOLED])(raw[rows])
        return sure

    def to_dict(self) -> dict[str, dict[str, float]]:
        """The sigmoids as plain values for a manifest."""
        return {channel: sigmoid.to_dict() for channel, sigmoid in self.sigmoids.items()}

    @staticmethod
    def from_parts(booster: lgb.Booster, values: Mapping[str, Mapping[str, float]]) -> MatchDecision:
        """The inverse of ``to_dict``; raises KeyError where no sigmoid is for all."""
        sigmoids = {channel: SigmoidCalibration.from_dict(given) for channel, given in values.items()}
        return MatchDecision(booster, {POOLED: sigmoids[POOLED], **sigmoids})


def fit_sigmoids(raw: Floats, right: Floats, channels: Sequence[str]) -> dict[str, SigmoidCalibration]:
    """One for all payments, and one for each channel that has enough of them, and enough errors among them.

    ``raw`` (k,) log-odds, ``right`` (k,) 0 or 1. Raises MissingDataError for no rows.
    """
    sigmoids = {POOLED: SigmoidCalibration.fit(raw, right)}
    own = np.array(channels, dtype=object)
    for channel in sorted(set(channels)):
        rows = own == channel
        errors = int((1 - right[rows]).sum())
        if int(rows.sum()) >= FEWEST_ROWS and min(errors, int(rows.sum()) - errors) >= FEWEST_ERRORS:
            sigmoids[channel] = SigmoidCalibration.fit(raw[rows], right[rows])
    return sigmoids


def with_confidence(
    shares: Floats, none: Floats, starts: Indices, decided: Decided, sure: Floats
) -> tuple[Floats, Floats]:
    """Shares (m,) and none (n,) in which the likeliest candidate has the probability ``sure`` (k,).

    The others keep their ratios and none passes the likeliest; candidates that tie with it share with it. Those of one
    payment sum to 1.
    """
    table, left = padded(shares, starts)[decided.some], none[decided.some]
    filled = np.isfinite(table)
    table = np.where(filled, table, 0.0)
    tied = filled & (table == table.max(axis=1, keepdims=True))
    each = np.minimum(sure, 1 / tied.sum(axis=1))
    rest = 1 - each * tied.sum(axis=1)
    others = np.where(tied, 0.0, table)
    total = others.sum(axis=1) + left
    factor = np.divide(rest, total, out=np.zeros_like(rest), where=total > 0)
    new = np.where(tied, each[:, None], np.minimum(others * factor[:, None], each[:, None]))
    new_none = none.copy()
    new_none[decided.some] = 1 - new.sum(axis=1)
    return new[filled], new_none


def _two_best(table: Floats) -> Floats:
    """The two highest (k, 2) of each row, falling."""
    return np.sort(table, axis=1)[:, :-3:-1]

"""Fit the booster on findings and its two calibrations, on windows of their own in time order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.invoices.cases import InvoiceCase
from features.invoices.columns import COLUMNS, Rows, encode
from models.calibration import SigmoidCalibration
from models.invoices.anomalies import combined, raw_log_odds
from models.venn_abers import VennAbersGrid
from training.invoices.labels import InvoiceLabels, outcomes
from training.windows import Indices, Windows

Floats = NDArray[np.float64]
ROUNDS = 160
FEWEST_WRONG = 12  # random reviews found wrong from which a calibration is worth fitting
PRIOR_INVOICES, PRIOR_RATE = (
    40.0,
    0.01,
)  # what is thought of invoices without a finding before any was checked
# More of these never makes a finding less likely to be right: the few labels of a small provider must not say so.
RISING = ("number_likeness", "number_alike", "same_lines", "same_vendor_id", "name_likeness", "unusual_deviations",
          "unusual_off", "unusual_over_most", "unusual_nearest", "ordered_deviations", "ordered_off", "ordered_beside",
          "total_off", "over_ordered", "price_off_usual")  # fmt: skip
FALLING = ("credited_between", "same_number_days", "pair_times", "price_recent_same", "centre_share_here",
           "unusual_times_so")  # fmt: skip
PARAMETERS: Mapping[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 10,
    "min_data_in_leaf": 12,
    "min_sum_hessian_in_leaf": 0.5,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.9,
    "bagging_freq": 1,
    "lambda_l2": 3.0,
    "monotone_constraints": [(name in RISING) - (name in FALLING) for name in COLUMNS],
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


@dataclass(frozen=True)
class Fitted:
    """What the fit and the calibration window give."""

    booster: lgb.Booster
    finding: SigmoidCalibration
    whole: SigmoidCalibration
    intervals: VennAbersGrid
    base: float

    def probabilities(self, cases: Sequence[InvoiceCase]) -> Floats:
        """(n,) that something is wrong."""
        return self.whole(self.log_odds(cases))

    def log_odds(self, cases: Sequence[InvoiceCase]) -> Floats:
        """(n,) before the calibration of invoices."""
        rows = encode(cases)
        return combined(cases, self.finding(raw_log_odds(self.booster, rows)), rows, self.base)


def fit(labels: InvoiceLabels, windows: Windows, *, seed: int, rounds: int = ROUNDS) -> tuple[Fitted, Fitted]:
    """The model to use, and the one before it, which has not learnt from the calibration window.

    The first one is calibrated on that window; the one to use then learns from both, under the same calibration.
    """
    first = Fitted(
        booster=_booster(labels, windows.fit, seed=seed, rounds=rounds),
        finding=SigmoidCalibration.identity(),
        whole=SigmoidCalibration.identity(),
        intervals=VennAbersGrid.fit([0.5], [0.0]),
        base=base_rate(labels, windows.fit),
    )
    first = _calibrated(first, labels, windows.calibration)
    both = np.concatenate([windows.fit, windows.calibration])
    newest = _booster(labels, both, seed=seed, rounds=rounds)
    return replace(first, booster=newest, base=base_rate(labels, both)), first


def base_rate(labels: InvoiceLabels, rows: Indices) -> float:
    """How often an invoice drawn at random was wrong though nothing was found, smoothed."""
    clean = [row for row in rows if labels.audited[row] and not labels.cases[row].findings]
    wrong = float(sum(labels.wrong[row] for row in clean))
    return (wrong + PRIOR_INVOICES * PRIOR_RATE) / (len(clean) + PRIOR_INVOICES)


def _booster(labels: InvoiceLabels, rows: Indices, *, seed: int, rounds: int) -> lgb.Booster:
    encoded, right = labelled(labels, rows)
    data = lgb.Dataset(
        encoded.values,
        right,
        feature_name=list(COLUMNS),
        categorical_feature=["code"],
        params={"verbosity": -1},
    )
    return lgb.train({**PARAMETERS, "seed": seed}, data, num_boost_round=rounds)


def labelled(labels: InvoiceLabels, rows: Indices) -> tuple[Rows, Floats]:
    """The findings of some invoices, and which were right (m,)."""
    cases, reviews = [labels.cases[row] for row in rows], [labels.reviews[row] for row in rows]
    return encode(cases), outcomes(cases, reviews)


def _calibrated(first: Fitted, labels: InvoiceLabels, rows: Indices) -> Fitted:
    """Calibrated on the invoices of a window that were drawn at random: held ones are wrong more often than others."""
    random = rows[labels.audited[rows]]
    if labels.wrong[random].sum() < FEWEST_WRONG:
        random = rows
    encoded, right = labelled(labels, random)
    finding = _sigmoid(raw_log_odds(first.booster, encoded), right)
    first = replace(first, finding=finding)
    cases, wrong = [labels.cases[row] for row in random], labels.wrong[random]
    whole = _sigmoid(first.log_odds(cases), wrong)
    first = replace(first, whole=whole)
    return replace(first, intervals=VennAbersGrid.fit(first.probabilities(cases), wrong))


def _sigmoid(raw: Floats, outcome: Floats) -> SigmoidCalibration:
    """The sigmoid where it beats the raw score on the later half of the rows, fitted on all of them then."""
    if outcome.sum() < FEWEST_WRONG:
        return SigmoidCalibration.identity()
    half = outcome.size // 2
    if not 0 < outcome[:half].sum() < half:
        return SigmoidCalibration.identity()
    chosen = SigmoidCalibration.fit_if_better(raw[:half], outcome[:half], raw[half:], outcome[half:])
    unchanged = chosen == SigmoidCalibration.identity()
    return chosen if unchanged else SigmoidCalibration.fit(raw, outcome)

"""Fit the denial risk: a head for each reason to deny, as many rounds as are enough, and the calibration of it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.code_pairs import CodePairs
from features.denial_history.history import DenialHistory
from features.denial_history.practice import LACKING
from features.denial_risk import CATEGORICAL, COLUMNS, Encoding, encode
from features.x12.records import Claim
from models.calibration import SigmoidCalibration, log_loss
from models.denial_heads import Head, classes, heads_of, log_probability
from models.denial_risk import DenialRiskModel
from models.venn_abers import VennAbersGrid
from training.denial_labels import DenialLabels
from training.windows import Indices, Windows, late_slice

Floats = NDArray[np.float64]

ROUNDS = 400
PATIENCE = 30
STOPPING_SHARE = 0.15  # of the fit window, its latest part
PARTS = 3  # in time, that the calibration is cross-fitted on
SHARES = (0.72, 0.08, 0.07, 0.13)  # a certificate at 10 % needs few labels, and the newest claims teach most
THREADS = 2

RISING = (
    *LACKING,
    "days_to_submission",
    "days_past_limit",
)  # lacking more, or being later, never lowers the risk
PARAMETERS: Mapping[str, Any] = {
    "objective": "multiclassova",  # a head a reason: see models.denial_heads
    "metric": "none",
    "learning_rate": 0.06,
    "num_leaves": 7,  # few: labels are noisy, and most effects are of one or two columns
    "min_data_in_leaf": 40,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "cat_smooth": 50.0,
    "cat_l2": 50.0,
    "max_cat_threshold": 16,
    "monotone_constraints": [int(column in RISING) for column in COLUMNS],
}


@dataclass(frozen=True)
class Examples:
    """Labelled claims with what was known of each when it was sent, (n, len(HISTORY))."""

    labels: DenialLabels
    known: Floats
    pairs: CodePairs | None = None  # tables of code pairs and coverage, where the user gives them

    @property
    def denied(self) -> Floats:
        """Whether each was denied, (n,)."""
        return np.asarray(self.labels.denied, dtype=np.float64)

    def claims(self, rows: Indices) -> list[Claim]:
        """The claims of some rows."""
        return [self.labels.claims[row] for row in rows]

    def carcs(self, rows: Indices) -> list[str | None]:
        """The first CARC of each denial of some rows."""
        return [self.labels.carcs[row] for row in rows]


@dataclass(frozen=True)
class Learnt:
    """A booster, with the heads and the vocabularies that it was made for."""

    booster: lgb.Booster
    heads: tuple[Head, ...]
    encoding: Encoding

    def raw(self, examples: Examples, rows: Indices) -> Floats:
        """The log of the probability of a denial of some rows, before calibration."""
        return log_probability(self.raw_classes(examples, rows))

    def raw_classes(self, examples: Examples, rows: Indices) -> Floats:
        """The log-odds of each class, (n, 1 + heads)."""
        encoded = encode(
            examples.claims(rows), self.encoding, examples.known[rows], pairs=examples.pairs
        ).rows
        if not len(encoded):
            return np.empty((0, len(self.heads) + 1))
        return np.asarray(self.booster.predict(encoded, raw_score=True), dtype=np.float64)


@dataclass(frozen=True)
class Fitted:
    """What the fit and the calibration window give; ``calibration`` is of the log of the heads' probability."""

    learnt: Learnt
    calibration: SigmoidCalibration
    intervals: VennAbersGrid

    def model(self, history: DenialHistory, version: str = "unsaved") -> DenialRiskModel:
        """A model that scores by it."""
        learnt = self.learnt
        return DenialRiskModel(
            version, learnt.booster, learnt.heads, learnt.encoding, self.calibration, self.intervals, history
        )


def fit(examples: Examples, windows: Windows, *, seed: int, rounds: int = ROUNDS) -> Fitted:
    """A booster on the fit and the calibration window, as many rounds as the later part of the first has shown enough.

    It is calibrated by what boosters that did not know them say of the same rows: of each third in time, one that was
    fitted on the others. Certificates and tests are on later windows that none of them has seen.
    """
    parameters = _reproducible(seed)
    enough = _enough_rounds(examples, windows, parameters, rounds)
    rows = np.concatenate([windows.fit, windows.calibration])
    unseen, denied = _unseen(examples, rows, parameters, rounds=enough), examples.denied[rows]
    calibration = SigmoidCalibration.fit(unseen, denied)
    intervals = VennAbersGrid.fit(calibration(unseen), denied)
    return Fitted(_learn(examples, rows, parameters, rounds=enough), calibration, intervals)


def _unseen(examples: Examples, rows: Indices, parameters: Mapping[str, Any], *, rounds: int) -> Floats:
    """What is said of each row by a booster that was not fitted on its part of the time, (n,)."""
    said = np.empty(rows.size)
    for part in np.array_split(np.arange(rows.size), PARTS):
        others = np.delete(rows, part)
        said[part] = _learn(examples, others, parameters, rounds=rounds).raw(examples, rows[part])
    return said


def fit_blind(examples: Examples, windows: Windows, *, seed: int, rounds: int) -> Learnt:
    """For a control: fitted on the fit window, in all rounds, and not told which columns can only raise the risk."""
    parameters = _reproducible(seed)
    del parameters["monotone_constraints"]
    return _learn(examples, windows.fit, parameters, rounds=rounds)


def _learn(
    examples: Examples,
    rows: Indices,
    parameters: Mapping[str, Any],
    *,
    rounds: int,
    later: Indices | None = None,
) -> Learnt:
    """Fit on rows; with ``later`` stop where these are told no better any more."""
    claims, carcs = examples.claims(rows), examples.carcs(rows)
    encoding, heads = Encoding.of_claims(claims), heads_of(carcs)
    columns = _columns(
        encode(claims, encoding, examples.known[rows], pairs=examples.pairs).rows, classes(carcs, heads)
    )
    stopping: dict[str, Any] = {}
    if later is not None:
        rows_later = encode(
            examples.claims(later), encoding, examples.known[later], pairs=examples.pairs
        ).rows
        stopping = {
            "valid_sets": [_columns(rows_later, classes(examples.carcs(later), heads))],
            "feval": _denied_log_loss,
            "callbacks": [lgb.early_stopping(PATIENCE, verbose=False)],
        }
    wanted = {**parameters, "num_class": len(heads) + 1}
    return Learnt(lgb.train(wanted, columns, num_boost_round=rounds, **stopping), heads, encoding)


def _enough_rounds(examples: Examples, windows: Windows, parameters: Mapping[str, Any], rounds: int) -> int:
    rows = windows.fit
    earlier, later = late_slice(rows, windows.days, STOPPING_SHARE)
    stopped = _learn(examples, earlier, parameters, rounds=rounds, later=later)
    return max(1, stopped.booster.best_iteration)


def _denied_log_loss(fires: Floats, columns: lgb.Dataset) -> tuple[str, float, bool]:
    """Of any head firing, however the denials are shared out among them; ``fires`` (n, 1 + heads) in 0..1."""
    denied = np.asarray(columns.get_label()) > 0
    kept = np.clip(1.0 - fires[:, 1:], 1e-12, 1.0)
    return "denied_log_loss", log_loss(-np.expm1(np.log(kept).sum(axis=1)), denied), False


def _reproducible(seed: int) -> dict[str, Any]:
    fixed = {
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": THREADS,
        "seed": seed,
        "verbosity": -1,
    }
    return {**PARAMETERS, **fixed}


def _columns(rows: Floats, outcomes: NDArray[np.int64]) -> lgb.Dataset:
    return lgb.Dataset(
        rows,
        outcomes,
        feature_name=list(COLUMNS),
        categorical_feature=list(CATEGORICAL),
        params={"verbosity": -1},
    )

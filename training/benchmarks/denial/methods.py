"""The methods that every run of the denial benchmark compares, each by the protocol that anyone's own goes through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import lightgbm as lgb
import numpy as np

from features.denial_risk import CATEGORICAL, COLUMNS, Encoding, encode
from features.x12.records import Claim
from models.denial_outlook import DenialOutlook, Foreseeing
from models.denial_risk import DenialRiskModel
from training.benchmarks.denial.truth import read_truth, true_of
from training.benchmarks.history import history_windows
from training.benchmarks.protocols import DenialHistory
from training.denial_baselines import RateTable, lookup_baseline, rule_baseline
from training.denial_labels import DenialLabels
from training.denial_risk import fit
from training.metrics import Floats
from training.windows import SHARES

ROUNDS = 100  # LightGBM's own default


class Model:
    """The product's model, fitted and calibrated as in training; the certification window stays unused."""

    product: DenialRiskModel

    def fit(self, history: DenialHistory) -> None:
        """The booster on the earlier part, its calibration on the later."""
        labels = labels_of(history)
        windows = history_windows(history.sent, SHARES)
        denied = np.asarray(history.denied, dtype=np.float64)
        fitted = fit(labels, denied, windows, seed=history.seed)
        self.rounds = fitted.booster.num_trees()
        self.product = DenialRiskModel(
            "benchmark", fitted.booster, fitted.encoding, fitted.calibration, fitted.intervals
        )

    def risk(self, claims: Sequence[Claim]) -> Sequence[float]:
        """Calibrated probabilities."""
        return [score.probability for score in self.product.score(claims)]

    def outlooks(self, claims: Sequence[Claim]) -> list[DenialOutlook] | None:
        """What a denial of each claim would be about; None where the model does not tell."""
        product: object = self.product
        return [product.outlook(claim) for claim in claims] if isinstance(product, Foreseeing) else None


class RawScore(Model):
    """The same before calibration, which may make it no worse."""

    def risk(self, claims: Sequence[Claim]) -> Sequence[float]:
        """The booster's own probabilities."""
        said = self.product.booster.predict(encode(claims, self.product.encoding).rows, num_threads=1)
        return [float(probability) for probability in np.asarray(said)]


class _Table:
    """A table of smoothed rates."""

    make: Callable[[Sequence[Claim], Floats], RateTable]

    def fit(self, history: DenialHistory) -> None:
        """Count."""
        self._rates = type(self).make(history.claims, np.asarray(history.denied, dtype=np.float64))

    def risk(self, claims: Sequence[Claim]) -> Sequence[float]:
        """The rate of each claim's key."""
        return [float(rate) for rate in self._rates(claims)]


class Lookup(_Table):
    """The rate of the payer and the dearest procedure."""

    make = staticmethod(lookup_baseline)


class Rule(_Table):
    """The rate of a number of points on a biller's checklist."""

    make = staticmethod(rule_baseline)


class PlainLightGBM:
    """LightGBM with its own defaults on the product's columns: no tuning, no calibration, no prior knowledge."""

    def fit(self, history: DenialHistory) -> None:
        """On all of the history."""
        self._encoding = Encoding.of_claims(history.claims)
        rows = encode(history.claims, self._encoding).rows
        outcome = np.asarray(history.denied, dtype=np.float64)
        columns = lgb.Dataset(
            rows, outcome, feature_name=list(COLUMNS), categorical_feature=list(CATEGORICAL),
            params={"verbosity": -1},
        )  # fmt: skip
        fixed = {"objective": "binary", "seed": history.seed, "deterministic": True, "force_row_wise": True,
                 "num_threads": 1, "verbosity": -1}  # fmt: skip
        self._booster = lgb.train(fixed, columns, num_boost_round=ROUNDS)

    def risk(self, claims: Sequence[Claim]) -> Sequence[float]:
        """As the booster says."""
        said = self._booster.predict(encode(claims, self._encoding).rows, num_threads=1)
        return [float(probability) for probability in np.asarray(said)]


class Oracle:
    """The ceiling: the probability that the simulator drew from. It alone may open the truth."""

    def __init__(self, folder: Path) -> None:
        self._truth = read_truth(folder)

    def fit(self, history: DenialHistory) -> None:
        """Nothing is left to learn."""

    def risk(self, claims: Sequence[Claim]) -> Sequence[float]:
        """What the payer's rule knew."""
        return [true.probability for true in true_of(self._truth, claims)]


def labels_of(history: DenialHistory) -> DenialLabels:
    """The history as training has its labels."""
    return DenialLabels(
        claims=history.claims, denied=history.denied, sent=history.sent, answered=history.answered,
        batch=history.batch, immature=0, unanswered=0, undated=0, voids=0, rejected=0,
    )  # fmt: skip

"""A peer: a regularised logistic regression on target-encoded codes, as a careful analyst would build one.

Small codes are one-hot. Large ones, pairs of codes, and what is lacking at a payer and service become smoothed denial
rates, each row's by folds that it is not in (scikit-learn's TargetEncoder). Amounts, days and ages are splines. The
penalty is chosen on the latest part of the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)

from features.denial_history.history import COLUMNS as HISTORY
from features.denial_risk import CODES, NUMBERS, codes
from features.x12.records import Claim
from training.benchmarks.denial.columns import ByColumns
from training.metrics import Floats, log_loss

PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3)  # C of scikit-learn: small is strong
LATEST = 0.2  # of the history, to choose by
FOLDS = 5
KNOTS = 6
RARE = 5  # a small code of fewer claims is no column of its own
STEPS = 500

LARGE = ["procedure", "diagnosis", "diagnosis_category", "billing_npi", "revenue_code"]
SMALL = [*(name for name in CODES if name not in LARGE), "service_month"]
PAIRS = (
    ("payer", "procedure"), ("payer", "diagnosis_category"), ("payer", "facility_code"), ("payer", "billing_npi"),
    ("payer", "transaction"), ("procedure", "diagnosis_category"), ("procedure", "diagnosis"),
)  # fmt: skip
LACKS = (
    "has_authorization",
    "has_referral",
    "has_rendering",
    "visit_without_25",
)  # may matter at some payers only
SKEWED = ["charge", "charge_per_line", "units", "days_to_submission"]
CURVED = ["patient_age"]
STRAIGHT = [name for name in NUMBERS if name not in (*SMALL, *SKEWED, *CURVED)]
RATES = [name for name in HISTORY if name.startswith("rate_")]
OTHERS = [name for name in HISTORY if name not in RATES]


class Linear(ByColumns):
    """Logistic regression with cross-fitted target encoding and pairs of codes, on what the claim itself says."""

    with_history = False

    def learn(self, claims: Sequence[Claim], rows: Floats, denied: Floats) -> None:
        """Choose the penalty on the latest part, then fit on all."""
        frame = self._frame(claims, rows)
        penalty = self._chosen(frame, denied)
        self._encoder = self._new_encoder()
        self._regression = _logistic(penalty).fit(self._encoder.fit_transform(frame, denied), denied)

    def say(self, claims: Sequence[Claim], rows: Floats) -> Floats:
        """As the regression says."""
        encoded = self._encoder.transform(self._frame(claims, rows))
        return np.asarray(self._regression.predict_proba(encoded)[:, 1], dtype=np.float64)

    def _chosen(self, frame: pd.DataFrame, denied: Floats) -> float:
        """The penalty that is best on the latest part when fitted on the earlier."""
        cut = int(denied.size * (1 - LATEST))
        encoder = self._new_encoder()
        earlier = encoder.fit_transform(frame[:cut], denied[:cut])
        later, outcome = encoder.transform(frame[cut:]), denied[cut:]
        whole = np.ones((1, outcome.size))
        said = [_logistic(one).fit(earlier, denied[:cut]).predict_proba(later)[:, 1] for one in PENALTIES]
        return PENALTIES[int(np.argmin([log_loss(one, outcome, whole)[0] for one in said]))]

    def _frame(self, claims: Sequence[Claim], rows: Floats) -> pd.DataFrame:
        """The product's columns, codes as text, and beside them the pairs of codes."""
        frame = pd.DataFrame(rows, columns=list(self.columns))
        coded = [["" if code is None else code for code in codes(claim)] for claim in claims]
        frame[list(CODES)] = pd.DataFrame(coded, columns=list(CODES), dtype=object)
        for one, other in PAIRS:
            frame[f"{one}|{other}"] = frame[one] + "|" + frame[other]
        service = frame["payer|procedure"]
        for name in LACKS:
            lack = frame[name].astype(str)
            frame[f"payer|{name}"] = frame["payer"] + "|" + lack
            frame[f"service|{name}"] = service + "|" + lack
        return frame

    def _new_encoder(self) -> Any:
        """One-hot columns, rates as log-odds, splines, and standard scores."""
        paired = [f"{one}|{other}" for one, other in PAIRS]
        lacking = [f"{who}|{name}" for who in ("payer", "service") for name in LACKS]
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=self.seed)
        rates = TargetEncoder(target_type="binary", cv=folds)
        splines = SplineTransformer(n_knots=KNOTS, knots="quantile", extrapolation="constant")
        median = SimpleImputer(strategy="median")
        log_odds = FunctionTransformer(_log_odds)
        parts: list[tuple[Any, list[str]]] = [
            (
                OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE, sparse_output=False),
                SMALL,
            ),
            (make_pipeline(rates, log_odds, StandardScaler()), [*LARGE, *paired, *lacking]),
            (make_pipeline(median, FunctionTransformer(_log), splines, StandardScaler()), SKEWED),
            (make_pipeline(median, splines, StandardScaler()), CURVED),
            (make_pipeline(SimpleImputer(), StandardScaler()), STRAIGHT),
        ]
        if self.with_history:
            gaps = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
            parts += [
                (make_pipeline(SimpleImputer(strategy="median"), log_odds, StandardScaler()), RATES),
                (make_pipeline(gaps, FunctionTransformer(_log), StandardScaler()), OTHERS),
            ]
        return make_column_transformer(*parts)


class LinearWithHistory(Linear):
    """The same on all of the product's columns."""

    with_history = True


def _logistic(penalty: float) -> LogisticRegression:
    return LogisticRegression(C=penalty, max_iter=STEPS)


def _log(amounts: Floats) -> Floats:
    """The logarithm of the size of an amount, with its sign."""
    return np.asarray(np.sign(amounts) * np.log1p(np.abs(amounts)), dtype=np.float64)


def _log_odds(rates: Floats) -> Floats:
    clipped = np.clip(rates, 1e-3, 1 - 1e-3)
    return np.asarray(np.log(clipped / (1 - clipped)), dtype=np.float64)

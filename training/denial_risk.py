"""Train the denial-risk model: fit, calibrate, certify and test it, each on a window of its own, in time order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.denial_risk import CATEGORICAL, COLUMNS, LACKING, Encoding, encode
from features.errors import MissingDataError
from models.calibration import SigmoidCalibration
from models.certification import save_certificates
from models.denial_risk import KIND, DenialRiskModel, save
from models.policy import Policy, load_policy
from models.venn_abers import VennAbersGrid
from training.certificates import WITHOUT
from training.datasets import Dataset
from training.denial_evaluation import Evaluation
from training.denial_labels import DenialLabels, label
from training.denial_report import card, signature
from training.trained import Trained
from training.windows import Windows, late_slice

Floats = NDArray[np.float64]

FEWEST_CLAIMS = 400
FEWEST_DENIALS = 40
ROUNDS = 600
PATIENCE = 40
STOPPING_SHARE = 0.15  # of the fit window, its latest part
THREADS = 2

RISING = (*LACKING, "days_to_submission")  # lacking more, or being later, never lowers the risk
PARAMETERS: Mapping[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 7,  # few: labels are noisy, and most effects are of one or two columns
    "min_data_in_leaf": 30,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.9,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "cat_smooth": 100.0,
    "cat_l2": 100.0,
    "max_cat_threshold": 16,
    "monotone_constraints": [int(column in RISING) for column in COLUMNS],
}


@dataclass(frozen=True)
class Fitted:
    """What the fit and the calibration window give."""

    booster: lgb.Booster
    encoding: Encoding
    calibration: SigmoidCalibration
    intervals: VennAbersGrid


def train(
    dataset: Dataset,
    *,
    folder: Path,
    seed: int = 0,
    rounds: int = ROUNDS,
    policy: Policy | None = None,
    issued: date | None = None,
    certify: bool = True,
) -> Trained:
    """Train on a data set and save all into ``folder``; ``issued`` is the day of the certificates (default today).

    Without ``certify`` none is issued, and a person sees every item.
    Raises MissingDataError where there are fewer than 400 matured labels or fewer than 40 denials.
    """
    labels = label(dataset)
    _check(labels)
    windows = Windows.from_dates(labels.sent)
    denied = np.asarray(labels.denied, dtype=np.float64)
    fitted = fit(labels, denied, windows, seed=seed, rounds=rounds)
    parameters = _parameters(dataset, windows, fitted, seed=seed, rounds=rounds)
    version = save(
        folder,
        booster=fitted.booster,
        encoding=fitted.encoding,
        calibration=fitted.calibration,
        intervals=fitted.intervals,
        facts={"data_digest": dataset.digest, "windows": windows.describe(), "seed": seed, "rounds": rounds},
    )
    model = DenialRiskModel.load(folder)
    evaluation = Evaluation(model, labels, windows, policy or load_policy())
    day = issued or _today()
    certificates = evaluation.certify(data_digest=dataset.digest, issued=day, seed=seed) if certify else ()
    save_certificates(folder, certificates)
    metrics = evaluation.measure(certificates, at=day, seed=seed)
    evaluation.plot(folder / "plots", certificates)
    card(labels, windows, dataset, metrics, certificates).write(folder)
    return Trained(
        kind=KIND,
        version=version,
        folder=folder,
        metrics=metrics,
        parameters={**parameters, "certify": certify},
        signature=signature(model),
        notes=(labels.describe(),) if certify else (labels.describe(), WITHOUT),
    )


def fit(labels: DenialLabels, denied: Floats, windows: Windows, *, seed: int, rounds: int = ROUNDS) -> Fitted:
    """A booster on the fit window, its calibration and intervals on the calibration window, and then one on both.

    The last one is what is used: it knows the newest claims, and is as well calibrated as the one that it succeeds
    (``ece_excess``). Certificates and tests are of the last one, on later windows that neither has seen.
    """
    encoding, booster = fit_booster(labels, denied, windows, seed=seed, rounds=rounds)
    rows = encode([labels.claims[row] for row in windows.calibration], encoding).rows
    raw = np.asarray(booster.predict(rows, raw_score=True), dtype=np.float64)
    calibration = _calibrate(raw, denied, windows)
    intervals = VennAbersGrid.fit(calibration(raw), denied[windows.calibration])
    both = np.concatenate([windows.fit, windows.calibration])
    encoding, columns = _encoded(labels, both)
    learnt = _columns(columns, denied[both])
    newest = lgb.train(_reproducible(seed), learnt, num_boost_round=booster.num_trees())
    return Fitted(newest, encoding, calibration, intervals)


def fit_booster(
    labels: DenialLabels, denied: Floats, windows: Windows, *, seed: int, rounds: int, blind: bool = False
) -> tuple[Encoding, lgb.Booster]:
    """Fitted on the whole fit window, for as many rounds as its latest part has shown to be enough.

    A ``blind`` one, for a control, takes all rounds and is not told which columns can only raise the risk.
    """
    rows = windows.fit
    encoding, columns = _encoded(labels, rows)
    outcomes = denied[rows]
    parameters = _reproducible(seed)
    if blind:
        del parameters["monotone_constraints"]
    else:
        rounds = _enough_rounds(parameters, columns, outcomes, windows.days[rows], rounds)
    return encoding, lgb.train(parameters, _columns(columns, outcomes), num_boost_round=rounds)


def _encoded(labels: DenialLabels, rows: NDArray[np.intp]) -> tuple[Encoding, Floats]:
    claims = [labels.claims[row] for row in rows]
    encoding = Encoding.of_claims(claims)
    return encoding, encode(claims, encoding).rows


def _enough_rounds(
    parameters: dict[str, Any], columns: Floats, outcomes: Floats, days: NDArray[np.datetime64], rounds: int
) -> int:
    earlier, later = late_slice(np.arange(outcomes.size), days, STOPPING_SHARE)
    booster = lgb.train(
        parameters,
        _columns(columns[earlier], outcomes[earlier]),
        num_boost_round=rounds,
        valid_sets=[_columns(columns[later], outcomes[later])],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
    )
    return max(1, booster.best_iteration)


def _reproducible(seed: int) -> dict[str, Any]:
    fixed = {
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": THREADS,
        "seed": seed,
        "verbosity": -1,
    }
    return {**PARAMETERS, **fixed}


def _columns(rows: Floats, outcomes: Floats) -> lgb.Dataset:
    return lgb.Dataset(
        rows,
        outcomes,
        feature_name=list(COLUMNS),
        categorical_feature=list(CATEGORICAL),
        params={"verbosity": -1},
    )


def _calibrate(raw: Floats, denied: Floats, windows: Windows) -> SigmoidCalibration:
    """The sigmoid, if on the later part of the window it beats the raw score; then fitted on all of the window."""
    rows = windows.calibration
    earlier, later = late_slice(np.arange(rows.size), windows.days[rows], 0.4)
    outcomes = denied[rows]
    if not earlier.size:
        return SigmoidCalibration.fit(raw, outcomes)
    chosen = SigmoidCalibration.fit_if_better(raw[earlier], outcomes[earlier], raw[later], outcomes[later])
    unchanged = chosen == SigmoidCalibration.identity()
    return chosen if unchanged else SigmoidCalibration.fit(raw, outcomes)


def _parameters(
    dataset: Dataset, windows: Windows, fitted: Fitted, *, seed: int, rounds: int
) -> dict[str, Any]:
    constant = {name: value for name, value in PARAMETERS.items() if name != "monotone_constraints"}
    return {
        **constant,
        "seed": seed,
        "rounds": rounds,
        "best_rounds": fitted.booster.num_trees(),
        "data_digest": dataset.digest,
        **dataset.intake.counts(),
        "calibration_slope": fitted.calibration.slope,
        "calibration_intercept": fitted.calibration.intercept,
        **{f"window_{name}": text for name, text in windows.describe().items()},
    }


def _check(labels: DenialLabels) -> None:
    claims, denials = len(labels.claims), sum(labels.denied)
    if claims < FEWEST_CLAIMS or denials < FEWEST_DENIALS:
        raise MissingDataError(
            f"too few labels for a denial-risk model: {labels.describe()}",
            remedy=f"at least {FEWEST_CLAIMS} answered claims, {FEWEST_DENIALS} of them denied, are needed",
        )


def _today() -> date:
    return datetime.now(tz=UTC).date()

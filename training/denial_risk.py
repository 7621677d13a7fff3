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
from models.certification import Certificate, save_certificates
from models.denial_risk import KIND, DenialRiskModel, save
from models.policy import Policy, load_policy
from models.venn_abers import VennAbersGrid
from training import plots
from training.certificates import Judged, certify_cells
from training.datasets import Dataset
from training.denial_baselines import lookup_baseline, rule_baseline
from training.denial_labels import DenialLabels, label
from training.denial_report import card, signature
from training.metrics import at_threshold, evaluate, exact_interval
from training.trained import Trained
from training.windows import Indices, Windows, late_slice

Floats = NDArray[np.float64]

FEWEST_CLAIMS = 400
FEWEST_DENIALS = 40
ROUNDS = 600
PATIENCE = 40
STOPPING_SHARE = 0.15  # of the fit window, its latest part
FLAGGED = 0.3  # a claim at or above this probability is worth a biller's look
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
) -> Trained:
    """Train on a data set and save all into ``folder``; ``issued`` is the day of the certificates (default today).

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
    certificates = _certify(
        model, labels, denied, windows, policy or load_policy(), dataset.digest, issued or _today(), seed
    )
    save_certificates(folder, certificates)
    metrics = _measure(model, labels, denied, windows, certificates, policy or load_policy(), seed)
    _plot(folder / "plots", model, labels, denied, windows.test, certificates)
    card(labels, windows, dataset, metrics, certificates).write(folder)
    return Trained(
        kind=KIND,
        version=version,
        folder=folder,
        metrics=metrics,
        parameters=parameters,
        signature=signature(model),
        notes=(labels.describe(),),
    )


def fit(labels: DenialLabels, denied: Floats, windows: Windows, *, seed: int, rounds: int = ROUNDS) -> Fitted:
    """The booster on the fit window, its calibration and intervals on the calibration window."""
    encoding, booster = fit_booster(labels, denied, windows, seed=seed, rounds=rounds)
    rows = encode([labels.claims[row] for row in windows.calibration], encoding).rows
    raw = np.asarray(booster.predict(rows, raw_score=True), dtype=np.float64)
    calibration = _calibrate(raw, denied, windows)
    intervals = VennAbersGrid.fit(calibration(raw), denied[windows.calibration])
    return Fitted(booster, encoding, calibration, intervals)


def fit_booster(
    labels: DenialLabels, denied: Floats, windows: Windows, *, seed: int, rounds: int
) -> tuple[Encoding, lgb.Booster]:
    """Stopped early on the latest part of the fit window."""
    rows = windows.fit
    claims = [labels.claims[row] for row in rows]
    encoding = Encoding.of_claims(claims)
    columns, outcomes = encode(claims, encoding).rows, denied[rows]
    earlier, later = late_slice(np.arange(rows.size), windows.days[rows], STOPPING_SHARE)
    booster = lgb.train(
        _reproducible(seed),
        _columns(columns[earlier], outcomes[earlier]),
        num_boost_round=rounds,
        valid_sets=[_columns(columns[later], outcomes[later])],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
    )
    return encoding, booster


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


def _certify(
    model: DenialRiskModel,
    labels: DenialLabels,
    denied: Floats,
    windows: Windows,
    policy: Policy,
    digest: str,
    issued: date,
    seed: int,
) -> tuple[Certificate, ...]:
    return certify_cells(
        KIND,
        policy=policy,
        planned=_judged(model, labels, denied, windows, "calibration"),
        fresh=_judged(model, labels, denied, windows, "certification"),
        model_version=model.version,
        data_digest=digest,
        issued=issued,
        seed=seed,
    )


def _judged(
    model: DenialRiskModel, labels: DenialLabels, denied: Floats, windows: Windows, name: str
) -> Judged:
    """The rows of a window; releasing a claim was wrong where it was denied."""
    rows: Indices = getattr(windows, name)
    claims = [labels.claims[row] for row in rows]
    return Judged(
        confidence=np.array([score.confidence for score in model.score(claims)]),
        errors=denied[rows].astype(np.int64),
        amounts=[claim.charge for claim in claims],
        batches=[labels.batch[row] for row in rows],
        window=windows.span(name),
    )


def _measure(
    model: DenialRiskModel,
    labels: DenialLabels,
    denied: Floats,
    windows: Windows,
    certificates: tuple[Certificate, ...],
    policy: Policy,
    seed: int,
) -> dict[str, float]:
    """The model and its baselines on the test window, and what the certificates would have let through."""
    test = [labels.claims[row] for row in windows.test]
    past = [labels.claims[row] for row in windows.fit]
    outcomes = denied[windows.test]
    probability = np.array([score.probability for score in model.score(test)])
    lookup = lookup_baseline(past, denied[windows.fit])(test)
    rule = rule_baseline(past, denied[windows.fit])(test)
    return {
        **evaluate(probability, outcomes, seed=seed),
        **at_threshold(probability, outcomes, FLAGGED, prefix="flagged_"),
        **_automatic(_judged(model, labels, denied, windows, "test"), certificates, policy),
        **evaluate(lookup, outcomes, seed=seed, prefix="baseline_lookup_"),
        **evaluate(rule, outcomes, seed=seed, prefix="baseline_rule_"),
    }


def _automatic(judged: Judged, certificates: tuple[Certificate, ...], policy: Policy) -> dict[str, float]:
    """The share of claims that the certificates release, and the error rate among them, if any."""
    thresholds = {certificate.cell: certificate.threshold for certificate in certificates}
    wanted = [
        thresholds.get(cell) if (cell := policy.cell(KIND, amount)) else None for amount in judged.amounts
    ]
    released = judged.confidence >= np.array([2.0 if needed is None else needed for needed in wanted])
    count, errors = int(released.sum()), int(judged.errors[released].sum())
    low, high = exact_interval(count, released.size)
    figures = {
        "automatic_share": count / released.size,
        "automatic_share_low": low,
        "automatic_share_high": high,
    }
    if count:
        low, high = exact_interval(errors, count)
        figures |= {
            "automatic_error_rate": errors / count,
            "automatic_error_rate_low": low,
            "automatic_error_rate_high": high,
        }
    return figures


def _plot(
    folder: Path,
    model: DenialRiskModel,
    labels: DenialLabels,
    denied: Floats,
    rows: Indices,
    certificates: tuple[Certificate, ...],
) -> None:
    probability = np.array([score.probability for score in model.score([labels.claims[row] for row in rows])])
    plots.reliability(
        folder / "reliability.png",
        probabilities=probability,
        outcomes=denied[rows],
        title="Denial risk: stated and observed, test window",
        event="denial",
    )
    plots.precision_coverage(
        folder / "precision_coverage.png",
        confidence=1 - probability,
        errors=denied[rows],
        title="Denial risk: claims released without a look, test window",
        alpha=certificates[0].alpha if certificates else None,
        thresholds={c.cell.value_band: c.threshold for c in certificates if c.threshold is not None},
    )


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

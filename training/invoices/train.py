"""Train the invoice-anomaly model: fit, calibrate, certify and test it, each on a window of its own, in time order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from features.errors import MissingDataError
from features.invoices.tables import FILES, REVIEWS_FILE
from features.invoices.tolerances import DEFAULT
from models.certification import save_certificates
from models.invoices.anomalies import KIND, InvoiceAnomalyModel, save
from models.policy import Policy, load_policy
from training.certificates import NO_FAMILY, WITHOUT
from training.datasets import Dataset
from training.invoices.evaluation import Evaluation
from training.invoices.fit import PARAMETERS, ROUNDS, Fitted, fit
from training.invoices.labels import InvoiceLabels, label
from training.invoices.report import card, signature
from training.thresholds.explaining import explain, told
from training.trained import Trained
from training.windows import Windows

FEWEST_REVIEWS, FEWEST_WRONG = 150, 25
SHARES = (0.45, 0.15, 0.25, 0.15)  # more to certify on than others have: only random reviews count


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
    """Train on the tables of the data set's folder; raises MissingDataError where it has none, or too few reviews."""
    if dataset.folder is None:
        raise MissingDataError("the data set comes from no folder, and so has no vendor invoices")
    return train_folder(
        dataset.folder,
        out=folder,
        before=dataset.before,
        seed=seed,
        rounds=rounds,
        policy=policy,
        issued=issued,
        certify=certify,
    )


def train_folder(
    source: Path,
    *,
    out: Path,
    before: date | None = None,
    seed: int = 0,
    rounds: int = ROUNDS,
    policy: Policy | None = None,
    issued: date | None = None,
    certify: bool = True,
) -> Trained:
    """The same of a folder that holds the tables of purchasing and nothing else."""
    labels = label(source, before=before)
    _check(labels)
    digest = _digest(source, before)
    windows = Windows.from_dates(labels.received, SHARES)
    fitted, first = fit(labels, windows, seed=seed, rounds=rounds)
    version = _save(out, fitted, windows, digest, seed=seed, rounds=rounds)
    model = InvoiceAnomalyModel.load(out)
    evaluation = Evaluation(model, first, labels, windows, policy or load_policy())
    day = issued or datetime.now(tz=UTC).date()
    family = evaluation.certify(data_digest=digest, issued=day, seed=seed) if certify else NO_FAMILY
    certificates = family.certificates
    save_certificates(out, certificates)
    curves = explain(out, family.trials)
    metrics = evaluation.measure(certificates, at=day, seed=seed)
    evaluation.plot(out / "plots", certificates)
    card(labels, windows, digest, metrics, certificates).write(out, curves)
    return Trained(
        kind=KIND,
        version=version,
        folder=out,
        metrics=metrics,
        parameters={**_parameters(windows, fitted, digest, seed=seed, rounds=rounds), "certify": certify},
        signature=signature(model),
        notes=(labels.describe(), *(told(curves) if certify else (WITHOUT,))),
    )


def _save(out: Path, fitted: Fitted, windows: Windows, digest: str, *, seed: int, rounds: int) -> str:
    return save(
        out,
        booster=fitted.booster,
        finding=fitted.finding,
        whole=fitted.whole,
        intervals=fitted.intervals,
        base=fitted.base,
        tolerances=DEFAULT,
        facts={"data_digest": digest, "windows": windows.describe(), "seed": seed, "rounds": rounds},
    )


def _parameters(
    windows: Windows, fitted: Fitted, digest: str, *, seed: int, rounds: int
) -> Mapping[str, Any]:
    constant = {name: value for name, value in PARAMETERS.items() if name != "monotone_constraints"}
    return {
        **constant,
        "seed": seed,
        "rounds": rounds,
        "data_digest": digest,
        "base": fitted.base,
        "whole_slope": fitted.whole.slope,
        "whole_intercept": fitted.whole.intercept,
        **{f"window_{name}": text for name, text in windows.describe().items()},
    }


def _check(labels: InvoiceLabels) -> None:
    wrong = int(labels.wrong.sum())
    if len(labels.cases) < FEWEST_REVIEWS or wrong < FEWEST_WRONG:
        raise MissingDataError(
            f"too few reviews for an invoice-anomaly model: {labels.describe()}",
            remedy=f"at least {FEWEST_REVIEWS} reviewed invoices, {FEWEST_WRONG} of them wrong, are needed",
        )
    if not labels.audited.any():
        raise MissingDataError(
            "no reviewed invoice was drawn at random, so nothing tells how often invoices are wrong",
            remedy="review some at random, with chosen_by 'audit'",
        )


def _digest(source: Path, before: date | None) -> str:
    digest = hashlib.sha256(f"before {before}\n".encode() if before else b"")
    for name in sorted((*FILES.values(), REVIEWS_FILE)):
        digest.update(f"{name} {hashlib.sha256((source / name).read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()

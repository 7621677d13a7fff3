"""Train the denial-risk model: fit, calibrate, certify and test it, each on a window of its own, in time order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.code_pairs import CodePairs
from features.errors import MissingDataError
from models.certification import save_certificates
from models.denial_heads import FEWEST, by_category, shares
from models.denial_risk import KIND, DenialRiskModel, save
from models.policy import Policy, load_policy
from training.certificates import NO_FAMILY, WITHOUT
from training.datasets import Dataset
from training.denial_evaluation import Evaluation
from training.denial_fit import PARAMETERS, ROUNDS, SHARES, Examples, Fitted, Learnt, fit
from training.denial_history import Past, past_of
from training.denial_labels import DenialLabels, label
from training.denial_lines import DeniedClaim, learn_lines
from training.denial_lines import examples as line_examples
from training.denial_report import card, signature
from training.metrics import evaluate
from training.thresholds.explaining import explain, told
from training.trained import Trained
from training.windows import Indices, Windows

Floats = NDArray[np.float64]

FEWEST_CLAIMS = 400
FEWEST_DENIALS = FEWEST  # that one head is learnt from


def train(
    dataset: Dataset,
    *,
    folder: Path,
    seed: int = 0,
    rounds: int = ROUNDS,
    policy: Policy | None = None,
    issued: date | None = None,
    certify: bool = True,
    pairs: CodePairs | None = None,
) -> Trained:
    """Train on a data set and save all into ``folder``; ``issued`` is the day of the certificates (default today).

    ``pairs`` are the user's tables of code pairs and coverage. Without ``certify`` no certificate is issued, and a
    person sees every item.
    Raises MissingDataError where there are fewer than 400 matured labels or fewer than 40 denials.
    """
    labels = label(dataset)
    _check(labels)
    windows = Windows.from_dates(labels.sent, SHARES)
    past = past_of(dataset)
    examples = Examples(labels, past.replayed.rows[list(labels.places)], pairs)
    fitted = fit(examples, windows, seed=seed, rounds=rounds)
    lines = Lines(dataset, past, examples, fitted.learnt)
    parameters = _parameters(dataset, windows, fitted, seed=seed, rounds=rounds)
    version = save(
        folder,
        booster=fitted.learnt.booster,
        heads=fitted.learnt.heads,
        encoding=fitted.learnt.encoding,
        calibration=fitted.calibration,
        intervals=fitted.intervals,
        history=past.replayed.history,
        lines=lines.learn(np.concatenate([windows.fit, windows.calibration]), seed=seed),
        facts={"data_digest": dataset.digest, "windows": windows.describe(), "seed": seed, "rounds": rounds},
    )
    model = replace(DenialRiskModel.load(folder), pairs=pairs)
    evaluation = Evaluation(model, labels, examples.known, windows, policy or load_policy())
    day = issued or _today()
    family = evaluation.certify(data_digest=dataset.digest, issued=day, seed=seed) if certify else NO_FAMILY
    certificates = family.certificates
    save_certificates(folder, certificates)
    curves = explain(folder, family.trials)
    metrics = evaluation.measure(certificates, at=day, seed=seed)
    metrics |= lines.measure(model, windows.test, seed=seed)
    evaluation.plot(folder / "plots", certificates)
    card(labels, windows, dataset, metrics, certificates).write(folder, curves)
    return Trained(
        kind=KIND,
        version=version,
        folder=folder,
        metrics=metrics,
        parameters={**parameters, "certify": certify},
        signature=signature(model),
        notes=(labels.describe(), *(told(curves) if certify else (WITHOUT,))),
    )


@dataclass(frozen=True)
class Lines:
    """Denied claims with several lines, to learn and to judge on which of them a denial falls."""

    dataset: Dataset
    past: Past
    examples: Examples
    learnt: Learnt

    def learn(self, rows: Indices, *, seed: int) -> lgb.Booster | None:
        """From some rows; None where there are too few."""
        denied, shares = self._denied(rows)
        return learn_lines(denied, shares, seed=seed)

    def measure(self, model: DenialRiskModel, rows: Indices, *, seed: int) -> dict[str, float]:
        """How well it is told, given that a claim is denied; nothing where the model does not tell."""
        denied, shares = self._denied(rows)
        if model.lines is None or not denied:
            return {}
        columns, fell = line_examples(denied, shares)
        return evaluate(np.asarray(model.lines.predict(columns)), fell, seed=seed, prefix="denied_lines_")

    def _denied(self, rows: Indices) -> tuple[list[DeniedClaim], Floats]:
        labels = self.examples.labels
        watched = [row for row in rows if labels.places[row] in self.past.replayed.services]
        denied = self.past.denied_lines(self.dataset.claims, [labels.places[row] for row in watched])
        raw = self.learnt.raw_classes(self.examples, np.array(watched, dtype=np.intp))
        return denied, by_category(shares(raw), [head.category for head in self.learnt.heads])


def _parameters(
    dataset: Dataset, windows: Windows, fitted: Fitted, *, seed: int, rounds: int
) -> dict[str, Any]:
    constant = {name: value for name, value in PARAMETERS.items() if name != "monotone_constraints"}
    return {
        **constant,
        "seed": seed,
        "rounds": rounds,
        "best_rounds": fitted.learnt.booster.current_iteration(),
        "data_digest": dataset.digest,
        **dataset.intake.counts(),
        "heads": len(fitted.learnt.heads),
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

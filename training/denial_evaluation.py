"""A finished denial-risk model on the windows that it was not fitted on: certificates, metrics and plots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.x12.records import Claim
from models.certification import Certificate
from models.denial_risk import KIND, DenialRiskModel, routing_input
from models.policy import Policy
from training import plots
from training.certificates import Family, Judged, automatic, automatic_figures, certify_cells
from training.denial_baselines import lookup_baseline, rule_baseline
from training.denial_labels import DenialLabels
from training.metrics import at_threshold, evaluate
from training.windows import Indices, Windows

Floats = NDArray[np.float64]
FLAGGED = 0.3  # a claim at or above this probability is worth a biller's look


@dataclass(frozen=True)
class Evaluation:
    """A model, the labelled claims with their history, and the windows that they are cut into."""

    model: DenialRiskModel
    labels: DenialLabels
    known: Floats  # what was known of each claim when it was sent
    windows: Windows
    policy: Policy

    def certify(self, *, data_digest: str, issued: date, seed: int) -> Family:
        """Planned on the calibration window, tested on the certification window."""
        return certify_cells(
            KIND,
            policy=self.policy,
            planned=self.judged("calibration"),
            fresh=self.judged("certification"),
            model_version=self.model.version,
            data_digest=data_digest,
            issued=issued,
            seed=seed,
        )

    def measure(self, certificates: tuple[Certificate, ...], *, at: date, seed: int) -> dict[str, float]:
        """The model and its baselines on the test window, and what serving would have released on a day."""
        past, test = self.windows.fit, self.windows.test
        judged, outcomes = self.judged("test"), self._denied(test)
        probability = 1 - judged.confidence()
        lookup = lookup_baseline(self._claims(past), self._denied(past))(self._claims(test))
        rule = rule_baseline(self._claims(past), self._denied(past))(self._claims(test))
        return {
            **evaluate(probability, outcomes, seed=seed),
            **at_threshold(probability, outcomes, FLAGGED, prefix="flagged_"),
            **automatic_figures(self.released(judged, certificates, at=at), judged.errors, certificates),
            **evaluate(lookup, outcomes, seed=seed, prefix="baseline_lookup_"),
            **evaluate(rule, outcomes, seed=seed, prefix="baseline_rule_"),
        }

    def released(
        self, judged: Judged, certificates: tuple[Certificate, ...], *, at: date
    ) -> NDArray[np.bool_]:
        """Which rows go out without a look, (n,)."""
        return automatic(
            judged.items,
            policy=self.policy,
            certificates=certificates,
            model_version=self.model.version,
            at=at,
        )

    def plot(self, folder: Path, certificates: tuple[Certificate, ...]) -> None:
        """Reliability and precision by coverage, on the test window."""
        judged = self.judged("test")
        plots.reliability(
            folder / "reliability.png",
            probabilities=1 - judged.confidence(),
            outcomes=judged.errors,
            title="Denial risk: stated and observed, test window",
            event="denial",
        )
        plots.precision_coverage(
            folder / "precision_coverage.png",
            confidence=judged.confidence(),
            errors=judged.errors,
            title="Denial risk: claims released without a look, test window",
            alpha=self.policy.alpha(KIND) if certificates else None,
            thresholds={c.cell.value_band: c.threshold for c in certificates if c.threshold is not None},
        )

    def judged(self, name: str) -> Judged:
        """The rows of a window; releasing a claim was wrong where it was denied."""
        rows: Indices = getattr(self.windows, name)
        claims = self._claims(rows)
        return Judged(
            items=[
                routing_input(claim, score)
                for claim, score in zip(claims, self.model.score(claims, self.known[rows]), strict=True)
            ],
            errors=self._denied(rows).astype(np.int64),
            batches=[self.labels.batch[row] for row in rows],
            window=self.windows.span(name),
        )

    def _claims(self, rows: Indices) -> list[Claim]:
        return [self.labels.claims[row] for row in rows]

    def _denied(self, rows: Indices) -> Floats:
        return np.asarray(self.labels.denied, dtype=np.float64)[rows]

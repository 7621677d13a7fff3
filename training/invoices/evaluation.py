"""A finished invoice-anomaly model on the windows that it was not fitted on: certificates, metrics and plots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from features.invoices.cases import InvoiceCase
from models.certification import Certificate
from models.invoices.anomalies import KIND, InvoiceAnomalyModel, routing_input
from models.policy import Policy
from training import plots
from training.certificates import Family, Judged, automatic, automatic_figures, certify_cells
from training.invoices.baselines import lookup_baseline, rule_baseline
from training.invoices.fit import Fitted, labelled
from training.invoices.labels import InvoiceLabels
from training.metrics import at_threshold, evaluate
from training.windows import Indices, Windows

Floats = NDArray[np.float64]
FLAGGED = 0.5  # an invoice at or above this probability is proposed to be held
SHOWN = 0.2  # a finding at or above this confidence is shown as a reason


@dataclass(frozen=True)
class Evaluation:
    """A model, the reviewed invoices, and their windows. Only invoices drawn at random tell how good it is."""

    model: InvoiceAnomalyModel
    first: Fitted  # that has not seen the calibration window
    labels: InvoiceLabels
    windows: Windows
    policy: Policy

    def certify(self, *, data_digest: str, issued: date, seed: int) -> Family:
        """Planned on the calibration window with the first model, tested on the certification window with the last."""
        return certify_cells(
            KIND,
            policy=self.policy,
            planned=self.judged("calibration", self.first.probabilities),
            fresh=self.judged("certification"),
            model_version=self.model.version,
            data_digest=data_digest,
            issued=issued,
            seed=seed,
        )

    def measure(self, certificates: tuple[Certificate, ...], *, at: date, seed: int) -> dict[str, float]:
        """The model and its baselines on the test window, and what serving would have handed on."""
        past, test = self.windows.fit, self.random("test")
        judged, wrong = self.judged("test"), self.labels.wrong[test]
        probability, cases = 1 - judged.confidence(), self._cases(test)
        figures = {
            **evaluate(probability, wrong, seed=seed),
            **at_threshold(probability, wrong, FLAGGED, prefix="held_"),
            **self._findings(test, seed=seed),
            **automatic_figures(self.handed_on(judged, certificates, at=at), judged.errors, certificates),
        }
        for name, learn in (("lookup", lookup_baseline), ("rule", rule_baseline)):
            baseline = learn(self._cases(past), self.labels.wrong[past])
            figures |= evaluate(baseline(cases), wrong, seed=seed, prefix=f"baseline_{name}_")
        return {name: value for name, value in figures.items() if np.isfinite(value)}

    def handed_on(
        self, judged: Judged, certificates: tuple[Certificate, ...], *, at: date
    ) -> NDArray[np.bool_]:
        """Which invoices go on without a look, (n,)."""
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
            title="Vendor invoices: stated and observed, test window",
            event="a wrong invoice",
        )
        plots.precision_coverage(
            folder / "precision_coverage.png",
            confidence=judged.confidence(),
            errors=judged.errors,
            title="Vendor invoices handed on without a look, test window",
            alpha=self.policy.alpha(KIND) if certificates else None,
            thresholds={c.cell.value_band: c.threshold for c in certificates if c.threshold is not None},
        )

    def judged(
        self, name: str, probabilities: Callable[[Sequence[InvoiceCase]], Floats] | None = None
    ) -> Judged:
        """The random rows of a window; handing an invoice on was wrong where anything was found in it."""
        rows = self.random(name)
        cases = self._cases(rows)
        items = [
            routing_input(case, score) for case, score in zip(cases, self.model.score(cases), strict=True)
        ]
        if probabilities is not None:
            items = [
                msgspec.structs.replace(item, confidence=1.0 - float(probability))
                for item, probability in zip(items, probabilities(cases), strict=True)
            ]
        return Judged(
            items=items,
            errors=self.labels.wrong[rows].astype(np.int64),
            batches=[case.invoice.po_number or case.invoice.voucher for case in cases],
            window=self.windows.span(name),
        )

    def random(self, name: str) -> Indices:
        """The rows of a window that were drawn at random."""
        rows: Indices = getattr(self.windows, name)
        return rows[self.labels.audited[rows]]

    def _findings(self, rows: Indices, *, seed: int) -> dict[str, float]:
        encoded, right = labelled(self.labels, rows)
        if not 0 < right.sum() < right.size:
            return {}
        return evaluate(self.model.finding_probabilities(encoded), right, seed=seed, prefix="finding_")

    def _cases(self, rows: Indices) -> list[InvoiceCase]:
        return [self.labels.cases[row] for row in rows]

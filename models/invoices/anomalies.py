"""The invoice-anomaly model: how likely a person would find each finding wrong, and the invoice as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.errors import ModelFileError
from features.evidence import Reason
from features.invoices.cases import InvoiceCase
from features.invoices.columns import COLUMNS, Rows, encode
from features.invoices.findings import Finding, family
from features.invoices.tolerances import Tolerances
from models.calibration import SigmoidCalibration
from models.files import Parts, load_parts, save_parts
from models.routing import RoutingInput
from models.venn_abers import VennAbersGrid

KIND = "invoice-anomaly"
THREADS = 1  # of one request: the service answers several at a time
WRONG = 0.5  # probability from which an invoice is rather held than handed on
CERTAIN = 1e-9  # probabilities are kept this far off 0 and 1 before their logarithms
Floats = NDArray[np.float64]


class InvoiceScore(Struct, frozen=True):
    """``probability`` that something is wrong, 0..1, with its interval; findings likeliest first."""

    probability: float
    low: float
    high: float
    findings: tuple[Finding, ...]  # each with its confidence
    unseen: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """That handing the invoice on without a look is right."""
        return 1.0 - self.probability


@dataclass(frozen=True)
class InvoiceAnomalyModel:
    """A booster on findings, their calibration, and that of invoices; ``base``: of one without any finding."""

    version: str
    booster: lgb.Booster
    finding: SigmoidCalibration
    whole: SigmoidCalibration
    intervals: VennAbersGrid
    base: float
    tolerances: Tolerances

    @staticmethod
    def load(folder: Path) -> InvoiceAnomalyModel:
        """Load a saved model; raises ModelFileError where it is damaged or made for other columns."""
        return InvoiceAnomalyModel.from_parts(load_parts(folder, kind=KIND))

    @staticmethod
    def from_parts(parts: Parts) -> InvoiceAnomalyModel:
        """A model out of its checked parts; raises ModelFileError where they were made for other columns."""
        remedy = "train it again with this release"
        if tuple(parts.manifest.get("columns", ())) != COLUMNS:
            raise ModelFileError("the model was trained on other columns", remedy=remedy)
        try:
            return InvoiceAnomalyModel(
                version=parts.version,
                booster=parts.boosters["findings"],
                finding=SigmoidCalibration.from_dict(parts.manifest["finding"]),
                whole=SigmoidCalibration.from_dict(parts.manifest["whole"]),
                intervals=VennAbersGrid.from_arrays(parts.arrays),
                base=float(parts.manifest["base"]),
                tolerances=msgspec.convert(parts.manifest["tolerances"], Tolerances),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError("a part of the model is missing", remedy=remedy) from error

    def score(self, cases: Sequence[InvoiceCase]) -> list[InvoiceScore]:
        """A score for each case, in their order."""
        if not cases:
            return []
        rows = encode(cases)
        each = self.finding_probabilities(rows)
        probability = self.whole(combined(cases, each, rows, self.base))
        low, high = self.intervals.interval(probability)
        return [
            InvoiceScore(
                probability=float(probability[number]),
                low=float(min(low[number], probability[number])),
                high=float(max(high[number], probability[number])),
                findings=_ranked(case, each[rows.starts[number] : rows.starts[number + 1]]),
                unseen=() if case.vendor_invoices else ("vendor",),
                missing=missing(case),
            )
            for number, case in enumerate(cases)
        ]

    def finding_probabilities(self, rows: Rows) -> Floats:
        """Calibrated probabilities (m,) of findings."""
        return self.finding(raw_log_odds(self.booster, rows))


def raw_log_odds(booster: lgb.Booster, rows: Rows) -> Floats:
    """The booster's log-odds of each finding (m,)."""
    if not rows.values.size:
        return np.zeros(0)
    raw = booster.predict(rows.values, raw_score=True, num_threads=THREADS)
    return np.asarray(raw, dtype=np.float64)


def combined(cases: Sequence[InvoiceCase], each: Floats, rows: Rows, base: float) -> Floats:
    """Log-odds (n,) that any finding is right: the surest of each family, families taken as independent."""
    right = np.full(len(cases), 1.0 - base)
    for number, case in enumerate(cases):
        surest: dict[str, float] = {}
        for finding, probability in zip(case.findings, each[rows.starts[number] :].tolist(), strict=False):
            name = family(finding.code)
            surest[name] = max(surest.get(name, 0.0), probability)
        for probability in surest.values():
            right[number] *= 1.0 - probability
    right = np.clip(right, CERTAIN, 1.0 - CERTAIN)
    return np.asarray(np.log1p(-right) - np.log(right), dtype=np.float64)


def missing(case: InvoiceCase) -> tuple[str, ...]:
    """What the match needed and did not find."""
    unmatched = case.invoice.po_number and any(match.order is None for match in case.matches)
    return ("purchase_order",) if unmatched else ()


def routing_input(case: InvoiceCase, score: InvoiceScore, *, age_days: float = 0.0) -> RoutingInput:
    """What the lane of an invoice depends on; the action is to hand it on to payment approval.

    Serving routes by it and training certifies by it, so that a certificate speaks of the rows that it lets go.
    """
    return RoutingInput(
        kind=KIND,
        confidence=score.confidence,
        amount=case.invoice.total,
        payer=case.invoice.vendor_id,
        low=score.low,
        high=score.high,
        proposes_action=score.probability < WRONG,
        unseen=score.unseen,
        missing=score.missing,
        age_days=age_days,
    )


def as_reasons(findings: Sequence[Finding], *, least: float = 0.0, most: int = 4) -> tuple[Reason, ...]:
    """The surest findings as reasons for a reviewer."""
    worth = [finding for finding in findings if (finding.confidence or 0.0) >= least]
    return tuple(Reason(finding.code, finding.text) for finding in worth[:most])


def save(
    folder: Path,
    *,
    booster: lgb.Booster,
    finding: SigmoidCalibration,
    whole: SigmoidCalibration,
    intervals: VennAbersGrid,
    base: float,
    tolerances: Tolerances,
    facts: dict[str, Any],
) -> str:
    """Save a model and return its version; ``facts`` are what is known of its training, in plain values."""
    return save_parts(
        folder,
        kind=KIND,
        manifest={
            "columns": COLUMNS,
            "finding": finding.to_dict(),
            "whole": whole.to_dict(),
            "base": base,
            "tolerances": msgspec.to_builtins(tolerances),
            "facts": facts,
        },
        boosters={"findings": booster},
        arrays=intervals.to_arrays(),
    )


def _ranked(case: InvoiceCase, probabilities: Floats) -> tuple[Finding, ...]:
    scored = [
        msgspec.structs.replace(finding, confidence=probability)
        for finding, probability in zip(case.findings, probabilities.tolist(), strict=True)
    ]
    return tuple(sorted(scored, key=lambda finding: -(finding.confidence or 0.0)))

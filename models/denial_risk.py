"""The denial-risk model: how likely it is that a payer will refuse a claim, or a part of it, as it is now written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from features.code_pairs import CodePairs
from features.denial_history.facts import Facts
from features.denial_history.history import COLUMNS as HISTORY
from features.denial_history.history import DenialHistory
from features.denial_history.precedents import HistoryPrecedents
from features.denial_lines import line_rows
from features.denial_risk import COLUMNS, Encoded, Encoding, encode
from features.errors import ModelFileError
from features.evidence import Reason
from features.payer_classes import payer_class
from features.precedents import Precedents
from features.service_types import service_type
from features.x12.records import Claim
from models.calibration import SigmoidCalibration
from models.denial_heads import (
    Head,
    by_category,
    heads_from_plain,
    heads_to_plain,
    likely_carcs,
    likely_categories,
    log_probability,
    shares,
    weights,
)
from models.denial_outlook import DenialOutlook, LineRisk
from models.denial_reasons import reasons
from models.files import Parts, load_parts, save_parts
from models.routing import RoutingInput
from models.venn_abers import VennAbersGrid

KIND = "denial-risk"
THREADS = 1  # of one request: the service answers several at a time
Floats = NDArray[np.float64]


class DenialRiskScore(Struct, frozen=True):
    """``probability`` of a denial, 0..1, and its interval; codes never seen before, and fields that are missing."""

    probability: float
    low: float
    high: float
    unseen: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """That releasing the claim without a look is right."""
        return 1.0 - self.probability


@dataclass(frozen=True)
class DenialRiskModel:
    """A booster on ``features.denial_risk.COLUMNS`` with a head for each reason, its calibration and its intervals.

    ``history`` is what was known of all claims when the model was trained, without any patient. Nothing here changes
    it: who knows more (answers since, the patient's earlier claims) gives the rows of a history of his own.
    """

    version: str
    booster: lgb.Booster
    heads: tuple[Head, ...]
    encoding: Encoding
    calibration: SigmoidCalibration
    intervals: VennAbersGrid
    history: DenialHistory
    lines: lgb.Booster | None = None  # which lines of a denied claim its denial falls on
    pairs: CodePairs | None = None  # tables of code pairs and coverage, where the user gives them

    @staticmethod
    def load(folder: Path) -> DenialRiskModel:
        """Load a saved model; raises ModelFileError where it is damaged or made for other columns."""
        return DenialRiskModel.from_parts(load_parts(folder, kind=KIND))

    @staticmethod
    def from_parts(parts: Parts) -> DenialRiskModel:
        """A model out of its checked parts; raises ModelFileError where they were made for other columns."""
        if tuple(parts.manifest.get("columns", ())) != COLUMNS:
            raise ModelFileError(
                "the model was trained on other columns", remedy="train it again with this release"
            )
        try:
            return DenialRiskModel(
                version=parts.version,
                booster=parts.boosters["risk"],
                heads=heads_from_plain(parts.manifest["heads"]),
                encoding=Encoding.from_plain(parts.manifest["encoding"]),
                calibration=SigmoidCalibration.from_dict(parts.manifest["calibration"]),
                intervals=VennAbersGrid.from_arrays(parts.arrays),
                history=DenialHistory.from_plain(parts.manifest["history"]),
                lines=parts.boosters.get("lines"),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(
                "a part of the model is missing", remedy="train it again with this release"
            ) from error

    def score(self, claims: Sequence[Claim], known: Floats | None = None) -> list[DenialRiskScore]:
        """A score for each claim, in their order.

        ``known`` (n, len(HISTORY)) is what a history says of them; where it is not given, the model's own.
        """
        if not claims:
            return []
        encoded = self.encode(claims, known)
        return self.scores(encoded)

    def scores(self, encoded: Encoded) -> list[DenialRiskScore]:
        """The scores of encoded claims."""
        probability = self.probabilities(encoded.rows)
        low, high = self.intervals.interval(probability)
        return [
            DenialRiskScore(*row)
            for row in zip(
                probability.tolist(),
                np.minimum(low, probability).tolist(),
                np.maximum(high, probability).tolist(),
                encoded.unseen,
                encoded.missing,
                strict=True,
            )
        ]

    def encode(self, claims: Sequence[Claim], known: Floats | None = None) -> Encoded:
        """Claims as rows of ``COLUMNS``."""
        if known is None:
            known = np.array([self.history.columns(claim) for claim in claims]).reshape(-1, len(HISTORY))
        return encode(claims, self.encoding, known, pairs=self.pairs)

    def raw(self, rows: Floats) -> Floats:
        """Log-odds of each class, (n, 1 + heads), before calibration."""
        return np.asarray(self.booster.predict(rows, raw_score=True, num_threads=THREADS), dtype=np.float64)

    def probabilities(self, rows: Floats) -> Floats:
        """Calibrated probabilities (n,) of encoded rows (n, len(COLUMNS))."""
        return self.calibration(log_probability(self.raw(rows)))

    def outlook(self, claim: Claim, known: Floats | None = None) -> DenialOutlook:
        """What a denial of the claim would be about, and the lines that it would fall on."""
        raw = self.raw(self.encode([claim], known).rows)
        told = self._told(shares(raw)[0])
        return replace(told, lines=self._line_risks(claim, raw))

    def outlooks(self, claims: Sequence[Claim], known: Floats | None = None) -> list[DenialOutlook]:
        """What denials of many claims would be about; their lines are not told."""
        return [self._told(part) for part in shares(self.raw(self.encode(claims, known).rows))]

    def _told(self, part: Floats) -> DenialOutlook:
        return DenialOutlook(likely_categories(part, self.heads), likely_carcs(part, self.heads))

    def _line_risks(self, claim: Claim, raw: Floats) -> tuple[LineRisk, ...]:
        """A line is denied where the claim is, and the denial falls on it."""
        probability = float(self.calibration(log_probability(raw))[0])
        if len(claim.lines) == 1:
            return (LineRisk(0, probability),)
        if self.lines is None or not claim.lines:
            return ()
        categories = by_category(shares(raw), [head.category for head in self.heads])[0]
        rates = self.history.rates.of_services(Facts.of(claim))
        falls = np.asarray(self.lines.predict(line_rows(claim, rates, categories), num_threads=THREADS))
        return tuple(LineRisk(place, probability * one) for place, one in enumerate(falls.tolist()))

    def explain(
        self,
        claim: Claim,
        known: Floats | None = None,
        *,
        precedents: Precedents | None = None,
    ) -> tuple[Reason, ...]:
        """At most four business reasons, the weightiest first; some milliseconds, for what a person will read."""
        rows = self.encode([claim], known).rows
        raw = self.raw(rows)
        said = np.asarray(self.booster.predict(rows, pred_contrib=True, num_threads=THREADS))
        by_class = said.reshape(raw.shape[1], len(COLUMNS) + 1)[1:, :-1]  # the last column is the bias
        contributions = self.calibration.slope * (weights(raw)[0] @ by_class)
        conflicts = self.pairs.conflicts(claim) if self.pairs else ()
        return reasons(
            claim,
            contributions,
            precedents=precedents or HistoryPrecedents(self.history),
            conflicts=conflicts,
        )


def routing_input(claim: Claim, score: DenialRiskScore, *, age_days: float = 0.0) -> RoutingInput:
    """What the lane of a claim depends on; the action is to release the claim as it is.

    Serving routes by it and training certifies by it, so that a certificate speaks of the rows that it lets go.
    """
    return RoutingInput(
        kind=KIND,
        confidence=score.confidence,
        amount=claim.charge,
        payer=claim.payer_id or claim.payer_name,
        low=score.low,
        high=score.high,
        proposes_action=True,
        unseen=score.unseen,
        missing=score.missing,
        age_days=age_days,
        payer_class=payer_class(claim.filing_indicator),
        service_type=service_type(claim),
    )


def save(
    folder: Path,
    *,
    booster: lgb.Booster,
    heads: tuple[Head, ...],
    encoding: Encoding,
    calibration: SigmoidCalibration,
    intervals: VennAbersGrid,
    history: DenialHistory,
    lines: lgb.Booster | None = None,
    facts: dict[str, Any],
) -> str:
    """Save a model and return its version; ``facts`` are what is known of its training, in plain values."""
    return save_parts(
        folder,
        kind=KIND,
        manifest={
            "columns": COLUMNS,
            "heads": heads_to_plain(heads),
            "encoding": encoding.to_plain(),
            "history": history.to_plain(),
            "calibration": calibration.to_dict(),
            "facts": facts,
        },
        boosters={"risk": booster} | ({"lines": lines} if lines else {}),
        arrays=intervals.to_arrays(),
    )

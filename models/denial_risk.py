"""The denial-risk model: how likely it is that a payer will refuse a claim, or a part of it, as it is now written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.denial_risk import COLUMNS, Encoding, encode
from features.errors import ModelFileError
from features.evidence import Reason
from features.x12.records import Claim
from models.calibration import SigmoidCalibration
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
    """A booster on ``features.denial_risk.COLUMNS``, its calibration, and the table of its intervals."""

    version: str
    booster: lgb.Booster
    encoding: Encoding
    calibration: SigmoidCalibration
    intervals: VennAbersGrid

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
                encoding=Encoding.from_plain(parts.manifest["encoding"]),
                calibration=SigmoidCalibration.from_dict(parts.manifest["calibration"]),
                intervals=VennAbersGrid.from_arrays(parts.arrays),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(
                "a part of the model is missing", remedy="train it again with this release"
            ) from error

    def score(self, claims: Sequence[Claim]) -> list[DenialRiskScore]:
        """A score for each claim, in their order."""
        if not claims:
            return []
        encoded = encode(claims, self.encoding)
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

    def probabilities(self, rows: Floats) -> Floats:
        """Calibrated probabilities (n,) of encoded rows (n, len(COLUMNS))."""
        raw = self.booster.predict(rows, raw_score=True, num_threads=THREADS)
        return self.calibration(np.asarray(raw, dtype=np.float64))

    def explain(self, claim: Claim) -> tuple[Reason, ...]:
        """At most four business reasons, the weightiest first; about 4 ms, for what a person will read."""
        rows = encode([claim], self.encoding).rows
        contributions = self.booster.predict(rows, pred_contrib=True, num_threads=THREADS)
        return reasons(claim, np.asarray(contributions)[0, :-1])  # the last is the bias


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
    )


def save(
    folder: Path,
    *,
    booster: lgb.Booster,
    encoding: Encoding,
    calibration: SigmoidCalibration,
    intervals: VennAbersGrid,
    facts: dict[str, Any],
) -> str:
    """Save a model and return its version; ``facts`` are what is known of its training, in plain values."""
    return save_parts(
        folder,
        kind=KIND,
        manifest={
            "columns": COLUMNS,
            "encoding": encoding.to_plain(),
            "calibration": calibration.to_dict(),
            "facts": facts,
        },
        boosters={"risk": booster},
        arrays=intervals.to_arrays(),
    )

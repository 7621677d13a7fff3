"""What each field weighs in the decision for a candidate: its share of the log-odds, row by row as a reviewer reads.

A booster's prediction is a sum: a base, and a contribution of every feature (TreeSHAP, Lundberg et al. 2020, as
LightGBM computes it). The features of one field are summed; what belongs to no field of the two records, such as how
the candidate stands among the others, has a row of its own. Nothing is left out, so base and rows add up exactly to
the candidate's uncalibrated log-odds.
"""

from __future__ import annotations

from collections.abc import Sequence

import lightgbm as lgb
import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from features.evidence import FieldEvidence, Reason
from features.match_evidence import field_evidence
from features.match_pairs import FEATURES
from features.x12.records import Claim, ClaimPayment
from models.match_reasons import SENTENCES

Floats = NDArray[np.float64]

BASE = "base"
BASE_TEXT = "Where every candidate starts, before anything is compared."
UNNAMED = ("It speaks for this claim.", "It speaks against this claim.")

# The shown field of each group of features (``features.match_pairs.FEATURES``); a group that stands here not is a row
# of its own beside the fields.
FIELD_OF_GROUP: dict[str, str] = {
    "control-number": "claim_id",
    "member-id": "subscriber_id",
    "patient-name": "patient_last",
    "charge": "charge",
    "service-dates": "service_from",
    "payer": "payer_id",
    "provider": "billing_npi",
    "services": "procedures",
}
# Features whose group is shown as several fields, where theirs is not the group's first.
FIELD_OF_FEATURE: dict[str, str] = {
    "line_controls_shared": "line_controls",
    "modified_shared": "modifiers",
    "first_similarity": "patient_first",
    "service_to_days": "service_to",
    "rendering_same": "rendering_npi",
    "facility_same": "facility_code",
    "frequency_same": "frequency",
    "claim_resubmitted": "frequency",
}


class CandidateEvidence(Struct, frozen=True):
    """A candidate as a reviewer reads it: the fields side by side, each with its weight, and what weighs in besides.

    The weights of ``fields`` and of ``beside`` sum to ``log_odds``.
    """

    place: int  # in the candidates as they were given
    probability: float  # 0..1
    fields: tuple[FieldEvidence, ...]
    beside: tuple[Reason, ...]  # what is no field of the two records; the last is the base
    log_odds: float  # that it is the claim, before calibration


def row_of(feature: str, group: str) -> str:
    """The row that a feature is shown in: a field's name, or its group.

    >>> row_of("first_similarity", "patient-name"), row_of("candidates", "other-candidates")
    ('patient_first', 'other-candidates')
    """
    return FIELD_OF_FEATURE.get(feature) or FIELD_OF_GROUP.get(group, group)


def contributions(booster: lgb.Booster, rows: Floats, *, threads: int) -> Floats:
    """Of each feature to the log-odds of m pairs (m, features + 1); the last column is the base, alike in all."""
    if not rows.shape[0]:
        return np.zeros((0, rows.shape[1] + 1))
    return np.asarray(booster.predict(rows, pred_contrib=True, num_threads=threads), dtype=np.float64)


def row_weights(contributed: Floats) -> dict[str, Floats]:
    """Contributions (m, len(FEATURES) + 1) summed by row, (m,) each; the base stands under ``BASE``."""
    shown = [row_of(feature, group) for feature, group in FEATURES.items()] + [BASE]
    totals = {row: np.zeros(contributed.shape[0]) for row in shown}
    for row, column in zip(shown, contributed.T, strict=True):
        totals[row] += column
    return totals


def candidate_evidence(
    payment: ClaimPayment,
    candidates: Sequence[Claim],
    contributed: Floats,
    order: Sequence[int],
    probabilities: Sequence[float],
) -> tuple[CandidateEvidence, ...]:
    """The evidence of every candidate, best first by ``order``, beside which ``probabilities`` stand.

    ``contributed`` (m, len(FEATURES) + 1) belongs to the m candidates as they were given.
    """
    totals = row_weights(contributed)
    return tuple(
        _one(
            payment,
            candidates[place],
            place,
            probability,
            {row: float(total[place]) for row, total in totals.items()},
        )
        for place, probability in zip(order, probabilities, strict=True)
    )


def _one(
    payment: ClaimPayment, claim: Claim, place: int, probability: float, weights: dict[str, float]
) -> CandidateEvidence:
    log_odds = sum(weights.values())
    fields = tuple(replace(one, weight=weights.pop(one.field, 0.0)) for one in field_evidence(payment, claim))
    base = Reason(BASE, BASE_TEXT, weights.pop(BASE))
    beside = sorted(weights.items(), key=lambda entry: -abs(entry[1]))
    said = tuple(Reason(row, SENTENCES.get(row, UNNAMED)[weight < 0], weight) for row, weight in beside)
    return CandidateEvidence(place, probability, fields, (*said, base), log_odds)

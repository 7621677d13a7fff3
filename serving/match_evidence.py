"""What a person reads of a match: every candidate's fields with their weights, the margin, and the lines of the best.

Some milliseconds a payment, so it is made where it is read or asked for, never where payments are only scored.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from features.evidence import FieldEvidence, Reason
from features.match_evidence import field_evidence
from features.match_history import Postings
from features.match_lines import LinePairing, pair_lines
from features.x12.records import ClaimPayment
from models.match_margin import Margin, margin
from models.remittance_match import MatchScore
from serving.champions import Champions
from serving.scoring import Found


class WeighedCandidate(Struct, frozen=True):
    """A candidate claim; the weights of ``evidence`` and ``beside`` sum to ``log_odds``."""

    reference: str  # as it was found under
    probability: float | None  # 0..1; None where no model has scored it
    evidence: tuple[FieldEvidence, ...]
    beside: tuple[Reason, ...] = ()  # what weighs in besides the fields, the base last
    log_odds: float | None = None  # before calibration


class MatchEvidence(Struct, frozen=True):
    """The candidates of a payment, best first."""

    candidates: tuple[WeighedCandidate, ...]
    margin: Margin | None  # None without a model or without candidates
    lines: LinePairing | None  # of the best candidate


def weigh(
    payment: ClaimPayment,
    found: Found,
    champions: Champions,
    earlier: Sequence[Postings] | None = None,
    score: MatchScore | None = None,
) -> MatchEvidence:
    """Evidence of the candidates; without a model they stand as they were found, and nothing is weighed.

    ``earlier`` is what was posted to each before the payment was scored, where that is known; ``score`` is the answer
    that was given then, and without it the payment is scored now.
    """
    model = champions.remittance_match
    if model is None:
        plain = [WeighedCandidate(name, None, field_evidence(payment, claim)) for name, claim in found]
        return MatchEvidence(tuple(plain), None, None)
    claims = [claim for _, claim in found]
    if score is None:
        (score,) = model.score([payment], [claims], None if earlier is None else [earlier])
    evidence = model.evidence(payment, claims, score, earlier)
    candidates = tuple(
        WeighedCandidate(found[one.place][0], one.probability, one.fields, one.beside, one.log_odds)
        for one in evidence
    )
    lines = pair_lines(payment.lines, claims[evidence[0].place].lines) if evidence else None
    return MatchEvidence(candidates, margin(evidence, score.none_probability), lines)

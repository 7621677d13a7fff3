"""Beside a denial risk: rules that the claim breaks, what a denial would be about, and what would change the score.

Worked out when an item is read; nothing of it is stored, and no lane depends on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from msgspec import Struct

from features.claim_edits.edit import NOTHING_KNOWN, Known
from features.claim_edits.permitted import permitted
from features.code_pairs import CodePairs, Conflict
from features.x12.records import Claim
from models.denial_outlook import DenialOutlook, Foreseeing
from models.what_if import Change, changes
from serving.champions import DenialScorer


class DenialAdvice(Struct, frozen=True):
    """Advice on a claim before it is sent; ``changes`` speak of the score, never of what will be paid."""

    conflicts: tuple[Conflict, ...] = ()
    changes: tuple[Change, ...] = ()
    outlook: DenialOutlook = DenialOutlook()


def advise(
    claim: Claim,
    model: DenialScorer | None,
    *,
    pairs: CodePairs | None = None,
    known: Known = NOTHING_KNOWN,
) -> DenialAdvice:
    """The advice on a claim; without ``model``, or where another one scored the claim, only the rules it breaks."""
    conflicts = pairs.conflicts(claim) if pairs else ()
    if model is None:
        return DenialAdvice(conflicts)

    def score(claims: Sequence[Claim]) -> list[float]:
        return [one.probability for one in model.score(claims)]

    edits = permitted(claim, replace(known, conflicts=conflicts))
    outlook = model.outlook(claim) if isinstance(model, Foreseeing) else DenialOutlook()
    return DenialAdvice(conflicts, changes(claim, edits, score), outlook)

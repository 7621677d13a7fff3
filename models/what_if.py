"""What would change a claim's score: a search over permitted edits and small combinations of them.

It speaks of the score and of nothing else: that a claim with an authorization scores lower does not say that adding a
number gets it paid. Two rounds: every edit alone, then all pairs and threes of those that scored lowest, so that a
page costs two calls of the scorer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Final

from msgspec import Struct

from features.claim_edits.edit import Edit
from features.x12.records import Claim

Scorer = Callable[[Sequence[Claim]], Sequence[float]]
"""Claims to probabilities of a denial, in their order."""

LEAST: Final = 0.02  # of a probability: what lowers a score by less is not worth a person's time
LARGEST: Final = 3  # edits in a combination
COMBINED: Final = 5  # edits of different kinds that are tried together
MOST: Final = 5  # changes that are told


class SuggestedEdit(Struct, frozen=True):
    """An edit as it is told, and what has to be true for it."""

    code: str
    text: str
    verify: str
    value: str | None = None  # what would stand on the claim, where history knows it: patient data


class Change(Struct, frozen=True):
    """Edits with the probability of a denial that the model gives before and after them."""

    edits: tuple[SuggestedEdit, ...]
    before: float  # 0..1
    after: float


def changes(
    claim: Claim, edits: Sequence[Edit], score: Scorer, *, least: float = LEAST, most: int = MOST
) -> tuple[Change, ...]:
    """What lowers the score by ``least`` or more: fewest edits first, paperwork before findings, then the lowest score.

    Of edits of a kind only the best is told, and a combination only where it is lower by ``least`` than each part of
    it; edits that stand ``alone`` are in none. The same claim, edits and scorer give the same answer.
    """
    if not edits:
        return ()
    before, *alone = score([claim, *(edit.change(claim) for edit in edits)])
    best = _best_of_kinds(edits, alone)
    scores: dict[tuple[Edit, ...], float] = {(edit,): after for edit, after in best}
    parts = [edit for edit, _ in best if not edit.alone][:COMBINED]
    combined: list[tuple[Edit, ...]] = [
        chosen for size in range(2, LARGEST + 1) for chosen in combinations(parts, size)
    ]
    if combined:
        scores |= dict(zip(combined, score([_applied(claim, chosen) for chosen in combined]), strict=True))
    told = [chosen for chosen in scores if _is_worth_telling(chosen, scores, before, least)]
    told.sort(key=lambda chosen: (len(chosen), chosen[0].alone, scores[chosen], chosen[0].code))
    return tuple(_change(chosen, before, scores[chosen]) for chosen in told[:most])


def _best_of_kinds(edits: Sequence[Edit], alone: Sequence[float]) -> list[tuple[Edit, float]]:
    """The lowest-scoring edit of each kind, the lowest first; the earlier one where two score alike."""
    best: dict[str, tuple[Edit, float]] = {}
    for edit, after in zip(edits, alone, strict=True):
        if edit.kind not in best or after < best[edit.kind][1]:
            best[edit.kind] = (edit, after)
    return sorted(best.values(), key=lambda one: one[1])


def _applied(claim: Claim, edits: Sequence[Edit]) -> Claim:
    for edit in edits:
        claim = edit.change(claim)
    return claim


def _is_worth_telling(
    chosen: tuple[Edit, ...], scores: dict[tuple[Edit, ...], float], before: float, least: float
) -> bool:
    parts = (scores[part] for part in _parts(chosen))
    return scores[chosen] <= min(parts, default=before) - least and scores[chosen] <= before - least


def _parts(chosen: tuple[Edit, ...]) -> Iterator[tuple[Edit, ...]]:
    """Everything smaller that the edits are put together from."""
    for size in range(1, len(chosen)):
        yield from combinations(chosen, size)


def _change(chosen: Sequence[Edit], before: float, after: float) -> Change:
    told = tuple(SuggestedEdit(edit.code, edit.text, edit.verify, edit.value) for edit in chosen)
    return Change(told, before, after)

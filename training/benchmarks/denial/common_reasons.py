"""Baselines for why a claim is denied: the reasons that such claims were denied for most often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

from features.x12.records import Claim
from training.benchmarks.protocols import DenialHistory
from training.denial_baselines import payer_and_procedure

Key = Callable[[Claim], Hashable]


class CommonReasons:
    """Ranks reasons by how often denied claims with the same key had them; the next, coarser key goes on from there."""

    def __init__(self, keys: Sequence[Key], claims: Sequence[Claim], reasons: Sequence[str]) -> None:
        self._keys = [*keys, _all]
        self._counts: dict[tuple[int, Hashable], Counter[str]] = defaultdict(Counter)
        for claim, reason in zip(claims, reasons, strict=True):
            for level, key in enumerate(self._keys):
                self._counts[level, key(claim)][reason] += 1

    def rank(self, claim: Claim) -> list[str]:
        """Reasons, the most frequent first; ties by their code."""
        found: dict[str, None] = {}
        for level, key in enumerate(self._keys):
            counts = self._counts.get((level, key(claim)), Counter())
            found |= dict.fromkeys(sorted(counts, key=lambda reason: (-counts[reason], reason)))
        return list(found)


def denied_before(history: DenialHistory) -> tuple[list[Claim], list[str]]:
    """Claims whose denial was known on the first day of the test window, and the CARC of each one's first denial."""
    denials = [answer for answer in history.all_answers if answer.denied]
    reasons = [answer.reasons[0].partition("-")[2] for answer in denials]
    return [history.all_sent[answer.claim] for answer in denials], reasons


def payer_of(claim: Claim) -> Hashable:
    """The key of a payer's most common reason."""
    return payer_and_procedure(claim)[0]


def _all(_: Claim) -> Hashable:
    return None

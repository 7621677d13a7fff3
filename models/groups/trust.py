"""How far a tie of payments can be trusted: how often ties with the same facts were right before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from msgspec.structs import replace

from features.groups.facts import NUMBER, PAID
from features.groups.lumps import LumpAnswer
from features.groups.takebacks import Takeback
from features.groups.ties import Tie
from models.calibration import SigmoidCalibration
from models.files import load_parts, save_parts

KIND: Final = "payment-groups"
DOUBT = 1.0  # ties of the same kind that those with the same facts start from
TIED = 0.8  # the confidence from which a tie is stated; below it, it is offered
LUMPED = (
    0.95  # the same of a check's claims where history is too short to choose it: one wrong claim spoils all
)
NEAREST = 1e-6  # how near to 0 and 1 a probability is let before it becomes log-odds


@dataclass
class Counts:
    """How many ties were right, of how many."""

    right: int = 0
    of: int = 0


@dataclass(frozen=True)
class Trust:
    """Counts by kind and facts, and the calibration of checks' answers by ``size_of``."""

    ties: Mapping[str, Counts] = field(default_factory=dict)
    lumps: Mapping[str, SigmoidCalibration] = field(default_factory=dict)
    lumped: Mapping[str, float] = field(
        default_factory=dict
    )  # the confidence from which a check's claims are stated

    @staticmethod
    def of(
        judged: Iterable[tuple[Tie, bool]],
        lumps: Mapping[str, SigmoidCalibration] | None = None,
        lumped: Mapping[str, float] | None = None,
    ) -> Trust:
        """Learn from ties that history says are right or not."""
        counts: dict[str, Counts] = {}
        for tie, right in judged:
            for key in (tie.kind, _key(tie)):
                seen = counts.setdefault(key, Counts())
                seen.of += 1
                seen.right += right
        return Trust(counts, lumps or {}, lumped or {})

    def tie(self, tie: Tie) -> Tie:
        """The tie with its confidence in 0..1, less for each rival that it cannot be told from.

        >>> from features.groups.ties import Tie
        >>> tie = Tie("reversal", 1, (0,), ("payer claim number",), ())
        >>> Trust.of([(tie, True)] * 50).tie(tie).confidence > 0.9
        True
        """
        return replace(tie, confidence=self._confidence(tie.kind, _key(tie)) / (1 + len(tie.rivals)))

    def takeback(self, found: Takeback) -> Takeback:
        """The same of a takeback. No ledger posts one, so it is trusted as the reversals with its facts are."""
        if not found.to:
            return found
        sure = self._confidence("reversal", "") if {NUMBER, PAID} <= set(found.facts) else 0.5
        return replace(found, confidence=sure / (1 + found.rivals))

    def lump(self, answer: LumpAnswer) -> float:
        """The probability 0..1 that a check pays just the claims of the answer; 0 where not all sets were tried."""
        if answer.bounded or not answer.claims:
            return 0.0
        calibration = self.lumps.get(size_of(answer), SigmoidCalibration.identity())
        return float(calibration([log_odds(answer.probability)])[0])

    def states(self, answer: LumpAnswer) -> bool:
        """Whether a check's claims are stated; otherwise they are offered, and a person decides."""
        return self.lump(answer) >= self.lumped.get(size_of(answer), LUMPED)

    def save(self, folder: Path) -> str:
        """Write to a folder; the answer is the model's version."""
        manifest = {
            "ties": {key: [counts.right, counts.of] for key, counts in self.ties.items()},
            "lumped": dict(self.lumped),
            "lumps": {size: calibration.to_dict() for size, calibration in self.lumps.items()},
        }
        return save_parts(folder, kind=KIND, manifest=manifest, boosters={}, arrays={})

    @staticmethod
    def load(folder: Path) -> Trust:
        """The inverse of ``save``; raises ModelFileError where the folder is damaged or holds another model."""
        manifest = load_parts(folder, kind=KIND).manifest
        ties = {key: Counts(*counts) for key, counts in manifest["ties"].items()}
        lumps = {size: SigmoidCalibration.from_dict(each) for size, each in manifest["lumps"].items()}
        return Trust(ties, lumps, manifest["lumped"])

    def _confidence(self, kind: str, key: str) -> float:
        whole, same = self.ties.get(kind, Counts()), self.ties.get(key, Counts())
        start = (whole.right + 1) / (whole.of + 2)
        return (same.right + DOUBT * start) / (same.of + DOUBT)


def size_of(answer: LumpAnswer) -> str:
    """Whether an answer is one claim or several: several go wrong in more ways."""
    return "one" if len(answer.claims) == 1 else "several"


def log_odds(probability: float) -> float:
    """Natural log-odds, finite for certainties.

    >>> log_odds(0.5)
    0.0
    """
    kept = min(1 - NEAREST, max(NEAREST, probability))
    return float(np.log(kept / (1 - kept)))


def _key(tie: Tie) -> str:
    return "|".join((tie.kind, *tie.facts))

"""What is true of patterns: every rule that denied claims beyond what they would have had anyway, and which claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from features.denial_codes import category_of
from training.simulate.adjudication import Decision
from training.simulate.claims import SimulatedClaim
from training.simulate.planted import Rule
from training.simulate.tables import Row, table

PATTERNS = ("pattern_id", "kind", "conditions", "since", "reason", "category", "claims", "expected_denials",
            "expected_excess")  # fmt: skip
PATTERN_CLAIMS = ("pattern_id", "claim_id", "added_probability")


@dataclass(slots=True)
class _Sums:
    number: int
    claims: int = 0
    denials: float = 0.0
    excess: float = 0.0


class PatternTruth:
    """Sums what each rule added, claim by claim; a rule is numbered when it first applies."""

    def __init__(self, write_claim: Callable[[Row], object]) -> None:
        self._write_claim = write_claim
        self._sums: dict[Rule, _Sums] = {}

    def add(self, decided: Iterable[tuple[SimulatedClaim, Decision]]) -> None:
        """Take the decisions of a day."""
        for claim, decision in decided:
            for rule, added in decision.rules:
                sums = self._sums.setdefault(rule, _Sums(len(self._sums) + 1))
                sums.claims += 1
                sums.denials += decision.probability
                sums.excess += added
                self._write_claim((str(sums.number), claim.claim_id, f"{added:.6f}"))

    def write(self, path: Path) -> None:
        """A row a rule that applied to a claim."""
        with table(path, PATTERNS) as write:
            for rule, sums in self._sums.items():
                write((str(sums.number), rule.kind, rule.written(), rule.since.isoformat(), rule.reason,
                       category_of(rule.reason), str(sums.claims), f"{sums.denials:.3f}",
                       f"{sums.excess:.3f}"))  # fmt: skip

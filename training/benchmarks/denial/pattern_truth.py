"""The sealed truth of patterns, and what of a report it bears out.

A pattern that was reported is true when at least half of its excess is there without chance: the baseline is fitted to
the true probabilities of its categories in place of what was drawn from them, what they have beyond it is parted among
all patterns of the category by least squares, and the excess is the pattern's part. So what chance, a heavy payer, a
season or an overlapping pattern makes is false. A rule of the truth is found when the patterns that are about it (at
least half of their excess comes of rules of its kind, for its category) hold at least half of what it added.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.denial_codes import category_of
from features.errors import MissingDataError
from training.patterns.baseline import Floats, Rake, margins
from training.patterns.outcomes import Outcomes

LEAST_EXCESS = 20.0  # expected denials that a rule adds: what an analyst would call a pattern
HALF = 0.5
Rows = NDArray[np.int32]


@dataclass(frozen=True)
class TrueRule:
    """A rule, and the probability of denial that it added to each claim (n,)."""

    kind: str
    conditions: str
    category: str
    since: date
    added: Floats

    @property
    def excess(self) -> float:
        """The denials that it added."""
        return float(self.added.sum())


@dataclass(frozen=True)
class Reported:
    """A pattern as it is judged: its claims, the categories that it is about (none: all), and its excess."""

    rows: Rows
    categories: frozenset[str]
    excess: float

    def about(self, category: str) -> bool:
        """Whether it speaks of a category."""
        return not self.categories or category in self.categories


def rules(folder: Path, given: Outcomes) -> list[TrueRule]:
    """Every rule that added to the denials of the claims; raises MissingDataError where there is no such truth."""
    places = {claim.claim_id: place for place, claim in enumerate(given.claims)}
    added: dict[str, Floats] = {}
    try:
        for row in _rows(folder / "truth" / "pattern_claims.csv"):
            if row["claim_id"] in places:
                sums = added.setdefault(row["pattern_id"], np.zeros(len(places)))
                sums[places[row["claim_id"]]] = float(row["added_probability"])
        told = _rows(folder / "truth" / "patterns.csv")
    except FileNotFoundError as error:
        raise MissingDataError(
            "there is no truth of patterns beside the data", folder.name, "measure on simulated data"
        ) from error
    return [
        TrueRule(row["kind"], row["conditions"], row["category"], date.fromisoformat(row["since"]),
                 added[row["pattern_id"]])
        for row in told
        if row["pattern_id"] in added
    ]  # fmt: skip


def probabilities(folder: Path, given: Outcomes) -> Mapping[str, Floats]:
    """The probability of being denied for each category (n,)."""
    places = {claim.claim_id: place for place, claim in enumerate(given.claims)}
    found: dict[str, Floats] = {}
    for row in _rows(folder / "truth" / "claims.csv"):
        if row["claim_id"] in places:
            for told in row["reason_probabilities"].split(";"):
                reason, _, probability = told.partition("=")
                sums = found.setdefault(category_of(reason), np.zeros(len(places)))
                sums[places[row["claim_id"]]] += float(probability)
    return found


def excess_without_chance(
    given: Outcomes, probability: Mapping[str, Floats], reported: Sequence[Reported]
) -> Floats:
    """The true excess of each pattern beside all others."""
    excess = np.zeros(len(reported))
    for category, true in probability.items():
        chosen = [place for place, one in enumerate(reported) if one.about(category)]
        parts = _parted(given, true, [reported[place].rows for place in chosen])
        excess[chosen] += parts
    return excess


def _parted(given: Outcomes, probability: Floats, patterns: Sequence[Rows]) -> Floats:
    """What each pattern's claims have beyond the baseline, the patterns beside one another."""
    rake = Rake(probability, margins(given))
    rake.chosen = {place: (rows, 1.0) for place, rows in enumerate(patterns)}
    usual = rake.fit()
    inside = np.zeros((probability.size, len(patterns)))
    for place, rows in enumerate(patterns):
        usual[rows] /= rake.chosen[place][1]
        inside[rows, place] = 1.0
    added, *_ = np.linalg.lstsq(inside, probability - usual, rcond=None)
    return np.asarray(added * inside.sum(axis=0))


def true_ones(excess: Floats, reported: Sequence[Reported]) -> NDArray[np.bool_]:
    """Which patterns the truth bears out."""
    return np.array(
        [true >= HALF * one.excess for true, one in zip(excess, reported, strict=True)], dtype=bool
    )


def found(rule: TrueRule, everything: Sequence[TrueRule], reported: Sequence[Reported]) -> bool:
    """Whether the report holds a rule."""
    kin = np.sum([other.added for other in everything if _kin(rule, other)], axis=0)
    covered = np.zeros(rule.added.size, dtype=bool)
    for one in reported:
        if one.about(rule.category) and kin[one.rows].sum() >= HALF * one.excess:
            covered[one.rows] = True
    return bool(rule.added[covered].sum() >= HALF * rule.excess)


def _kin(rule: TrueRule, other: TrueRule) -> bool:
    """A rule of the same kind may share a pattern (imaging without authorization, at several payers)."""
    return rule is other or (rule.kind == other.kind != "planted")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))

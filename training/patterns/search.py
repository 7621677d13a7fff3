"""The search: the strongest pattern first, then what is left when it is expected, until chance would do as well.

A pattern that is chosen is expected from then on, so that what only overlaps with it, or is a part of it, no longer
stands out: subsumed patterns drop out by themselves. Where a shorter pattern explains the longer one, and is one beyond
it too, the shorter one is taken. In the end each must still stand when all the others are expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from training.patterns.baseline import Floats
from training.patterns.evidence import evidence
from training.patterns.null import Null
from training.patterns.scene import FEWEST_PATIENTS, LEAST_EXCESS, Scene

FALSE_DISCOVERIES = 0.01  # the expected share of patterns that are none
MOST = 150  # patterns; nobody reads more
EXPLAINED = (
    6.0  # nats that may be left of a longer pattern, of some hundred, when the shorter one is expected
)
BEYOND = 2.0  # nats of evidence for the shorter pattern outside the longer one
ADDED = 0.5  # of an excess that must be there when patterns add to one another
AS_GOOD = 0.9  # of a longer pattern's evidence: a shorter one that has as much is preferred


@dataclass(frozen=True)
class Chosen:
    """A candidate (its row) and the outcome that it drives: a category's place, or the number of categories for all."""

    row: int
    outcome: int
    score: float
    q_value: float


def search(scene: Scene, null: Null, *, most: int = MOST, rate: float = FALSE_DISCOVERIES) -> list[Chosen]:
    """The patterns of a scene, which then expects them, strongest first."""
    parts = _Parts(scene)
    found: list[Chosen] = []
    passed: set[tuple[int, int]] = set()  # chosen before, or standing on too few patients
    while len(found) < most:
        scores = scene.scores
        for place in passed:
            scores[place] = 0.0
        row, outcome = (int(place) for place in np.unravel_index(scores.argmax(), scores.shape))
        score = float(scores[row, outcome])
        q_value = null.by_chance(score) / (len(found) + 1)
        if score <= 0 or q_value > rate:
            break
        row = parts.simplest(row, outcome, scores[:, outcome])
        passed.add((row, outcome))
        if scene.patients(row) < FEWEST_PATIENTS:
            continue
        score = float(scores[row, outcome])
        scene.choose(row, outcome)
        found.append(Chosen(row, outcome, score, min(1.0, q_value)))
    return _standing(scene, null, found, rate)


def _standing(scene: Scene, null: Null, found: list[Chosen], rate: float) -> list[Chosen]:
    """Those that still stand when all others are expected; the weakest are asked first."""
    kept = list(found)
    for one in sorted(found, key=lambda chosen: chosen.score):
        seen, expected = scene.seen[one.row, one.outcome], scene.without(one.row, one.outcome)
        score = float(evidence(seen, expected)) / scene.spread[one.outcome]
        if null.by_chance(score) / len(kept) > 5 * rate or seen - expected < LEAST_EXCESS:
            scene.forget(one.row, one.outcome)
            kept.remove(one)
    return _added_too(scene, kept)


def _added_too(scene: Scene, found: list[Chosen]) -> list[Chosen]:
    """Those whose excess is there when patterns add to one another, too, as well as when they multiply.

    Where two patterns overlap, factors may credit one of them with what the other explains; the worst goes first.
    """
    kept = list(found)
    while kept:
        excess = [scene.seen[one.row, one.outcome] - scene.without(one.row, one.outcome) for one in kept]
        shares = _parted(scene, kept) / np.maximum(np.array(excess), 1e-9)
        worst = int(shares.argmin())
        if shares[worst] >= ADDED:
            break
        scene.forget(kept[worst].row, kept[worst].outcome)
        del kept[worst]
    return kept


def _parted(scene: Scene, kept: list[Chosen]) -> Floats:
    """The denials beyond the baseline, parted among the patterns of each category by least squares."""
    parts = np.zeros(len(kept))
    for place, rake in enumerate(scene.rakes):
        chosen = [at for at, one in enumerate(kept) if one.outcome in (place, scene.categories)]
        if chosen:
            usual = scene.claim_expected[:, place].copy()
            for rows, factor in rake.chosen.values():
                usual[rows] /= factor
            inside = scene.itemsets.members[[kept[at].row for at in chosen]].astype(np.float64)
            shared = np.asarray((inside @ inside.T).todense())
            added, *_ = np.linalg.lstsq(shared, inside @ (rake.denied - usual), rcond=None)
            parts[chosen] += added * shared.diagonal()
    return parts


class _Parts:
    """Finds the shorter candidates that a candidate is made of."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        codes = scene.itemsets.codes.tolist()
        self._rows = {tuple(code for code in row if code >= 0): place for place, row in enumerate(codes)}
        self._codes = {place: parts for parts, place in self._rows.items()}

    def simplest(self, row: int, outcome: int, scores: Floats) -> int:
        """The shorter candidate that explains this one, if there is one; else this one."""
        codes = self._codes[row]
        shorter = [
            self._rows[part]
            for length in range(1, len(codes))
            for part in combinations(codes, length)
            if part in self._rows
        ]
        explaining = [
            part for part in shorter if scores[part] > 0 and self._explains(part, row, outcome, scores)
        ]
        return max(explaining, key=lambda part: scores[part], default=row)

    def _explains(self, part: int, whole: int, outcome: int, scores: Floats) -> bool:
        seen, expected = self._scene.seen[:, outcome], self._scene.expected[:, outcome]
        raised = float(seen[part] / expected[part])
        left = float(evidence(seen[whole], expected[whole] * raised))
        beyond = float(evidence(seen[part] - seen[whole], expected[part] - expected[whole]))
        return left < EXPLAINED and (beyond > BEYOND or scores[part] > AS_GOOD * scores[whole])

"""Cells certified together: the chance that any certified cell breaks its promise is at most delta.

A certificate for each of m cells at delta / m is safe and wastes most of delta. This is one closed test (Marcus, Peritz
and Gabriel 1976) over every threshold of every cell, with hypotheses "the error rate above it exceeds alpha". Of an
intersection of hypotheses, only the first threshold of each cell in it is looked at. It is rejected where

- a later threshold in it passes alone at ``s = 0.5 delta / m``, or at delta / m where no cell is in it with its first;
- or its set J of first thresholds is rejected, by Bonferroni's inequality: one passes at (delta - (m - |J|) s) / |J|;
- or, pooled, with ``s = 0.3 delta / m``: the counts of J together have an exact binomial p-value of at most 0.7 delta,
  or one passes alone at s. If every rate in J exceeded alpha, the errors of all would be stochastically more than
  Binomial(n of all, alpha).

Each adds up to delta at most, so whichever hypotheses are true, any of them is rejected with probability at most delta.
Bonferroni's holds under any dependence between cells, the pooled test only where cells are independent. In steps: a
first threshold passes where each of the 2^(m-1) sets that hold it is rejected; a cell that passed walks on at s, and at
delta / m once all have passed; one that passed its last threshold then leaves its share to those that still walk
(Bretz, Maurer, Brannath and Posch 2009). A single cell is walked at delta, as by ``models.certification.certify``.

Which cells take part, and which test is used, is planned on earlier labels: a cell that will hardly pass only costs the
others. In simulation the pooled test certifies more from about eight cells on, Bonferroni's with fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

from models.certification import Certified, Step, Uncertified, plan, walk
from models.certification_labels import check_level

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
# Of delta: what cells walk on at; the rest is for sets of first thresholds. Chosen by simulation, as are the next
# three: they move how much is certified, never how safely.
OWN, OWN_POOLED = 0.5, 0.3
PLANNED = (
    0.6  # of delta: the level that pooled cells are planned for; by simulation, and never a matter of safety
)
MANY = 8  # cells from which on pooling certifies more
LIKELY = 0.4  # a cell with less chance to pass takes no part
MOST = 16  # cells that take part: 2^16 sets are tested
AWAY = (-1.5, 0.0, 1.5)  # standard deviations of the number of fresh labels
ROUNDING = 1e-12


@dataclass(frozen=True)
class Labels:
    """Labels of one cell, none where there are none: scores and errors, 0 or 1, both (n,)."""

    scores: ArrayLike
    errors: ArrayLike

    def count(self) -> int:
        """How many there are."""
        return int(np.asarray(self.scores).size)


@dataclass(frozen=True)
class Plan:
    """What is tried; nothing of it has seen a fresh label, but how many there are."""

    thresholds: tuple[tuple[float, ...], ...]  # of each cell, strict to loose
    part: tuple[int, ...]  # places of the cells that take part
    pooled: bool  # whether sets of cells are tested on their counts together


@dataclass(frozen=True)
class Outcome:
    """What came of one cell."""

    certified: Certified | None
    level: float  # that its own counts passed last, or had to pass first
    tried: bool  # False: planned to take no part, as it would hardly pass
    first: Uncertified  # the counts of the first threshold, which stand where nothing was certified


def plan_family(
    prior: Sequence[Labels],
    fresh: Sequence[int],
    *,
    alpha: float,
    delta: float,
    independent: bool = True,
    steps: int = 200,
) -> Plan:
    """Thresholds for each cell, and which cells take part, from labels of an earlier window.

    ``fresh`` (m,) is how many fresh labels each cell has. ``independent``: no error of one cell depends on those of
    another, so that they may be pooled. ``steps`` as in ``models.certification.plan``. Raises BadInputError where
    alpha or delta is not inside 0..1.
    """
    check_level(alpha, delta)
    pooled = independent and len(prior) >= MANY
    level = delta * (PLANNED if pooled else max(len(prior), 1) ** -0.5)
    thresholds = [
        plan(labels.scores, labels.errors, n, alpha, delta=level, steps=steps)
        for labels, n in zip(prior, fresh, strict=True)
    ]
    chances = [
        _chance(labels, tried, n, alpha, level)
        for labels, tried, n in zip(prior, thresholds, fresh, strict=True)
    ]
    triable = [n if tried else 0 for n, tried in zip(fresh, thresholds, strict=True)]
    return Plan(tuple(thresholds), taking_part(chances, triable), pooled)


def certify_family(plan: Plan, fresh: Sequence[Labels], *, alpha: float, delta: float) -> tuple[Outcome, ...]:
    """Certify cells together on fresh labels; one outcome a cell, in the order of the plan.

    Rows of a cell must be independent, and had no part in the model, the calibration or the plan. Raises BadInputError
    as ``models.certification.certify`` does.
    """
    check_level(alpha, delta)
    steps = [
        walk(labels.scores, labels.errors, tried)
        for labels, tried in zip(fresh, plan.thresholds, strict=True)
    ]
    passed = allocate(
        [np.array([step.n for step in steps[place]]) for place in plan.part],
        [np.array([step.errors for step in steps[place]]) for place in plan.part],
        alpha=alpha,
        delta=delta,
        pooled=plan.pooled,
    )
    found = dict(zip(plan.part, passed, strict=True))
    nothing = (-1, alone_level(len(plan.part), delta, pooled=plan.pooled))
    return tuple(
        _outcome(walked, found.get(place, nothing), place in found) for place, walked in enumerate(steps)
    )


def taking_part(chances: Sequence[float], labels: Sequence[int]) -> tuple[int, ...]:
    """Places of the cells that take part: those likely to pass, or else the likeliest; at most 16.

    ``chances`` (m,) are those that a cell's first threshold passes, ``labels`` (m,) how many fresh ones it has, 0
    where it has no threshold to try them on.

    >>> taking_part([0.9, 0.1, 0.6], [100, 100, 100]), taking_part([0.1, 0.2], [100, 100]), taking_part([0], [0])
    ((0, 2), (1,), ())
    """
    worth = [chance * count for chance, count in zip(chances, labels, strict=True)]
    ranked = sorted(range(len(worth)), key=worth.__getitem__, reverse=True)
    likely = [place for place in ranked if chances[place] >= LIKELY and worth[place] > 0]
    best = [place for place in ranked[:1] if labels[place] > 0]
    return tuple(sorted((likely or best)[:MOST]))


def alone_level(cells: int, delta: float, *, pooled: bool) -> float:
    """The level that a first threshold has to pass whatever the others do; a single cell has all of delta.

    >>> [round(alone_level(m, 0.05, pooled=False), 4) for m in (1, 2, 15)]
    [0.05, 0.0375, 0.0267]
    """
    if cells <= 1:
        return delta
    return (1 - OWN_POOLED) * delta if pooled else delta * (1 - OWN * (cells - 1) / cells)


def allocate(
    n: Sequence[Counts], errors: Sequence[Counts], *, alpha: float, delta: float, pooled: bool
) -> list[tuple[int, float]]:
    """For each cell the place of the last threshold that passed, -1 for none, and the level that this one passed.

    ``n`` and ``errors`` hold one array a cell: counts at its thresholds, strict to loose, at least one. This is the
    whole test; what it may look at before is earlier labels and how many fresh ones there are.
    """
    count = len(n)
    if not count:
        return []
    p = [_p_values(many, wrong, alpha) for many, wrong in zip(n, errors, strict=True)]
    first = np.array([values[0] for values in p])
    heads = np.array([many[0] for many in n]), np.array([wrong[0] for wrong in errors])
    passed = _first(first, *heads, alpha, delta, pooled)
    alone = alone_level(count, delta, pooled=pooled)
    ends = [(0, alone) if one else (-1, alone) for one in passed]
    spread = 1.0 if passed.all() else OWN_POOLED if pooled else OWN
    return _walk_on(p, ends, spread * delta, bool(passed.all()))


def _first(
    p: Floats, n: Counts, errors: Counts, alpha: float, delta: float, pooled: bool
) -> NDArray[np.bool_]:
    """Which first thresholds pass: those of which every set is rejected, (m,)."""
    sets = _sets(p.size)
    if pooled and p.size > 1:
        together = np.asarray(binom.cdf(sets @ errors, sets @ n, alpha)) <= (1 - OWN_POOLED) * delta
        rejected = together | (sets & (p <= OWN_POOLED * delta / p.size)).any(axis=1)
    else:
        own = OWN * delta / p.size
        size = sets.sum(axis=1)
        level = (delta - (p.size - size) * own) / size
        rejected = np.where(sets, p, 1.0).min(axis=1) <= level * (1 + ROUNDING)
    return np.array([rejected[sets[:, place]].all() for place in range(p.size)], dtype=np.bool_)


def _walk_on(
    p: Sequence[Floats], ends: list[tuple[int, float]], spread: float, shared: bool
) -> list[tuple[int, float]]:
    """Walk the cells that passed their first threshold; ``spread`` is the level of all cells together.

    ``shared``: all cells walk, and one that has passed its last threshold leaves its share to the others.
    """
    ends, walking = list(ends), len(p)
    while True:
        level = spread / max(walking, 1)
        for place, (end, passed_at) in enumerate(ends):
            last = _last(p[place], end, level) if end >= 0 else end
            ends[place] = (last, level if last > end else passed_at)
        left = sum(end < values.size - 1 for (end, _), values in zip(ends, p, strict=True))
        if not shared or left in (0, walking):
            return ends
        walking = left


def _last(p: Floats, start: int, level: float) -> int:
    """The last place that passes, walked from one that has."""
    failed = np.flatnonzero(p[start + 1 :] > level * (1 + ROUNDING))
    return start + int(failed[0]) if failed.size else p.size - 1


def _p_values(n: Counts, errors: Counts, alpha: float) -> Floats:
    return np.where(n > 0, binom.cdf(errors, n, alpha), 1.0)


@lru_cache(maxsize=4)
def _sets(count: int) -> NDArray[np.bool_]:
    """Every set of so many cells but the empty one, (2^count - 1, count)."""
    return ((np.arange(1, 2**count)[:, None] >> np.arange(count)) & 1).astype(np.bool_)


def _chance(prior: Labels, thresholds: Sequence[float], n: int, alpha: float, level: float) -> float:
    """That the first threshold passes alone at ``level``, if errors come as among the earlier labels."""
    if not thresholds or not n:
        return 0.0
    (step,) = walk(prior.scores, prior.errors, thresholds[:1])
    return chance_to_pass(step, prior.count(), n, alpha=alpha, level=level)


def chance_to_pass(step: Step, of: int, n: int, *, alpha: float, level: float) -> float:
    """The chance that a threshold passes on ``n`` fresh labels, if they are as the ``of`` earlier ones, 0..1.

    How many of them lie above it is chance too, so it is averaged over counts up to 1.5 standard deviations away.
    """
    share, rate = step.n / of, (step.errors + 0.5) / (step.n + 1)
    fresh = np.clip(np.floor(n * share + np.array(AWAY) * np.sqrt(n * share * (1 - share) + 1)), 0, n)
    allowed = binom.ppf(level, fresh, alpha)
    allowed = np.where(binom.cdf(allowed, fresh, alpha) <= level, allowed, allowed - 1)
    return float(np.mean(np.where(allowed >= 0, binom.cdf(allowed, fresh, rate), 0.0)))


def _outcome(steps: Sequence[Step], passed: tuple[int, float], tried: bool) -> Outcome:
    place, level = passed
    first = Uncertified(steps[0].n, steps[0].errors) if steps else Uncertified(0, 0)
    return Outcome(Certified(*steps[place]) if place >= 0 else None, level, tried, first)

"""From chosen candidates to the patterns of a report: words, money, trend, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from features.patterns.attributes import Attribute
from features.patterns.report import Condition, Pattern
from features.patterns.words import label
from training.metrics import exact_interval
from training.patterns.baseline import Floats
from training.patterns.outcomes import NONE, Outcomes
from training.patterns.scene import Scene
from training.patterns.search import Chosen
from training.patterns.steps import step

QUARTER = 91  # days
SURE = 6.0  # nats from which an excess is said to have begun on a day
UNSURE = 0.05
ALIKE = 0.9  # overlap of claims over their union, from which two descriptions are one pattern's
MOST_NAMES = 3
FEWEST_LATELY = 5  # claims in the last quarter: of fewer no trend is told

Rows = NDArray[np.int32]


@dataclass(frozen=True)
class Found:
    """One combination and all outcomes that it drives."""

    row: int
    outcomes: tuple[int, ...]
    q_value: float


def merged(chosen: Sequence[Chosen]) -> list[Found]:
    """Patterns with the same conditions as one, in the order of their first finding."""
    by_row: dict[int, list[Chosen]] = defaultdict(list)
    for one in chosen:
        by_row[one.row].append(one)
    return [
        Found(row, tuple(one.outcome for one in some), min(one.q_value for one in some))
        for row, some in by_row.items()
    ]


def pattern(given: Outcomes, scene: Scene, found: Found, named: Mapping[Attribute, str]) -> Pattern:
    """Everything that a report tells of a pattern."""
    rows = scene.itemsets.rows(found.row)
    everything = scene.categories in found.outcomes
    wanted = range(scene.categories) if everything else found.outcomes
    denied = np.isin(given.category[rows], list(wanted)) & (given.category[rows] != NONE)
    expected = _expected(scene, found, rows, wanted)
    count, usual = int(denied.sum()), float(expected.sum())
    low, high = exact_interval(count, len(rows))
    amount = Decimal(int(given.denied_cents[rows[denied]].sum())) / 100
    excess = count - usual
    before, lately, trend = _trend(given, rows, denied, expected)
    since, since_first, since_last = _since(given, rows, denied, expected)
    return Pattern(
        conditions=tuple(
            Condition(one.name, one.value, label(one, named)) for one in scene.itemsets.conditions(found.row)
        ),
        categories=() if everything else tuple(given.categories[place] for place in wanted),
        claims=len(rows),
        denied=count,
        expected=round(usual, 2),
        excess=round(excess, 2),
        excess_low=round(low * len(rows) - usual, 2),
        excess_high=round(high * len(rows) - usual, 2),
        q_value=found.q_value,
        amount_denied=amount,
        amount_at_stake=(amount * Decimal(max(0.0, excess / max(1, count)))).quantize(Decimal("0.01")),
        quarters=_quarters(given, rows, denied, expected),
        also=_also(scene, found.row, named),
        rate_last_quarter=lately,
        rate_before=before,
        trend=trend,
        since=since,
        since_first=since_first,
        since_last=since_last,
    )


def _expected(scene: Scene, found: Found, rows: Rows, wanted: Sequence[int]) -> Floats:
    """Expected denials of each of the pattern's claims, all other patterns taken into account."""
    total = np.zeros(len(rows))
    for place in wanted:
        chosen = scene.rakes[place].chosen.get(found.row)
        total += scene.claim_expected[rows, place] / (chosen[1] if chosen else 1.0)
    return total


def _trend(
    given: Outcomes, rows: Rows, denied: NDArray[np.bool_], expected: Floats
) -> tuple[float, float, str]:
    """The rates before and in the last quarter, and whether they differ by more than chance and what was expected."""
    late = given.day[rows] > int(given.day.max()) - QUARTER
    seen, before = int(denied[late].sum()), int(denied[~late].sum())
    share = float(expected[late].sum() / max(1e-9, expected.sum()))
    trend = "unknown"
    if seen + before and 0 < share < 1 and late.sum() >= FEWEST_LATELY:
        sure = binomtest(seen, seen + before, share).pvalue < UNSURE
        trend = "steady" if not sure else "rising" if seen > share * (seen + before) else "falling"
    return _rate(before, int((~late).sum())), _rate(seen, int(late.sum())), trend


def _since(
    given: Outcomes, rows: Rows, denied: NDArray[np.bool_], expected: Floats
) -> tuple[date | None, date | None, date | None]:
    """The day on which the excess began, and between which days it lies; None where it was there all along."""
    first = int(given.day.min())
    days = int(given.day.max()) - first + 1
    place = given.day[rows] - first
    seen: Floats = np.bincount(place, weights=denied, minlength=days).astype(np.float64)
    usual: Floats = np.bincount(place, weights=expected, minlength=days).astype(np.float64)
    one = step(seen, usual)
    if one is None or one.gain < SURE:
        return None, None, None
    if seen[one.day :].sum() * usual.sum() < seen.sum() * usual[one.day :].sum():  # it has ended since
        return None, None, None
    day, early, late = (date.fromordinal(first + at) for at in (one.day, one.first, one.last))
    return day, early, late


def _quarters(
    given: Outcomes, rows: Rows, denied: NDArray[np.bool_], expected: Floats
) -> tuple[tuple[date, int, int, float], ...]:
    """Quarters counted back from the last day, oldest first."""
    last = int(given.day.max())
    back = (last - given.day[rows]) // QUARTER
    count = int((last - int(given.day.min())) // QUARTER) + 1
    sums = [
        np.bincount(back, weights=weights, minlength=count)
        for weights in (np.ones(len(rows)), denied.astype(np.float64), expected)
    ]
    return tuple(
        (date.fromordinal(last - (place + 1) * QUARTER + 1), int(sums[0][place]), int(sums[1][place]),
         round(float(sums[2][place]), 2))
        for place in range(count - 1, -1, -1)
    )  # fmt: skip


def _also(scene: Scene, row: int, named: Mapping[Attribute, str]) -> tuple[str, ...]:
    """Other combinations that hold for the same claims, but for a few; those with the fewest conditions first."""
    rows = scene.itemsets.rows(row)
    inside = np.zeros(scene.itemsets.members.shape[1], dtype=np.float32)
    inside[rows] = 1.0
    shared = np.asarray(scene.itemsets.members @ inside)
    sizes = np.diff(scene.itemsets.members.indptr)
    overlap = shared / (sizes + len(rows) - shared)
    overlap[row] = 0.0
    alike = np.flatnonzero(overlap >= ALIKE)
    ranked = sorted(alike.tolist(), key=lambda at: (len(scene.itemsets.conditions(at)), -overlap[at], at))
    own = {*scene.itemsets.conditions(row)}
    told = [scene.itemsets.conditions(at) for at in ranked if not own <= {*scene.itemsets.conditions(at)}]
    return tuple(", ".join(label(one, named) for one in some) for some in told[:MOST_NAMES])


def _rate(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0

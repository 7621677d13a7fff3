"""Change points: on which day a payer began to deny more, or less, for a category; the season taken out.

All payers and categories are looked at, on all days, so the threshold is that of the strongest step by chance among
them all: denials drawn anew from the baseline, which keeps season and mix. A series with a step is cut there, and each
half is looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from features.match_keys import payer_key
from features.patterns.report import ChangePoint
from training.patterns.baseline import Floats, Margin, Rake, clustering, indicators, margins
from training.patterns.null import Null, redrawn
from training.patterns.outcomes import Ints, Outcomes
from training.patterns.steps import Step, step, step_gains

FALSE_CHANGES = 0.05  # expected share of change points that are none
LEAST_DENIALS = 12  # of a payer and a category: fewer show no step that outweighs the days that are tried
DRAWS = 40
MOST_CUTS = 3  # a series


@dataclass(frozen=True)
class Series:
    """Denials by payer, category and day, seen and expected: (p, c, d)."""

    payers: Ints  # (n,) of each claim
    names: tuple[tuple[str, str], ...]  # key and name
    first: int  # the first day, an ordinal
    seen: Floats
    expected: Floats
    claims: Floats  # (p, d)
    spread: Floats  # (c,)


def change_points(given: Outcomes, *, seed: int, rate: float = FALSE_CHANGES) -> list[ChangePoint]:
    """The change points of all payers and categories, strongest first."""
    expected = expectation(given)
    series = _series(given, expected)
    law = _null(given, expected, series, seed=seed)
    found = [
        (one, payer, category)
        for payer in range(len(series.names))
        for category in range(len(given.categories))
        for one in _steps(series, law, payer, category)
    ]
    found.sort(key=lambda one: -one[0].gain)
    kept = []
    for count, (one, payer, category) in enumerate(found, start=1):
        q_value = min(1.0, law.by_chance(one.gain) / count)
        if q_value <= rate:
            kept.append(_said(given, series, one, payer, category, q_value))
    return kept


def expectation(given: Outcomes) -> Floats:
    """Expected denials by category (n, c), before any pattern."""
    denied = indicators(given.category, len(given.categories))
    sorted_by = margins(given)
    return np.stack([Rake(column.copy(), sorted_by).fit() for column in denied.T], axis=1)


def _series(given: Outcomes, expected: Floats) -> Series:
    payers = Margin.of("payer", [payer_key(claim) for claim in given.claims])
    names = {payer_key(claim): claim.payer_name or "" for claim in given.claims}
    denied = indicators(given.category, len(given.categories))
    first = int(given.day.min())
    spread = [clustering(denied[:, c], expected[:, c], given.patient) for c in range(denied.shape[1])]
    ones = np.ones((given.day.size, 1))
    return Series(
        payers.groups,
        tuple(names.items()),
        first,
        _by_day(payers, given.day - first, denied),
        _by_day(payers, given.day - first, expected),
        _by_day(payers, given.day - first, ones)[:, 0, :],
        np.array(spread),
    )


def _by_day(payers: Margin, day: Ints, values: Floats) -> Floats:
    days = int(day.max()) + 1
    cell = payers.groups * days + day
    sums = [np.bincount(cell, weights=column, minlength=payers.size * days) for column in values.T]
    return np.stack([one.reshape(payers.size, days) for one in sums], axis=1)


def _null(given: Outcomes, expected: Floats, series: Series, *, seed: int) -> Null:
    generator = np.random.default_rng(seed)
    payers = Margin("payer", series.payers, len(series.names))
    maxima = []
    for _ in range(DRAWS):
        drawn = indicators(redrawn(expected, generator), expected.shape[1])
        seen = _by_day(payers, given.day - series.first, drawn)
        gains = step_gains(seen, series.expected) / series.spread[None, :, None]
        gains[seen.sum(axis=-1) < LEAST_DENIALS] = 0.0
        maxima.append(float(gains.max(initial=0.0)))
    return Null.of(np.array(maxima))


def _steps(series: Series, law: Null, payer: int, category: int) -> list[Step]:
    """The steps of one series: the best one, and then the best of each half."""
    seen, expected = series.seen[payer, category], series.expected[payer, category]
    found: list[Step] = []
    spans = [(0, seen.size)]
    while spans and len(found) < MOST_CUTS:
        start, end = spans.pop()
        one = step(seen[start:end], expected[start:end])
        if one is None or seen[start:end].sum() < LEAST_DENIALS:
            continue
        gain = one.gain / float(series.spread[category])
        if law.by_chance(gain) <= FALSE_CHANGES:
            found.append(Step(start + one.day, start + one.first, start + one.last, gain))
            spans += [(start, start + one.day), (start + one.day, end)]
    return found


def _said(
    given: Outcomes, series: Series, one: Step, payer: int, category: int, q_value: float
) -> ChangePoint:
    key, name = series.names[payer]
    seen, claims = series.seen[payer, category], series.claims[payer]
    return ChangePoint(
        payer=key,
        payer_name=name,
        category=given.categories[category],
        day=date.fromordinal(series.first + one.day),
        first=date.fromordinal(series.first + one.first),
        last=date.fromordinal(series.first + one.last),
        claims=int(claims.sum()),
        rate_before=_rate(seen[: one.day].sum(), claims[: one.day].sum()),
        rate_after=_rate(seen[one.day :].sum(), claims[one.day :].sum()),
        q_value=q_value,
    )


def _rate(denied: float, claims: float) -> float:
    return float(denied / claims) if claims else 0.0

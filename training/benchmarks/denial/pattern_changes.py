"""Change points where a policy changed: how many days they are off, and how soon they could be told.

In the scenario ``policy-change`` the largest commercial and the largest Medicare Advantage payer ask for many more
authorizations from one day on. The search is run on all decisions, and again on what was decided two weeks, four weeks
and so on after that day.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from features.match_keys import normalised
from features.patterns.report import ChangePoint
from training import datasets
from training.benchmarks.denial.pattern_truth import TrueRule, rules
from training.patterns.changes import change_points
from training.patterns.outcomes import Outcomes, outcomes
from training.simulate import command as simulation

MOST_CLAIMS = 60_000
LOOKS_EVERY, LOOKS_UNTIL = 14, 182  # days after the change
NEAR = 60  # days from a first day of a rule, within which a change point is of that rule
CATEGORY = "authorization"


@dataclass(frozen=True)
class Changes:
    """What was found of the two payers' change, and how many of all change points a rule stands behind."""

    payers: int
    errors: tuple[int, ...]  # days from the true day, of those that were found
    inside: int  # of these, whose interval holds the true day
    delays: tuple[int, ...]  # days until it could be told
    told: int  # change points in all
    true: int  # of these, with a rule of that payer and category that began near that day


def measured(*, claims: int, seed: int) -> Changes:
    """Simulate a policy change, and look for it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "network"
        simulation.write(folder, claims=min(claims, MOST_CLAIMS), seed=seed, scenario="policy-change")
        given = outcomes(datasets.load(folder))
        return judged(given, rules(folder, given), seed=seed)


def judged(given: Outcomes, truth: Sequence[TrueRule], *, seed: int) -> Changes:
    """Hold the change points against the rules' first days."""
    day = change_day(truth)
    payers = sorted({payer_of(rule) for rule in truth if rule.since == day and rule.kind == CATEGORY})
    told = change_points(given, seed=seed)
    hits = [one for payer in payers if (one := nearest(told, payer, day))]
    return Changes(
        payers=len(payers),
        errors=tuple((one.day - day).days for one in hits),
        inside=sum(one.first <= day <= one.last for one in hits),
        delays=_delays(given, payers, day, seed=seed),
        told=len(told),
        true=sum(_is_true(one, truth) for one in told),
    )


def change_day(truth: Sequence[TrueRule]) -> date:
    """The day on which most authorization rules begin, of those that began within the data."""
    days = [rule.since for rule in truth if rule.kind == CATEGORY and rule.since.year > 2000]
    return max(set(days), key=days.count)


def payer_of(rule: TrueRule) -> str:
    """The payer that a rule is of, as claims name it."""
    return normalised(dict(part.split("=", 1) for part in rule.conditions.split(";")).get("payer"))


def nearest(told: Sequence[ChangePoint], payer: str, day: date) -> ChangePoint | None:
    """The change point of a payer's authorizations that is nearest to a day, if one is near."""
    near = [
        one
        for one in told
        if one.payer == payer and one.category == CATEGORY and abs((one.day - day).days) <= NEAR
    ]
    return min(near, key=lambda one: abs((one.day - day).days), default=None)


def known_by(given: Outcomes, day: date) -> Outcomes:
    """The claims that were answered before a day."""
    kept = np.flatnonzero(given.answered < day.toordinal())
    arrays = ("category", "denied_cents", "charged_cents", "patient", "day", "month", "answered")
    return replace(
        given,
        claims=tuple(given.claims[place] for place in kept),
        numbers=tuple(given.numbers[place] for place in kept),
        **{name: getattr(given, name)[kept] for name in arrays},
    )


def _delays(given: Outcomes, payers: Sequence[str], day: date, *, seed: int) -> tuple[int, ...]:
    delays: dict[str, int] = {}
    for after in range(LOOKS_EVERY, LOOKS_UNTIL + 1, LOOKS_EVERY):
        told = change_points(known_by(given, day + timedelta(after)), seed=seed)
        for payer in payers:
            if payer not in delays and nearest(told, payer, day):
                delays[payer] = after
        if len(delays) == len(payers):
            break
    return tuple(delays.values())


def _is_true(one: ChangePoint, truth: Sequence[TrueRule]) -> bool:
    return any(
        rule.category == one.category
        and payer_of(rule) in ("", one.payer)
        and abs((rule.since - one.day).days) <= NEAR
        for rule in truth
    )

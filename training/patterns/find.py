"""The whole search over a data set: candidates, baseline, what chance finds, patterns, changes, recurrence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np

from features.errors import MissingDataError
from features.patterns.report import Report
from features.patterns.words import names
from training.datasets import Dataset
from training.patterns.baseline import margins
from training.patterns.changes import change_points
from training.patterns.findings import merged, pattern
from training.patterns.itemsets import SUPPORT, Itemsets, find
from training.patterns.null import null
from training.patterns.outcomes import Ints, Outcomes, outcomes
from training.patterns.recurrence import recurrences
from training.patterns.scene import Scene
from training.patterns.search import FALSE_DISCOVERIES, Chosen, search

FEWEST_CLAIMS = 200


def patterns(
    dataset: Dataset, *, seed: int, support: int = SUPPORT, rate: float = FALSE_DISCOVERIES
) -> Report:
    """Everything that is found; raises MissingDataError where too few claims have an answer."""
    given = outcomes(dataset)
    if len(given.claims) < FEWEST_CLAIMS or not given.denied.any():
        raise MissingDataError(
            "too few claims have an answer to look for patterns",
            remedy=f"pass at least {FEWEST_CLAIMS} claims with their remittances, some of them denied",
        )
    return report(given, digest=dataset.digest, made=dataset.end, seed=seed, support=support, rate=rate)


def report(given: Outcomes, *, digest: str, made: date, seed: int, support: int, rate: float) -> Report:
    """The report on labelled claims."""
    scene, chosen = searched(given, find(given.claims, support=support), seed=seed, rate=rate)
    named = names(given.claims)
    found = [pattern(given, scene, one, named) for one in merged(chosen)]
    found.sort(key=lambda one: -one.amount_at_stake)
    return Report(
        made=made,
        digest=digest,
        claims=len(given.claims),
        denied=int(given.denied.sum()),
        amount_denied=Decimal(int(given.denied_cents.sum())) / 100,
        first_day=date.fromordinal(int(given.day.min())),
        last_day=date.fromordinal(int(given.day.max())),
        candidates=len(scene.itemsets.codes),
        support=support,
        false_discoveries=rate,
        patterns=tuple(found),
        changes=tuple(change_points(given, seed=seed)),
        recurrences=tuple(recurrences(given)),
    )


def searched(
    given: Outcomes, itemsets: Itemsets, *, seed: int, rate: float = FALSE_DISCOVERIES
) -> tuple[Scene, list[Chosen]]:
    """The scene of the claims, and the patterns that were chosen in it."""
    scene = Scene(itemsets, given.category, margins(given), len(given.categories), given.patient)
    return scene, search(scene, null(scene, seed=seed), rate=rate)


def with_outcomes(given: Outcomes, category: Ints) -> Outcomes:
    """The same claims with other decisions: for what chance finds."""
    amounts = np.where(category >= 0, given.charged_cents, 0)
    return replace(given, category=category, denied_cents=amounts)

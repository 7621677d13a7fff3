"""Denial recurrence: of the corrected claims that answer a denial, how many are denied again, and for the same reason.

A corrected claim names the payer's number of the claim that it replaces (REF*F8).
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from features.match_keys import normalised, payer_key
from features.patterns.attributes import CORRECTED
from features.patterns.report import Recurrence
from training.metrics import exact_interval
from training.patterns.outcomes import NONE, Outcomes

FEWEST = 11  # corrected claims in a row of the table


def recurrences(given: Outcomes) -> list[Recurrence]:
    """By payer and category of the denial that was answered, dearest first; rows with fewer than 11 are left out."""
    pairs: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for original, again in resubmitted(given):
        pairs[payer_key(given.claims[again]), int(given.category[original])].append((original, again))
    found = [_row(given, category, some) for (_, category), some in pairs.items() if len(some) >= FEWEST]
    return sorted(found, key=lambda row: -row.amount_denied_again)


def resubmitted(given: Outcomes) -> list[tuple[int, int]]:
    """A denied claim and the corrected one that names it, by their places."""
    denied = {
        (payer_key(claim), number): place
        for place, (claim, numbers) in enumerate(zip(given.claims, given.numbers, strict=True))
        if given.category[place] != NONE
        for number in numbers
        if number
    }
    return [
        (denied[key], place)
        for place, claim in enumerate(given.claims)
        if claim.frequency == CORRECTED
        and (key := (payer_key(claim), normalised(claim.original_reference))) in denied
    ]


def _row(given: Outcomes, category: int, pairs: list[tuple[int, int]]) -> Recurrence:
    claim = given.claims[pairs[0][1]]
    again = [place for _, place in pairs if given.category[place] != NONE]
    low, high = exact_interval(len(again), len(pairs))
    return Recurrence(
        payer=payer_key(claim),
        payer_name=claim.payer_name or "",
        category=given.categories[category],
        corrected=len(pairs),
        denied_again=len(again),
        same_category=sum(int(given.category[place]) == category for place in again),
        low=low,
        high=high,
        amount_denied_again=Decimal(sum(int(given.denied_cents[place]) for place in again)) / 100,
    )

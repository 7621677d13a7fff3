"""Candidates: the fast search and an obvious one agree, and nothing is named twice."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from features.patterns.attributes import Attribute, described
from features.x12.records import Claim
from tests.support.pattern_outcomes import make_claims
from training.patterns.itemsets import LONGEST, SAME, find

SUPPORT = 12


def obvious(claims: list[Claim]) -> dict[frozenset[Attribute], frozenset[int]]:
    """Every combination of up to three attributes with its claims, by counting; those that add nothing left out."""
    rows: dict[frozenset[Attribute], set[int]] = {}
    for number, some in enumerate(described(claims)):
        for length in range(1, LONGEST + 1):
            for chosen in combinations(some, length):
                rows.setdefault(frozenset(chosen), set()).add(number)
    often = {one: frozenset(found) for one, found in rows.items() if len(found) >= SUPPORT}
    return {
        one: found
        for one, found in often.items()
        if len(one) == 1 or all(len(found) < SAME * len(often[one - {item}]) for item in one)
    }


def test_the_candidates_are_those_that_counting_finds() -> None:
    claims = make_claims(400, seed=3)
    found = find(claims, support=SUPPORT)
    told = {
        frozenset(found.conditions(row)): frozenset(found.rows(row).tolist())
        for row in range(len(found.codes))
    }
    expected = obvious(claims)
    assert len(expected) > 300
    assert told == expected


def test_members_count_each_claim_once() -> None:
    found = find(make_claims(300, seed=4), support=SUPPORT)
    assert set(np.unique(found.members.data)) == {1.0}
    assert all(len(set(found.rows(row).tolist())) == len(found.rows(row)) for row in range(len(found.codes)))


def test_where_no_combination_is_frequent_there_is_none() -> None:
    assert not len(find(make_claims(30, seed=1), support=31).codes)

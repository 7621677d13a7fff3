"""The search for what would change a score, with scorers that a test can see through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace as replace_edit

import pytest
from msgspec.structs import replace

from features.claim_edits.edit import Edit
from features.claim_edits.permitted import permitted
from features.x12.records import Claim
from models.what_if import LARGEST, Change, changes
from tests.support.builders import make_claim


def edit(code: str, kind: str | None = None, **fields: str) -> Edit:
    """An edit that sets fields of a claim."""
    return Edit(code, kind or code, f"Do {code}.", "If true.", lambda claim: replace(claim, **fields))


AUTHORIZE = edit("authorization", prior_authorization="A")
REFER = edit("referral", referral="R")
GROUP = edit("group", group_number="G")
ALL = (AUTHORIZE, REFER, GROUP)
BARE = make_claim(group_number=None)


class Counting:
    """A scorer by a rule for one claim, which counts its calls and the claims of each."""

    def __init__(self, rule: Callable[[Claim], float]) -> None:
        self.rule = rule
        self.calls: list[int] = []

    def __call__(self, claims: Sequence[Claim]) -> list[float]:
        self.calls.append(len(claims))
        return [self.rule(claim) for claim in claims]


def told(found: Sequence[Change]) -> list[tuple[list[str], float]]:
    return [([one.code for one in change.edits], round(change.after, 3)) for change in found]


def additive(claim: Claim) -> float:
    """0.5, less 0.2 for an authorization and 0.05 for a referral."""
    return 0.5 - 0.2 * bool(claim.prior_authorization) - 0.05 * bool(claim.referral)


def test_each_edit_that_lowers_the_score_is_told_with_before_and_after() -> None:
    found = changes(BARE, ALL, Counting(additive))
    assert told(found) == [
        (["authorization"], 0.3),
        (["referral"], 0.45),
        (["authorization", "referral"], 0.25),
    ]
    assert {change.before for change in found} == {0.5}


def test_edits_that_help_only_together_are_found() -> None:
    def both(claim: Claim) -> float:
        return 0.1 if claim.prior_authorization and claim.referral and claim.group_number else 0.6

    assert told(changes(BARE, ALL, Counting(both))) == [(["authorization", "referral", "group"], 0.1)]


def test_an_edit_that_adds_nothing_to_a_combination_is_left_out() -> None:
    found = changes(BARE, ALL, lambda claims: [0.2 if one.prior_authorization else 0.5 for one in claims])
    assert told(found) == [(["authorization"], 0.2)]


def test_what_lowers_the_score_by_less_than_is_asked_is_not_told() -> None:
    assert told(changes(BARE, ALL, Counting(additive), least=0.1)) == [(["authorization"], 0.3)]
    assert changes(BARE, ALL, Counting(additive), least=0.3) == ()


def test_nothing_is_told_that_raises_the_score() -> None:
    assert changes(BARE, ALL, lambda claims: [0.1 + 0.3 * bool(one.referral) for one in claims]) == ()


def test_of_edits_of_a_kind_only_the_best_is_told() -> None:
    kinds = (edit("first", "id", subscriber_id="1"), edit("second", "id", subscriber_id="2"))
    found = changes(BARE, kinds, lambda claims: [0.5 - 0.1 * int(one.subscriber_id == "2") for one in claims])
    assert told(found) == [(["second"], 0.4)]


def test_an_edit_that_stands_alone_is_in_no_combination_and_comes_after_the_others() -> None:
    findings = replace_edit(AUTHORIZE, alone=True)
    found = changes(BARE, (findings, REFER), Counting(additive))
    assert told(found) == [(["referral"], 0.45), (["authorization"], 0.3)]


def test_no_more_than_asked_are_told_the_fewest_edits_first() -> None:
    found = changes(BARE, ALL, Counting(additive), most=2)
    assert [len(change.edits) for change in found] == [1, 1]


def test_a_page_costs_two_calls_however_many_edits_apply() -> None:
    scorer = Counting(additive)
    many = tuple(edit(f"edit-{number}", claim_id=str(number)) for number in range(12))
    changes(BARE, many, scorer)
    assert scorer.calls == [13, 20]


def test_without_edits_nothing_is_scored() -> None:
    scorer = Counting(additive)
    assert changes(BARE, (), scorer) == ()
    assert scorer.calls == []


def test_the_same_question_has_the_same_answer() -> None:
    edits = permitted(BARE)
    assert changes(BARE, edits, Counting(additive)) == changes(BARE, edits, Counting(additive))


def plain_search(claim: Claim, edits: Sequence[Edit], rule: Callable[[Claim], float]) -> set[frozenset[str]]:
    """Every set of up to three edits that is lower than all that is in it: slow and plain."""
    from itertools import combinations

    def after(chosen: Sequence[Edit]) -> float:
        changed = claim
        for one in chosen:
            changed = one.change(changed)
        return rule(changed)

    found = set()
    for size in range(1, LARGEST + 1):
        for chosen in combinations(edits, size):
            parts = [part for less in range(size) for part in combinations(chosen, less)]
            if all(after(chosen) <= after(part) - 0.02 for part in parts):
                found.add(frozenset(one.code for one in chosen))
    return found


@pytest.mark.parametrize("weights", [(0.3, 0.1, 0.05), (0.01, 0.2, 0.0), (-0.1, 0.3, 0.04), (0.0, 0.0, 0.0)])
def test_it_finds_what_a_plain_search_finds(weights: tuple[float, float, float]) -> None:
    def rule(claim: Claim) -> float:
        there = (claim.prior_authorization, claim.referral, claim.group_number)
        return 0.6 - sum(weight for weight, value in zip(weights, there, strict=True) if value)

    found = changes(BARE, ALL, Counting(rule), most=100)
    assert {frozenset(one.code for one in change.edits) for change in found} == plain_search(BARE, ALL, rule)

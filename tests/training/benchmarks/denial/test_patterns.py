"""How patterns are judged: what chance made is false, what a rule made is true, and a rule is found by its denials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.support.pattern_outcomes import CATEGORIES, make_claims, make_outcomes, usual
from training.benchmarks.denial.pattern_changes import change_day, judged, known_by
from training.benchmarks.denial.pattern_null import patterns_in_null_data
from training.benchmarks.denial.pattern_pivot import pivot
from training.benchmarks.denial.pattern_truth import (
    Reported,
    TrueRule,
    excess_without_chance,
    found,
    probabilities,
    rules,
    true_ones,
)
from training.benchmarks.denial.patterns import misses, reported
from training.datasets import Dataset
from training.patterns.baseline import Floats
from training.patterns.find import searched
from training.patterns.itemsets import find
from training.patterns.outcomes import Outcomes, outcomes

CLAIMS = make_claims(3000, seed=2)
HIT = np.array([claim.payer_id == "PAY2" and claim.lines[0].procedure == "72148" for claim in CLAIMS])
AUTHORIZATION, ELIGIBILITY = CATEGORIES


def network() -> tuple[Outcomes, Mapping[str, Floats], TrueRule]:
    """Claims of which one payer denies imaging by a rule, with the truth of it."""
    chances = np.array([usual(claim) for claim in CLAIMS])
    chances[HIT, 0] += 0.4
    given = make_outcomes(CLAIMS, lambda claim: chances[int((claim.claim_id or "")[1:])].tolist(), seed=3)
    truth = {AUTHORIZATION: chances[:, 0], ELIGIBILITY: chances[:, 1]}
    return given, truth, rule("planted", HIT * 0.4)


def rule(kind: str, added: Floats, conditions: str = "payer=PAY2") -> TrueRule:
    return TrueRule(kind, conditions, AUTHORIZATION, date(2023, 7, 1), added)


def claims_of(hit: np.ndarray[tuple[int], np.dtype[np.bool_]], excess: float) -> Reported:
    return Reported(np.flatnonzero(hit).astype(np.int32), frozenset({AUTHORIZATION}), excess)


def test_a_pattern_of_the_rules_claims_is_true_and_one_of_chance_or_of_overlap_alone_is_false() -> None:
    given, truth, _ = network()
    chance = np.zeros(len(CLAIMS), dtype=bool)
    chance[np.random.default_rng(1).permutation(len(CLAIMS))[:60]] = True
    inside = HIT & (np.arange(len(CLAIMS)) % 3 == 0)
    told = [claims_of(HIT, 40.0), claims_of(chance, 8.0), claims_of(inside, 12.0)]
    excess = excess_without_chance(given, truth, told)
    assert excess[0] == pytest.approx(HIT.sum() * 0.4, rel=0.15)
    assert true_ones(excess, told).tolist() == [True, False, False]


def test_a_rule_is_found_by_patterns_of_its_category_that_hold_half_of_it() -> None:
    _, _, one = network()
    half = HIT & (np.cumsum(HIT) <= HIT.sum() * 0.6)
    few = HIT & (np.cumsum(HIT) <= HIT.sum() * 0.3)
    assert found(one, [one], [claims_of(half, 15.0)])
    assert not found(one, [one], [claims_of(few, 8.0)])
    assert not found(one, [one], [replace(claims_of(HIT, 30.0), categories=frozenset({ELIGIBILITY}))])
    assert not found(one, [one], [claims_of(np.ones(len(CLAIMS), dtype=bool), 500.0)])


def test_the_search_finds_the_rule_where_pivot_tables_report_much_beside() -> None:
    given, truth, one = network()
    itemsets = find(given.claims)
    ours = reported(given, *searched(given, itemsets, seed=1))
    cells = pivot(given, itemsets)
    assert found(one, [one], ours)
    assert true_ones(excess_without_chance(given, truth, ours), ours).all()
    assert len(ours) <= 2 < len(cells)


def test_null_data_give_no_patterns() -> None:
    given, _, _ = network()
    counts = patterns_in_null_data(given, find(given.claims), seed=1, seeds=5)
    assert sum(count > 0 for count in counts) == 0


def test_the_truth_of_a_network_is_read_for_the_labelled_claims(simulated: Path, dataset: Dataset) -> None:
    given = outcomes(dataset)
    chances = probabilities(simulated, given)
    assert abs(sum(each.sum() for each in chances.values()) - given.denied.sum()) < 0.15 * given.denied.sum()
    told = rules(simulated, given)
    assert {"planted", "authorization", "necessity"} <= {one.kind for one in told}
    assert all(one.excess > 0 and one.added.shape == (len(given.claims),) for one in told)


def test_a_change_is_judged_by_its_days_and_by_when_it_could_be_told() -> None:
    day = date(2023, 7, 1)
    late = np.array([claim.payer_id == "PAY3" and (claim.service_from or day) >= day for claim in CLAIMS])
    given = make_outcomes(
        CLAIMS,
        lambda claim: (usual(claim)[0] + 0.3 * late[int((claim.claim_id or "")[1:])], usual(claim)[1]),
        seed=4,
    )
    truth: Sequence[TrueRule] = [rule("authorization", late * 0.3, "payer=PAY3;procedure=72148")]
    assert change_day(truth) == day
    changes = judged(given, truth, seed=1)
    assert (changes.payers, len(changes.errors), changes.inside, changes.true) == (1, 1, 1, changes.told)
    assert abs(changes.errors[0]) <= 21
    assert 14 <= changes.delays[0] <= 112
    assert known_by(given, day).answered.max() < day.toordinal()


def test_a_sentence_names_each_bar_that_was_missed() -> None:
    good = {"patterns_recall": 0.95, "patterns_false": 0.05, "null_with_patterns": 0.05}
    assert misses(good) == []
    assert len(misses({"patterns_recall": 0.8, "patterns_false": 0.2, "null_with_patterns": 0.1})) == 3

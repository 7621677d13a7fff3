"""Planted patterns deny what they say, and the truth tells it."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from tests.training.simulate.conftest import END, START, Simulated
from training.simulate import network
from training.simulate.draws import Draws
from training.simulate.planted import Planted, draw


def drawn(seed: int) -> tuple[Planted, ...]:
    return draw(Draws(seed, "planted"), network.build(Draws(seed, "network"), START, END), START, END)


def test_every_network_has_five_planted_patterns_of_two_conditions_or_three() -> None:
    for seed in range(20):
        patterns = drawn(seed)
        assert len({one.rule for one in patterns}) == 5
        assert {len(one.rule.conditions) for one in patterns} == {2, 3}
        assert sum(START < one.rule.since < END for one in patterns) == 1


def test_the_same_seed_plants_the_same() -> None:
    assert drawn(11) == drawn(11) != drawn(12)


def test_claims_that_meet_a_rule_are_denied_more_often_by_what_it_adds(network: Simulated) -> None:
    ruled = [(claim, decision) for claim, decision in network.decided if decision.rules]
    others = [decision.probability for _, decision in network.decided if not decision.rules]
    added = np.mean([sum(share for _, share in decision.rules) for _, decision in ruled])
    assert np.mean([decision.probability for _, decision in ruled]) > np.mean(others) + 0.7 * added
    for _, decision in ruled:
        assert all(0 <= share <= decision.probability for _, share in decision.rules)


def test_a_rule_holds_from_its_first_day_on(network: Simulated) -> None:
    for claim, decision in network.decided:
        assert all(rule.since <= claim.service_from for rule, _ in decision.rules)


def test_the_truth_sums_the_claims_of_each_rule(folder: Path) -> None:
    by_rule: dict[str, list[float]] = defaultdict(list)
    with (folder / "truth" / "pattern_claims.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            by_rule[row["pattern_id"]].append(float(row["added_probability"]))
    with (folder / "truth" / "patterns.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["pattern_id"] for row in rows} == set(by_rule)
    for row in rows:
        added = by_rule[row["pattern_id"]]
        assert int(row["claims"]) == len(added)
        assert abs(float(row["expected_excess"]) - sum(added)) < 0.01
        assert float(row["expected_excess"]) <= float(row["expected_denials"]) <= len(added)


def test_the_probabilities_of_the_reasons_sum_to_that_of_the_denial(network: Simulated) -> None:
    for _, decision in network.decided:
        assert abs(sum(decision.reasons.values()) - decision.probability) < 1e-9
        assert decision.reason is None or decision.reason in decision.reasons

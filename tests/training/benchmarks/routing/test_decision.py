"""The speed of one decision: the mix reaches every lane, and the engines are asked what they should be."""

from __future__ import annotations

from collections import Counter

import pytest

from models.lanes import Lane
from models.policy import load_policy
from models.routing import route
from tests.training.benchmarks.conftest import Asked
from training.benchmarks.routing import decision
from training.benchmarks.routing.decision_items import DAY, VERSION, certificates, items
from training.benchmarks.routing.decision_peers import by_hand, facts, installed


def test_the_mix_reaches_every_lane_and_most_go_by_themselves() -> None:
    policy = load_policy()
    live = certificates(policy)
    lanes = Counter(
        route(item, policy=policy, certificates=live, model_version=VERSION, at=DAY).lane
        for item in items(1_000, seed=1)
    )
    assert set(lanes) == set(Lane)
    assert lanes[Lane.AUTO] > 500


def test_engines_that_are_installed_give_the_lanes_of_the_table() -> None:
    told = [facts(item) for item in items(200, seed=1)]
    assert len({by_hand(one) for one in told}) == 4
    for name, engine in installed().items():
        assert [engine(one) for one in told] == [by_hand(one) for one in told], name


def test_a_decision_is_timed_and_judged_by_its_bar(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision, "ITEMS", 50)
    monkeypatch.setattr(decision, "REPEATS", 2)
    monkeypatch.setattr(decision, "BAR", 0.0)
    part = decision.measure(asked("routing"))
    figures = part.figures[decision.OURS]
    assert 0 < figures["median_us"] <= figures["p95_us"] <= figures["p99_us"]
    assert len(part.missed) == 1

"""The simulation of fifteen payers: its true rates are true, and it tells methods that hold from those that do not."""

from __future__ import annotations

import argparse

import numpy as np
import pytest

from models.allocation import Labels
from training.benchmarks.routing import payers_worst
from training.benchmarks.routing.payers import LABELS, deployed, measure, missed_at
from training.benchmarks.routing.payers_methods import ALPHA, METHODS
from training.benchmarks.routing.payers_world import PAYERS, deployment


def test_true_rates_are_what_many_draws_show() -> None:
    random = np.random.default_rng(1)
    world = deployment(random)
    thresholds = np.full(PAYERS, 0.2)
    labels = world.draw(400_000, random)
    true = world.true_rates(thresholds)
    for one, rate in zip(labels[:4], true, strict=False):
        above = np.asarray(one.scores) >= 0.2
        seen = np.asarray(one.errors)[above].mean()
        assert seen == pytest.approx(rate, abs=5 * np.sqrt(rate / above.sum()))


def test_the_oracle_is_just_allowed_and_a_payer_without_a_threshold_is_never_automatic() -> None:
    world = deployment(np.random.default_rng(1))
    best = world.oracle(ALPHA)
    assert (world.true_rates(best) <= ALPHA).all()
    assert (world.true_rates(best - 0.01)[best > 0.02] > ALPHA).all()
    nothing = np.full(PAYERS, np.inf)
    assert (world.automatic(nothing), world.true_rates(nothing).max()) == (0.0, 0.0)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_gives_each_payer_a_threshold_or_none(name: str) -> None:
    random = np.random.default_rng(2)
    world = deployment(random)
    prior, fresh = world.draw(3_000, random), world.draw(3_000, random)
    thresholds = METHODS[name](prior, fresh)
    assert thresholds.shape == (PAYERS,)
    assert (np.isinf(thresholds) | ((thresholds >= 0) & (thresholds <= 1))).all()


def test_payers_without_a_label_are_certified_by_no_test() -> None:
    random = np.random.default_rng(2)
    world = deployment(random)
    none = Labels(np.zeros(0), np.zeros(0, dtype=np.int64))
    prior, fresh = ([*world.draw(3_000, random)[:-1], none] for _ in range(2))
    for name in ("delta / 15", "closed, Bonferroni", "closed, pooled"):
        assert np.isinf(METHODS[name](prior, fresh)[-1])


def test_naive_thresholds_fail_where_ours_hold() -> None:
    found = deployed(4_000, runs=6, seed=3)
    assert found["naive"]["violated"] == 1.0
    assert found["closed, pooled"]["violated"] == 0.0
    assert found["closed, pooled"]["automatic"] < found["closed, pooled"]["oracle"]
    assert found["delta / 15"]["gain"] == 0.0


def test_a_harness_that_sees_no_failure_is_told_of() -> None:
    found = deployed(4_000, runs=3, seed=3)
    found["naive"]["violated"] = 0.2
    assert any("naive thresholds were seen to fail in 20.0% only" in one for one in missed_at(4_000, found))


def test_a_broken_promise_is_told_of() -> None:
    found = deployed(4_000, runs=3, seed=3)
    found["closed, pooled"]["violated"] = 0.06
    assert any("broke its promise in 6.0%" in one for one in missed_at(4_000, found))


@pytest.mark.parametrize("setting", payers_worst.settings())
def test_no_hard_setting_breaks_the_promise_beyond_chance(setting: str) -> None:
    shares, risk = payers_worst.settings()[setting]
    assert shares.sum() == pytest.approx(1)
    assert risk.shape == (payers_worst.CELLS, payers_worst.STEPS)
    found = payers_worst.violations(shares, risk, 10_000, runs=20, seed=1)
    assert found["violated_low"] <= 0.05


@pytest.mark.slow
def test_the_part_measures_and_tells() -> None:
    part = measure(argparse.Namespace(deployments=2, seed=1))
    assert set(part.figures["labels"]) == {str(n) for n in LABELS}
    assert len(part.tables) == len(LABELS) + 1

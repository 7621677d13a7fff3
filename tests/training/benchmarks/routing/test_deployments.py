"""The simulated deployments: that the truth is right, and that each part sees what it is there to see."""

from __future__ import annotations

import argparse

import numpy as np
import pytest

from models.certification import certify, p_value, plan, walk
from training.benchmarks.routing import batches, dollars
from training.benchmarks.routing.choosers import NAIVE, OURS, UNCORRECTED, naive, ours, uncorrected
from training.benchmarks.routing.mapie_peer import calibrated, controller
from training.benchmarks.routing.simulated import (
    ALPHA,
    DELTA,
    Curve,
    Falling,
    Flat,
    Labels,
    Tally,
    deploy,
    drawn,
    figures,
    oracle,
)

CURVES = [Falling(), Falling(height=0.5, slope=3.0, floor=0.0), Flat(0.0051)]


@pytest.mark.parametrize("curve", CURVES)
def test_the_true_error_rate_above_a_threshold_is_that_of_many_labels_drawn(curve: Curve) -> None:
    labels = drawn(np.random.default_rng(0), curve, 400_000)
    for threshold in (0.0, 0.4):
        seen = labels.errors[labels.scores >= threshold].mean()
        assert seen == pytest.approx(curve.above(threshold), abs=0.0015)


def test_the_oracle_stands_where_the_true_error_rate_is_alpha() -> None:
    assert Falling().above(1 - oracle(Falling(), ALPHA)) == pytest.approx(ALPHA)


def test_a_tally_counts_a_threshold_that_lets_too_much_go_and_never_one_that_is_not_there() -> None:
    tally = Tally()
    for threshold in (None, 0.99, 0.0):
        tally.add(threshold, Falling(), ALPHA)
    assert (tally.tried, tally.broken, tally.shares) == (3, 1, [0.0, pytest.approx(0.01), 1.0])
    found = figures(tally, 0.5)
    assert found["violated"] == pytest.approx(1 / 3)
    assert found["of_oracle"] == pytest.approx(1.01 / 1.5)
    assert found["violated_low"] < found["violated"] < found["violated_high"]


def test_a_few_deployments_show_what_many_do() -> None:
    ways = {name: (choose, 25) for name, choose in ((OURS, ours), (NAIVE, naive), (UNCORRECTED, uncorrected))}
    flat = deploy(Flat(1.02 * ALPHA), ways, n=3_000, deployments=25, seed=1)
    assert flat[NAIVE].broken > 20
    assert flat[OURS].broken <= 4


def test_mapie_has_the_same_p_values_but_where_its_rates_round_up_to_one_more_error() -> None:
    """It multiplies a rate by n and rounds up; we count in integers, and so certify as much or a step more."""
    pytest.importorskip("mapie")
    ladder = np.linspace(0.8, 0.0, 17).tolist()
    for seed in range(8):
        fresh = drawn(np.random.default_rng([seed, 8]), Falling(), 20_000)
        control = controller("fixed_sequence", ladder)
        peer = calibrated(control, fresh)
        for step, value in zip(
            walk(fresh.scores, fresh.errors, ladder), np.ravel(control.p_values), strict=True
        ):
            same, one_more = (p_value(step.n, step.errors + more, ALPHA) for more in (0, 1))
            assert same * (1 - 1e-9) <= value <= one_more * (1 + 1e-9)
        found = certify(fresh.scores, fresh.errors, ladder, ALPHA, DELTA)
        assert found is not None
        assert peer is None or peer - 0.051 <= found.threshold <= peer


def test_one_threshold_that_accepts_nothing_leaves_mapie_with_none_and_our_walk_unharmed() -> None:
    """Its precision is NaN, and a correction over NaN certifies nothing; ours has p = 1."""
    pytest.importorskip("mapie")
    fresh = Labels(np.linspace(0, 0.5, 2_000), np.zeros(2_000, dtype=np.int64))
    assert calibrated(controller("bonferroni_holm", [0.9, 0.1]), fresh) is None
    assert certify(fresh.scores, fresh.errors, [0.9, 0.1], ALPHA, DELTA) is None
    earlier = fresh.scores, fresh.errors
    found = certify(*earlier, plan(*earlier, 2_000, ALPHA), ALPHA, DELTA)
    assert found is not None
    assert found.n == 2_000


def test_errors_of_a_batch_have_the_intraclass_correlation_that_is_said() -> None:
    window = batches.drawn(np.random.default_rng(2), Flat(0.1), "even", 20_000)
    wrong = window.labels.errors.reshape(-1, batches.EVEN) - 0.1
    between = (wrong[:, 0] * wrong[:, 1]).mean() / (0.1 * 0.9)
    assert between == pytest.approx(batches.CORRELATION, abs=0.04)


def test_of_every_batch_one_row_is_drawn_and_sizes_differ_up_to_the_most() -> None:
    window = batches.drawn(np.random.default_rng(3), Falling(), "uneven", 500)
    sizes = np.bincount(window.batches)
    assert window.once().scores.size == 500
    assert 1 <= sizes.min() < sizes.max() <= batches.MOST


def test_a_count_of_items_breaks_the_dollar_target_and_bets_hold_it() -> None:
    part = dollars.measure(argparse.Namespace(deployments=4, seed=1))
    found = {name: part.figures[f"{'_'.join(name.split())}_violated"] for name in dollars.METHODS}
    assert found[dollars.HOPE] == 1.0
    assert found[dollars.DOLLARS] == 0.0


def test_the_truth_of_dollars_is_that_of_many_amounts_drawn() -> None:
    random = np.random.default_rng(4)
    windows = [dollars.drawn(random) for _ in range(20)]
    cents, errors = (np.concatenate([getattr(one, name) for one in windows]) for name in ("cents", "errors"))
    factor = (dollars.AMOUNTS**1.5).sum() / dollars.AMOUNTS.sum() / dollars.MEAN_ROOT
    assert (cents * errors).sum() / cents.sum() == pytest.approx(factor * dollars.CURVE.above(0.0), rel=0.05)

"""The guarantee, by simulation: how often a certified threshold breaks its promise, and what it costs in automation."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from features.errors import BadInputError
from models.certification import Certified, certify, labels_needed, one_per_batch, p_value, plan, walk

ALPHA, DELTA, DEPLOYMENTS = 0.005, 0.05, 100
GRID = np.linspace(0, 1, 4001)

Risk = Callable[[np.ndarray], np.ndarray]


def falling(scores: np.ndarray) -> np.ndarray:
    """An error rate that falls with the score, from 12 % to nearly none."""
    return 0.12 * np.exp(-9 * scores) + 0.0005


def flat(scores: np.ndarray) -> np.ndarray:
    """A score that says nothing, over an error rate just above alpha: any threshold at all breaks the promise."""
    return np.full_like(scores, 1.02 * ALPHA)


def labels(rng: np.random.Generator, risk: Risk, n: int) -> tuple[np.ndarray, np.ndarray]:
    scores = rng.random(n)
    return scores, (rng.random(n) < risk(scores)).astype(int)


def true_rate(risk: Risk, threshold: float) -> float:
    return float(risk(np.linspace(threshold, 1, 2001)).mean())


def naive(scores: np.ndarray, errors: np.ndarray) -> float | None:
    """The loosest threshold whose observed error rate looks good enough."""
    order = np.argsort(-scores)
    good = np.flatnonzero(np.cumsum(errors[order]) <= ALPHA * np.arange(1, scores.size + 1))
    return float(scores[order][good[-1]]) if good.size else None


@cache
def simulated(risk: Risk, n: int) -> tuple[list[float | None], list[float | None]]:
    """The certified and the naive threshold of each deployment, each with labels of its own."""
    certified, looked_good = [], []
    for deployment in range(DEPLOYMENTS):
        rng = np.random.default_rng([deployment, n])
        prior, fresh = labels(rng, risk, n), labels(rng, risk, n)
        found = certify(*fresh, plan(*prior, n, ALPHA), ALPHA, DELTA)
        certified.append(found and found.threshold)
        looked_good.append(naive(*fresh))
    return certified, looked_good


def violations(risk: Risk, thresholds: list[float | None]) -> int:
    return sum(threshold is not None and true_rate(risk, threshold) > ALPHA for threshold in thresholds)


def is_at_most(limit: float, count: int) -> bool:
    """Whether the count does not refute a rate of at most ``limit``, at 99 %."""
    return binomtest(count, DEPLOYMENTS, limit, alternative="greater").pvalue > 0.01


@pytest.mark.parametrize(("risk", "n"), [(falling, 4_000), (flat, 4_000)])
def test_a_certified_threshold_breaks_its_promise_at_most_as_often_as_delta(risk: Risk, n: int) -> None:
    certified, looked_good = simulated(risk, n)
    assert is_at_most(DELTA, violations(risk, certified))
    assert violations(risk, looked_good) > 0.35 * DEPLOYMENTS, "the simulation must be able to see a failure"


@pytest.mark.slow
def test_the_guarantee_costs_little_automation() -> None:
    certified, _ = simulated(falling, 20_000)
    oracle = 1 - min(point for point in GRID if true_rate(falling, point) <= ALPHA)
    automated = np.mean([0.0 if threshold is None else 1 - threshold for threshold in certified])
    assert automated >= 0.91 * oracle


def test_errors_that_hang_together_in_batches_break_it_unless_one_row_a_batch_is_drawn() -> None:
    broken = held = 0
    for deployment in range(DEPLOYMENTS):
        rng = np.random.default_rng([deployment, 7])
        batches = np.repeat(np.arange(1_000), 10)
        spread = (1 / 0.3) - 1  # an intraclass correlation of 0.3
        rates = rng.beta(1.02 * ALPHA * spread, (1 - 1.02 * ALPHA) * spread, size=1_000)
        scores, errors = rng.random(batches.size), (rng.random(batches.size) < rates[batches]).astype(int)
        once = one_per_batch(batches, seed=deployment)
        ladder = (0.5, 0.25, 0.0)
        broken += certify(scores, errors, ladder, ALPHA, DELTA) is not None
        held += certify(scores[once], errors[once], ladder, ALPHA, DELTA) is not None
    assert not is_at_most(DELTA, broken)
    assert is_at_most(DELTA, held)


@pytest.mark.parametrize(("errors", "needed"), [(0, 598), (1, 947), (3, 1_549)])
def test_half_a_percent_at_95_percent_needs_this_many_labels(errors: int, needed: int) -> None:
    assert labels_needed(errors, alpha=ALPHA, delta=DELTA) == needed
    for count, expected in ((needed, 0.5), (needed - 1, None)):
        outcome = np.r_[np.ones(errors), np.zeros(count - errors)]
        found = certify(np.full(count, 0.5), outcome, [0.5], ALPHA, DELTA)
        assert found == (Certified(expected, count, errors) if expected else None)


def test_no_labels_certify_nothing() -> None:
    assert plan([], [], 1_000, ALPHA) == ()
    assert plan([0.5], [0], 0, ALPHA) == ()
    assert certify([], [], [], ALPHA, DELTA) is None
    assert certify([], [], [0.9, 0.5], ALPHA, DELTA) is None
    assert certify([0.9] * 5_000, [0] * 5_000, [], ALPHA, DELTA) is None


def test_a_threshold_that_accepts_nothing_certifies_nothing() -> None:
    assert certify([0.1] * 5_000, [0] * 5_000, [0.9, 0.05], ALPHA, DELTA) is None
    assert walk([0.1] * 5_000, [0] * 5_000, [0.9])[0] == (0.9, 0, 0)
    assert p_value(0, 0, ALPHA) == 1.0


def test_a_score_that_is_no_number_is_never_accepted() -> None:
    found = certify([np.nan] * 5_000 + [0.9] * 700, [1] * 5_000 + [0] * 700, [0.5, 0.0], ALPHA, DELTA)
    assert found == Certified(0.0, 700, 0)
    assert plan([np.nan, 0.5], [0, 0], 1_000, ALPHA) == (0.5,)


def test_where_too_few_labels_will_come_the_threshold_with_the_most_of_them_is_tried() -> None:
    scores = np.linspace(0.5, 1.0, 300)
    assert plan(scores, np.zeros(300), 300, 0.005) == (0.5,)


def test_the_walk_ends_at_the_first_failure_even_where_a_looser_threshold_would_pass() -> None:
    scores = np.r_[np.full(700, 0.9), np.full(300, 0.6), np.full(50_000, 0.3)]
    errors = np.r_[np.zeros(700), np.ones(20), np.zeros(50_280)]
    assert p_value(51_000, 20, ALPHA) < DELTA
    assert certify(scores, errors, [0.9, 0.6, 0.3], ALPHA, DELTA) == Certified(0.9, 700, 0)


@pytest.mark.parametrize(
    "given",
    [
        {"thresholds": [0.1, 0.5]},
        {"thresholds": [0.5, 0.5]},
        {"thresholds": [np.nan]},
        {"alpha": 0.0},
        {"delta": 1.0},
        {"errors": [2]},
        {"errors": [np.nan]},
        {"errors": [0, 0]},
    ],
)
def test_unsound_input_is_refused(given: dict[str, object]) -> None:
    sound = {"scores": [0.5], "errors": [0], "thresholds": [0.5], "alpha": ALPHA, "delta": DELTA}
    with pytest.raises(BadInputError):
        certify(**{**sound, **given})  # type: ignore[arg-type]


@settings(max_examples=100)
@given(data=st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=200), n=st.integers(0, 10_000))
def test_a_plan_falls_from_strict_to_loose_and_can_always_be_walked(
    data: list[tuple[int, bool]], n: int
) -> None:
    scores, errors = [score / 20 for score, _ in data], [int(error) for _, error in data]
    ladder = plan(scores, errors, n, ALPHA)
    assert list(ladder) == sorted(set(ladder), reverse=True)
    assert set(ladder) <= set(scores)
    found = certify(scores, errors, ladder, ALPHA, DELTA)
    assert found is None or found.threshold in ladder


@given(batches=st.lists(st.integers(0, 5), max_size=40), seed=st.integers(0, 3))
def test_one_row_of_every_batch_is_drawn(batches: list[int], seed: int) -> None:
    drawn = one_per_batch(batches, seed)
    assert sorted(batches[row] for row in drawn) == sorted(set(batches))
    assert list(drawn) == sorted(drawn)
    assert list(one_per_batch(batches, seed)) == list(drawn)


def test_the_rows_of_a_batch_are_drawn_evenly() -> None:
    counts = np.zeros(4)
    for seed in range(2_000):
        counts[one_per_batch(["a"] * 4, seed)] += 1
    assert counts.min() > 400


def test_scores_may_be_decimals_of_the_policy() -> None:
    assert certify([Decimal("0.9")] * 700, [0] * 700, [Decimal("0.5")], ALPHA, DELTA) == Certified(
        0.5, 700, 0
    )


def test_a_plan_leaves_room_for_fewer_labels_above_the_threshold_than_expected() -> None:
    """0.1 % takes 2,995 labels without an error; a start that expects just as many fails every second time."""
    draws = np.random.default_rng(3)
    scores, wrong = draws.random(20_000), np.zeros(20_000)
    wrong[(scores < 0.14) & (draws.random(20_000) < 0.02)] = 1
    start = plan(scores, wrong, 3_600, 0.001)[0]
    enough = [
        (draws.random(3_600) >= start).sum() >= labels_needed(0, alpha=0.001, delta=DELTA) for _ in range(200)
    ]
    assert np.mean(enough) > 0.95


def test_a_batch_may_be_named_by_a_pair_or_by_nothing() -> None:
    numbers = np.arange(60) // 3
    plain = one_per_batch(numbers, seed=4)
    assert plain.size == 20
    for names in ([("file", one) for one in numbers.tolist()], [None, *map(str, numbers.tolist()[1:])]):
        rows = one_per_batch(names, seed=4)
        assert len({names[row] for row in rows}) == rows.size == len(set(names))
    assert one_per_batch([("file", one) for one in numbers.tolist()], seed=4).tolist() == plain.tolist()

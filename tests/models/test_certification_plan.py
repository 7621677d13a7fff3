"""Plans: where a walk begins and in which steps, whatever the earlier labels look like."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import BadInputError
from models.certification import certify, plan
from models.certification_plan import STRIDES, _best, _certified_share

ALPHA, DELTA = 0.005, 0.05


def labels(seed: int, n: int, height: float = 0.08) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    scores = random.random(n)
    return scores, (random.random(n) < height * np.exp(-8 * scores) + 0.0003).astype(int)


@settings(max_examples=60, deadline=None)
@given(
    data=st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=60),
    n=st.sampled_from([0, 1, 50, 5_000, 10**7]),
    alpha=st.sampled_from([0.001, 0.02, 0.5, 0.99]),
)
def test_ties_few_labels_and_any_number_of_fresh_ones_can_be_planned(
    data: list[tuple[int, bool]], n: int, alpha: float
) -> None:
    scores, errors = [score / 6 for score, _ in data], [int(wrong) for _, wrong in data]
    ladder = plan(scores, errors, n, alpha)
    assert list(ladder) == sorted(set(ladder), reverse=True)
    assert set(ladder) <= set(scores)
    assert bool(ladder) == bool(data and n)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), stride=st.sampled_from(STRIDES[:6]))
def test_all_ladders_at_once_certify_what_each_does_by_itself(seed: int, stride: int) -> None:
    random = np.random.default_rng(seed)
    passed, coverage = random.random((20, 17)) < 0.8, np.cumsum(random.random(17))
    together = _certified_share(passed, coverage, stride)
    for start in range(17):
        ladder = np.arange(start, 17, stride)
        steps = np.logical_and.accumulate(passed[:, ladder], axis=1).sum(axis=1)
        assert together[start] == pytest.approx(np.r_[0.0, coverage[ladder]][steps].mean())


def test_where_no_draw_passes_no_ladder_is_best() -> None:
    assert _best(np.zeros((5, 3), dtype=np.bool_), np.array([0.1, 0.5, 1.0])) is None


def test_lists_arrays_and_series_with_an_index_of_their_own_give_the_same_plan() -> None:
    scores, errors = labels(1, 3_000)
    index = np.arange(3_000)[::-1]
    series = pd.Series(scores, index=index), pd.Series(errors, index=index)
    ladder = plan(scores, errors, 3_000, ALPHA)
    assert (
        ladder
        == plan(list(scores), [bool(error) for error in errors], 3_000, ALPHA)
        == plan(*series, 3_000, ALPHA)
    )
    assert certify(*series, ladder, ALPHA, DELTA) == certify(scores, errors, np.array(ladder), ALPHA, DELTA)


def test_the_same_labels_in_another_order_give_the_same_plan() -> None:
    scores, errors = labels(2, 3_000)
    assert plan(scores, errors, 3_000, ALPHA) == plan(scores[::-1], errors[::-1], 3_000, ALPHA)


def test_all_wrong_plans_something_that_certifies_nothing_and_none_wrong_certifies_everything() -> None:
    scores = np.linspace(0, 1, 2_000)
    for wrong, everything in ((np.ones(2_000), False), (np.zeros(2_000), True)):
        found = certify(scores, wrong, plan(scores, wrong, 2_000, ALPHA), ALPHA, DELTA)
        assert (found is not None and found.n == 2_000) == everything


def test_scores_without_bounds_are_planned_on_the_finite_ones() -> None:
    assert plan([np.inf, -np.inf, np.nan], [0, 0, 1], 100, ALPHA) == ()
    assert plan([np.inf, 0.5, -np.inf], [0, 0, 1], 100, ALPHA) == (0.5,)


def test_a_few_errors_at_the_strict_end_do_not_keep_a_walk_from_beginning_where_labels_are_enough() -> None:
    """Three errors in the surest 818 labels stop a walk that begins there, while the surest 6,000 pass."""
    scores = np.linspace(1, 0, 8_000)
    wrong = np.zeros(8_000)
    wrong[[100, 300, 500, *range(7_000, 8_000, 5)]] = 1
    assert certify(scores, wrong, [scores[817]], ALPHA, DELTA) is None
    found = certify(scores, wrong, plan(scores, wrong, 8_000, ALPHA), ALPHA, DELTA)
    assert found is not None
    assert found.n > 6_000


def test_few_labels_certify_more_than_a_walk_from_the_strict_end() -> None:
    planned = strict = 0
    for seed in range(60):
        earlier, fresh = labels(2 * seed, 2_000, 0.02), labels(2 * seed + 1, 2_000, 0.02)
        planned += certify(*fresh, plan(*earlier, 2_000, ALPHA), ALPHA, DELTA) is not None
        strict += certify(*fresh, np.linspace(0.95, 0, 40).tolist(), ALPHA, DELTA) is not None
    assert planned > 40
    assert strict == 0


@pytest.mark.parametrize("level", [(0.0, 0.05), (0.005, 1.0)])
def test_a_level_outside_of_0_to_1_is_refused(level: tuple[float, float]) -> None:
    with pytest.raises(BadInputError, match="alpha and delta"):
        plan([0.5], [0], 10, level[0], delta=level[1])

"""Cells certified together: any certified cell breaks its promise with probability at most delta."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from features.errors import BadInputError
from models.allocation import (
    MOST,
    OWN,
    OWN_POOLED,
    Labels,
    allocate,
    alone_level,
    certify_family,
    chance_to_pass,
    plan_family,
    taking_part,
)
from models.certification import Step, certify, plan
from models.exact_test import p_value

ALPHA, DELTA = 0.05, 0.1
Cells = list[list[tuple[int, int]]]  # of each cell, of each threshold: labels and errors


def allocated(cells: Cells, *, pooled: bool, delta: float = DELTA) -> list[tuple[int, float]]:
    n = [np.array([labels for labels, _ in cell]) for cell in cells]
    errors = [np.array([wrong for _, wrong in cell]) for cell in cells]
    return allocate(n, errors, alpha=ALPHA, delta=delta, pooled=pooled)


@st.composite
def cell(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Counts that rise from one threshold to the next."""
    steps = draw(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2)), min_size=1, max_size=3))
    n = np.cumsum([labels + wrong for labels, wrong in steps])
    return list(zip(n.tolist(), np.cumsum([wrong for _, wrong in steps]).tolist(), strict=True))


def closed_slowly(cells: Cells, *, pooled: bool) -> list[int]:
    """The closed test, hypothesis by hypothesis: every intersection of them is tested, and none is left out.

    An intersection is where it begins in each cell (or that it has nothing of the cell): later ones are not looked at.
    The share of a cell that passed its last threshold is not passed on here, so more may be certified, never less.
    """
    every = list(product(*[[None, *range(len(one))] for one in cells]))
    rejected = {heads: _is_rejected(cells, heads, pooled) for heads in every}

    def passes(number: int, step: int) -> bool:
        return all(rejected[heads] for heads in every if heads[number] is not None and heads[number] <= step)

    return [
        max((step for step in range(len(one)) if passes(number, step)), default=-1)
        for number, one in enumerate(cells)
    ]


def _is_rejected(cells: Cells, heads: Sequence[int | None], pooled: bool) -> bool:
    first = [number for number, head in enumerate(heads) if head == 0]
    later = [number for number, head in enumerate(heads) if head]
    p = {
        number: p_value(*cells[number][head], ALPHA) for number, head in enumerate(heads) if head is not None
    }
    count = len(cells)
    own = OWN_POOLED if pooled else OWN
    share = (own if first else 1.0) * DELTA / count
    if any(p[number] <= share for number in later):
        return True
    if not first:
        return False
    if not pooled or count == 1:
        level = (DELTA - (count - len(first)) * OWN * DELTA / count) / len(first)
        return min(p[number] for number in first) <= level
    n, errors = (sum(cells[number][0][place] for number in first) for place in (0, 1))
    return (
        p_value(n, errors, ALPHA) <= (1 - OWN_POOLED) * DELTA or min(p[number] for number in first) <= share
    )


@given(st.lists(cell(), min_size=1, max_size=4), st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_passes_is_what_the_closed_test_over_all_intersections_rejects(
    cells: Cells, pooled: bool
) -> None:
    slow = closed_slowly(cells, pooled=pooled)
    found = [place for place, _ in allocated(cells, pooled=pooled)]
    assert [place >= 0 for place in found] == [place >= 0 for place in slow]
    if all(place >= 0 for place in slow):
        assert all(one >= other for one, other in zip(found, slow, strict=True))
    else:
        assert found == slow


@given(st.lists(cell(), min_size=1, max_size=6), st.booleans(), st.data())
@settings(max_examples=150, deadline=None)
def test_fewer_errors_anywhere_never_certify_less(cells: Cells, pooled: bool, data: st.DataObject) -> None:
    better = data.draw(st.integers(0, len(cells) - 1))
    fewer = [list(one) for one in cells]
    fewer[better] = [(n, max(0, errors - 1)) for n, errors in fewer[better]]
    before, after = allocated(cells, pooled=pooled), allocated(fewer, pooled=pooled)
    assert all(one[0] <= other[0] for one, other in zip(before, after, strict=True))


@given(st.lists(cell(), min_size=1, max_size=6), st.booleans())
@settings(max_examples=150, deadline=None)
def test_every_certified_count_passes_by_itself_at_the_level_that_is_told(cells: Cells, pooled: bool) -> None:
    for one, (place, level) in zip(cells, allocated(cells, pooled=pooled), strict=True):
        assert 0 < level <= DELTA * (1 + 1e-9)
        if place >= 0:
            assert p_value(*one[place], ALPHA) <= level * (1 + 1e-9)
            assert all(p_value(*step, ALPHA) <= DELTA for step in one[: place + 1])


@given(cell())
@settings(max_examples=60, deadline=None)
def test_a_single_cell_is_walked_at_all_of_delta(one: list[tuple[int, int]]) -> None:
    fails = [place for place, step in enumerate(one) if p_value(*step, ALPHA) > DELTA]
    assert allocated([one], pooled=True)[0][0] == allocated([one], pooled=False)[0][0]
    assert allocated([one], pooled=True)[0][0] == (fails[0] if fails else len(one)) - 1


def test_two_cells_that_pass_only_together_pass() -> None:
    """59 labels without an error pass alone at 0.05, and not at a half of it."""
    cells: Cells = [[(59, 0)], [(59, 0)]]
    assert p_value(59, 0, ALPHA) > DELTA / 2 - 0.002
    assert [place for place, _ in allocated(cells, pooled=True)] == [0, 0]


def test_a_cell_that_fails_keeps_another_from_all_of_delta() -> None:
    """51 labels without an error pass at three quarters of delta, and 60 at half of it."""
    enough, barely, bad = [(60, 0)], [(51, 0)], [(51, 20)]
    assert [place for place, _ in allocated([barely], pooled=False)] == [0]
    assert [place for place, _ in allocated([barely, bad], pooled=False)] == [-1, -1]
    assert [place for place, _ in allocated([enough, bad], pooled=False)] == [0, -1]
    assert [place for place, _ in allocated([enough, barely], pooled=False)] == [0, 0]


@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize("bad", [1, 4, 8])
def test_cells_just_above_alpha_are_certified_with_probability_delta_at_most(pooled: bool, bad: int) -> None:
    """So many of eight cells at alpha; the others are sure. 1,000 runs."""
    random, runs, count, steps = np.random.default_rng(bad), 1_000, 8, 4
    risk = np.where(np.arange(count) < bad, ALPHA * 1.0001, 0.001)
    broken = 0
    for _ in range(runs):
        labels = random.poisson(40, size=(count, steps))
        wrong = random.binomial(labels, risk[:, None])
        n, errors = np.cumsum(labels, axis=1), np.cumsum(wrong, axis=1)
        passed = allocate(list(n), list(errors), alpha=ALPHA, delta=DELTA, pooled=pooled)
        broken += any(place >= 0 for place, _ in passed[:bad])
    assert broken <= binom.ppf(0.999, runs, DELTA)


def test_bonferroni_holds_where_cells_go_wrong_together() -> None:
    """All cells are copies of one another, as rows of the same remittances may be."""
    random, runs, broken, pooled_broken = np.random.default_rng(5), 2_000, 0, 0
    for _ in range(runs):
        labels = random.poisson(60)
        wrong = int(random.binomial(labels, ALPHA * 1.0001))
        copies: Cells = [[(labels, wrong)]] * 6
        broken += any(place >= 0 for place, _ in allocated(copies, pooled=False))
        pooled_broken += p_value(6 * labels, 6 * wrong, ALPHA) <= DELTA
    assert broken <= binom.ppf(0.999, runs, DELTA)
    assert pooled_broken > broken  # counted together they look like more evidence than they are


def test_naive_thresholds_break_what_the_family_keeps() -> None:
    random, runs, naive, kept = np.random.default_rng(8), 100, 0, 0
    for _ in range(runs):
        cells = [_draw(random, 300, ALPHA * 1.1) for _ in range(5)]
        prior = [_draw(random, 300, ALPHA * 1.1) for _ in range(5)]
        naive += any(np.asarray(one.errors).mean() <= ALPHA for one in prior)
        family = plan_family(prior, [one.count() for one in cells], alpha=ALPHA, delta=DELTA, steps=10)
        kept += all(one.certified is None for one in certify_family(family, cells, alpha=ALPHA, delta=DELTA))
    assert naive > 0.45 * runs
    assert kept > 0.8 * runs


def _draw(random: np.random.Generator, count: int, risk: float, *, sure: float = 2.0) -> Labels:
    """Labels of flat risk below ``sure``, and none wrong above."""
    scores = random.random(count)
    return Labels(scores, ((random.random(count) < risk) & (scores < sure)).astype(np.int64))


def test_one_cell_alone_is_certified_as_by_certify() -> None:
    random = np.random.default_rng(2)
    prior, fresh = (_draw(random, 1_000, 0.3, sure=0.5) for _ in range(2))
    planned = plan_family([prior], [1_000], alpha=ALPHA, delta=DELTA)
    (found,) = certify_family(planned, [fresh], alpha=ALPHA, delta=DELTA)
    thresholds = plan(prior.scores, prior.errors, 1_000, ALPHA, delta=DELTA)
    assert found.certified == certify(fresh.scores, fresh.errors, thresholds, ALPHA, DELTA)
    assert found.level == DELTA


def test_cells_without_labels_take_no_part_and_certify_nothing() -> None:
    random = np.random.default_rng(2)
    none = Labels(np.zeros(0), np.zeros(0))
    prior = [_draw(random, 1_000, 0.0), none, _draw(random, 1_000, 0.0)]
    fresh = [_draw(random, 1_000, 0.0), _draw(random, 1_000, 0.0), none]
    planned = plan_family(prior, [one.count() for one in fresh], alpha=ALPHA, delta=DELTA)
    assert planned.part == (0,)
    found = certify_family(planned, fresh, alpha=ALPHA, delta=DELTA)
    assert [one.certified is not None for one in found] == [True, False, False]
    assert [one.tried for one in found] == [True, False, False]


@pytest.mark.parametrize("scores", [[], [np.nan] * 500])
def test_cells_whose_earlier_labels_have_no_score_take_no_part_though_they_have_fresh_ones(
    scores: list[float],
) -> None:
    prior = [Labels(scores, [0] * len(scores))] * 2
    fresh = [_draw(np.random.default_rng(seed), 1_000, 0.0) for seed in (1, 2)]
    planned = plan_family(prior, [1_000, 1_000], alpha=ALPHA, delta=DELTA)
    assert (planned.thresholds, planned.part) == (((), ()), ())
    assert [one.certified for one in certify_family(planned, fresh, alpha=ALPHA, delta=DELTA)] == [None, None]


def test_no_cells_are_no_error() -> None:
    planned = plan_family([], [], alpha=ALPHA, delta=DELTA)
    assert certify_family(planned, [], alpha=ALPHA, delta=DELTA) == ()


def test_the_plan_sees_no_fresh_label_but_their_number() -> None:
    random = np.random.default_rng(2)
    prior = [_draw(random, 400, 0.02) for _ in range(3)]
    once = plan_family(prior, [400, 300, 200], alpha=ALPHA, delta=DELTA)
    assert once == plan_family(prior, [400, 300, 200], alpha=ALPHA, delta=DELTA)


def test_cells_are_pooled_only_where_they_are_many_and_independent() -> None:
    random = np.random.default_rng(2)
    prior, sizes = [_draw(random, 200, 0.02) for _ in range(8)], [200] * 8
    assert plan_family(prior, sizes, alpha=ALPHA, delta=DELTA).pooled
    assert not plan_family(prior, sizes, alpha=ALPHA, delta=DELTA, independent=False).pooled
    assert not plan_family(prior[:7], sizes[:7], alpha=ALPHA, delta=DELTA).pooled


def test_of_very_many_cells_the_most_promising_take_part() -> None:
    chosen = taking_part([0.9] * 30, list(range(30)))
    assert chosen == tuple(range(30 - MOST, 30))


def test_a_chance_to_pass_rises_with_labels_and_falls_with_errors() -> None:
    chances = [
        chance_to_pass(Step(0.9, 500, errors), 1_000, n, alpha=ALPHA, level=0.05)
        for errors, n in ((0, 40), (0, 200), (0, 2_000), (10, 2_000), (25, 2_000))
    ]
    assert chances[0] == 0.0
    assert chances[0] < chances[1] <= chances[2]
    assert chances[2] > chances[3] > chances[4]


@pytest.mark.parametrize(("alpha", "delta"), [(0.0, 0.1), (0.1, 1.0), (1.0, 0.1), (0.1, 0.0)])
def test_alpha_and_delta_outside_0_to_1_are_refused(alpha: float, delta: float) -> None:
    with pytest.raises(BadInputError, match="alpha and delta"):
        plan_family([], [], alpha=alpha, delta=delta)


@pytest.mark.parametrize("pooled", [False, True])
def test_more_cells_leave_each_less_to_pass_by_itself_but_never_little(pooled: bool) -> None:
    levels = [alone_level(count, DELTA, pooled=pooled) for count in range(1, 17)]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] == DELTA
    assert levels[-1] > DELTA / 2

"""Bets on dollars and on batches: the promise by simulation, with everything as bad as it may be."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from features.errors import BadInputError
from models.certificates import Certified
from models.certification import certify
from models.certification_batches import certify_batches, plan_batches
from models.certification_bets import _bets, passes
from models.certification_money import certify_dollars, plan_dollars

ALPHA, DELTA, TIMES = 0.05, 0.1, 400


def not_refuted(count: int) -> bool:
    return binomtest(count, TIMES, DELTA, alternative="greater").pvalue > 0.01


def test_whatever_comes_the_bet_is_fair_on_every_path_of_a_short_game() -> None:
    """All paths of six units, wrong with probability alpha: the capital is expected to stay what it was."""
    expected = 0.0
    for path in product((0.0, 1.0), repeat=6):
        excess = np.array(path) - ALPHA
        capital = np.prod(1 - _bets(excess, 1.0, ALPHA, DELTA) * excess)
        expected += ALPHA ** sum(path) * (1 - ALPHA) ** (6 - sum(path)) * capital
    assert expected == pytest.approx(1.0)


@settings(max_examples=50)
@given(st.lists(st.floats(-ALPHA, 1 - ALPHA), max_size=50))
def test_a_bet_knows_nothing_of_what_is_to_come_and_can_always_be_paid(units: list[float]) -> None:
    excess = np.array(units)
    if not excess.size:
        assert not passes(excess, 1.0, ALPHA, DELTA)
        return
    bets = _bets(excess, 1.0, ALPHA, DELTA)
    changed = np.r_[excess[:-1], 1 - ALPHA]
    assert bets == pytest.approx(_bets(changed, 1.0, ALPHA, DELTA))
    assert (1 - bets * excess > 0).all()


def batches_of(random: np.random.Generator, risk: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Batches that are all right or all wrong: as dependent as can be."""
    sizes = random.integers(1, 12, 300)
    batches = np.repeat(np.arange(300), sizes)
    return random.random(batches.size), (random.random(300) < risk)[batches].astype(int), batches


@pytest.mark.parametrize("largest", [1, 12])
def test_whole_batches_hold_the_promise_that_rows_as_if_independent_break(largest: int) -> None:
    ladder, broken, held = (0.6, 0.3, 0.0), 0, 0
    for seed in range(TIMES):
        scores, errors, batches = batches_of(np.random.default_rng([seed, 3]), ALPHA)
        broken += certify(scores, errors, ladder, ALPHA, DELTA) is not None
        held += certify_batches(scores, errors, batches, ladder, ALPHA, DELTA, largest=largest) is not None
    assert not not_refuted(broken)
    assert not_refuted(held)


def amounts_of(random: np.random.Generator, factor: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Amounts with a heavy tail, and errors ten times as likely on the largest tenth of them."""
    scores, cents = random.random(3_000), np.minimum(100 * random.pareto(1.5, 3_000) + 100, 2_000).astype(int)
    large = cents > np.quantile(cents, 0.9)
    base = np.where(large, 10.0, 1.0)
    risk = factor * base * cents.sum() / (base * cents).sum()
    return scores, (random.random(3_000) < risk).astype(int), cents


def test_dollars_hold_the_target_that_a_count_of_items_breaks() -> None:
    ladder, broken, held = (0.6, 0.3, 0.0), 0, 0
    for seed in range(TIMES):
        scores, errors, cents = amounts_of(np.random.default_rng([seed, 4]), 1.02 * ALPHA)
        broken += certify(scores, errors, ladder, ALPHA, DELTA) is not None
        held += certify_dollars(scores, errors, cents, ladder, ALPHA, DELTA, ceiling=2_000) is not None
    assert broken > 0.9 * TIMES
    assert not_refuted(held)


def test_dollars_hold_their_target_where_a_batch_is_wrong_as_a_whole() -> None:
    ladder, broken, held = (0.6, 0.3, 0.0), 0, 0
    for seed in range(TIMES):
        scores, errors, batches = batches_of(np.random.default_rng([seed, 8]), 1.02 * ALPHA)
        cents = np.full(scores.size, 1_000)
        broken += certify_dollars(scores, errors, cents, ladder, ALPHA, DELTA, ceiling=1_000) is not None
        held += (
            certify_dollars(scores, errors, cents, ladder, ALPHA, DELTA, ceiling=1_000, batches=batches)
            is not None
        )
    assert not not_refuted(broken)
    assert not_refuted(held)


def test_dollars_in_batches_are_certified_where_they_are_right() -> None:
    earlier, fresh = (batches_of(np.random.default_rng([seed, 9]), 0.002) for seed in (0, 1))

    def columns(window: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[np.ndarray, ...]:
        return (*window[:2], np.full(window[0].size, 900))

    given = {"ceiling": 1_000}
    ladder = plan_dollars(*columns(earlier), 300, ALPHA, delta=DELTA, batches=earlier[2], **given)
    found = certify_dollars(*columns(fresh), ladder, ALPHA, DELTA, batches=fresh[2], **given)
    assert found is not None
    assert found.n == (fresh[0] >= found.threshold).sum()


def test_dollars_are_certified_where_they_are_right() -> None:
    earlier, fresh = (amounts_of(np.random.default_rng([seed, 5]), 0.2 * ALPHA) for seed in (0, 1))
    ladder = plan_dollars(*earlier, 3_000, ALPHA, ceiling=2_000, delta=DELTA)
    found = certify_dollars(*fresh, ladder, ALPHA, DELTA, ceiling=2_000)
    assert found is not None
    assert found.n > 2_500
    assert found.errors == fresh[1][fresh[0] >= found.threshold].sum()


def test_batches_of_one_row_need_hardly_more_labels_than_the_exact_test() -> None:
    def found(n: int) -> Certified | None:
        return certify_batches(np.ones(n), np.zeros(n), np.arange(n), [0.5], 0.005, 0.05, largest=1)

    assert certify(np.ones(598), np.zeros(598), [0.5], 0.005, 0.05) is not None
    assert found(598) is None
    assert found(650) == Certified(0.5, 650, 0)


def test_a_plan_for_batches_begins_where_enough_of_them_can_pass() -> None:
    earlier, fresh = (batches_of(np.random.default_rng([seed, 6]), 0.005) for seed in (0, 1))
    ladder = plan_batches(*earlier, 300, ALPHA, delta=DELTA, largest=1)
    assert list(ladder) == sorted(set(ladder), reverse=True)
    assert certify_batches(*fresh, ladder, ALPHA, DELTA, largest=1) is not None


def test_names_of_batches_may_be_any_and_no_rows_certify_nothing() -> None:
    scores, errors, batches = batches_of(np.random.default_rng(7), 0.005)
    named = [f"EFT-{batch}" for batch in batches]
    ladder = (0.5, 0.0)
    by_number = certify_batches(scores, errors, batches, ladder, ALPHA, DELTA, largest=12)
    assert certify_batches(scores, errors, named, ladder, ALPHA, DELTA, largest=12) == by_number
    assert certify_batches([], [], [], ladder, ALPHA, DELTA, largest=1) is None
    assert certify_dollars([], [], [], ladder, ALPHA, DELTA, ceiling=100) is None
    assert (
        plan_batches([], [], [], 10, ALPHA, largest=1)
        == plan_dollars([], [], [], 10, ALPHA, ceiling=100)
        == ()
    )


def test_unsound_input_is_refused() -> None:
    with pytest.raises(BadInputError, match="ceiling"):
        certify_dollars([0.5], [0], [101], [0.5], ALPHA, DELTA, ceiling=100)
    with pytest.raises(BadInputError, match="ceiling"):
        certify_dollars([0.5], [0], [np.nan], [0.5], ALPHA, DELTA, ceiling=100)
    with pytest.raises(BadInputError, match="amounts"):
        certify_dollars([0.5], [0], [1, 2], [0.5], ALPHA, DELTA, ceiling=100)
    with pytest.raises(BadInputError, match="batches"):
        certify_batches([0.5], [0], [1, 2], [0.5], ALPHA, DELTA, largest=1)
    with pytest.raises(BadInputError, match="largest"):
        certify_batches([0.5], [0], [1], [0.5], ALPHA, DELTA, largest=0)
    with pytest.raises(BadInputError, match="alpha"):
        certify_batches([0.5], [0], [1], [0.5], ALPHA, 1.0, largest=1)

"""The weighted error rate: unbiased where who is checked depends on the item, and honest with few errors."""

from __future__ import annotations

import numpy as np
import pytest

from features.errors import BadInputError
from models.monitoring import weighted_error_rate


def test_items_drawn_alike_get_the_exact_binomial_interval() -> None:
    found = weighted_error_rate([1] + [0] * 99, [0.05] * 100, population=2_000)
    assert found.rate == pytest.approx(0.01)
    assert (found.low, found.high) == pytest.approx((0.000253, 0.054459), abs=1e-6)


def test_without_an_error_the_upper_end_is_still_above_zero() -> None:
    alike = weighted_error_rate([0] * 100, [0.05] * 100, population=2_000)
    mixed = weighted_error_rate([0] * 100, [0.05] * 50 + [0.5] * 50, population=2_000)
    assert alike.low == mixed.low == 0.0
    assert 0.03 < alike.high < 0.04 < mixed.high


def test_nothing_checked_says_nothing() -> None:
    found = weighted_error_rate([], [], population=50)
    assert (found.rate, found.low, found.high) == (None, 0.0, 1.0)


def test_the_estimate_is_right_where_the_plain_share_of_the_checked_is_far_off() -> None:
    random = np.random.default_rng(6)
    wrong = random.random(200_000) < np.where(np.arange(200_000) < 20_000, 0.05, 0.001)
    drawn = np.where(np.arange(200_000) < 20_000, 0.5, 0.02)  # where errors are, more is checked
    checked = random.random(200_000) < drawn
    found = weighted_error_rate(wrong[checked], drawn[checked], population=200_000)
    assert found.rate == pytest.approx(wrong.mean(), rel=0.15)
    assert wrong[checked].mean() > 3 * wrong.mean()


@pytest.mark.parametrize("rates", [(0.001, 0.004), (0.01, 0.002), (0.0, 0.02)])
def test_the_interval_covers_the_truth_at_its_level_with_few_errors_and_unequal_weights(
    rates: tuple[float, float],
) -> None:
    random = np.random.default_rng(3)
    sizes, drawn = (4_000, 4_000), (0.1, 0.02)
    truth = sum(size * rate for size, rate in zip(sizes, rates, strict=True)) / sum(sizes)
    covered = 0
    for _ in range(1_500):
        counts = [int(random.binomial(size, p)) for size, p in zip(sizes, drawn, strict=True)]
        errors = np.concatenate(
            [random.random(count) < rate for count, rate in zip(counts, rates, strict=True)]
        )
        found = weighted_error_rate(errors, np.repeat(drawn, counts), population=sum(sizes))
        covered += found.low <= truth <= found.high
    assert covered / 1_500 >= 0.945


def test_the_least_probability_only_ever_widens_the_interval() -> None:
    found = weighted_error_rate([0] * 50, [0.05] * 50, population=2_000)
    assert (
        weighted_error_rate([0] * 50, [0.05] * 50, population=2_000, least_probability=0.01).high > found.high
    )
    assert (
        weighted_error_rate([0] * 50, [0.05] * 50, population=2_000, least_probability=0.9).high == found.high
    )
    for impossible in (0.0, -0.1, 1.5, float("nan")):
        with pytest.raises(BadInputError, match="probability"):
            weighted_error_rate([0] * 50, [0.05] * 50, population=2_000, least_probability=impossible)


@pytest.mark.parametrize(
    ("errors", "probabilities", "population"),
    [([2], [0.5], 5), ([0], [0.0], 5), ([0], [1.5], 5), ([0, 1], [0.5], 5), ([0, 0], [0.5, 0.5], 1)],
)
def test_impossible_samples_are_refused(
    errors: list[int], probabilities: list[float], population: int
) -> None:
    with pytest.raises(BadInputError):
        weighted_error_rate(errors, probabilities, population=population)

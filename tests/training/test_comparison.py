"""Two versions on the same rows: a difference is told from noise."""

from __future__ import annotations

import numpy as np

from training.comparison import paired_difference
from training.metrics import auc, log_loss


def drawn(rows: int = 1500) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    random = np.random.default_rng(3)
    probability = random.beta(1, 4, size=rows)
    return probability, (random.random(rows) < probability).astype(float), random


def test_a_better_model_is_better_with_its_whole_interval() -> None:
    truth, outcome, random = drawn()
    noisy = np.clip(truth + random.normal(0, 0.2, truth.size), 0.01, 0.99)
    value, low, high = paired_difference(auc, truth, noisy, outcome, seed=1)
    assert 0 < low <= value <= high
    value, low, high = paired_difference(log_loss, truth, noisy, outcome, seed=1)
    assert low <= value <= high < 0


def test_a_model_of_the_same_quality_is_not_called_better() -> None:
    truth, outcome, random = drawn()
    one = np.clip(truth + random.normal(0, 0.05, truth.size), 0.01, 0.99)
    two = np.clip(truth + random.normal(0, 0.05, truth.size), 0.01, 0.99)
    _, low, high = paired_difference(auc, one, two, outcome, seed=1)
    assert low < 0 < high


def test_pairing_makes_the_interval_narrower_than_two_apart() -> None:
    truth, outcome, random = drawn()
    near = np.clip(truth + random.normal(0, 0.02, truth.size), 0.01, 0.99)
    _, low, high = paired_difference(auc, near, truth, outcome, seed=1)
    _, apart_low, apart_high = paired_difference(auc, near, np.full(truth.size, 0.5), outcome, seed=1)
    assert high - low < (apart_high - apart_low) / 2

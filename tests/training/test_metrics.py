"""The metrics against slow, obvious ones and against scikit-learn, and their intervals against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from training.metrics import (
    at_threshold,
    auc,
    average_precision,
    ece,
    ece_floor,
    evaluate,
    exact_interval,
    resampled,
)

ROWS = st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=4, max_size=60).filter(
    lambda rows: 0 < sum(outcome for _, outcome in rows) < len(rows)
)


@given(ROWS)
def test_metrics_agree_with_scikit_learn_even_with_ties(rows: list[tuple[int, bool]]) -> None:
    probability = np.array([score / 10 for score, _ in rows])
    outcome = np.array([float(positive) for _, positive in rows])
    measured = evaluate(probability, outcome, resamples=5)
    assert measured["auc"] == pytest.approx(roc_auc_score(outcome, probability))
    assert measured["average_precision"] == pytest.approx(average_precision_score(outcome, probability))
    assert measured["log_loss"] == pytest.approx(log_loss(outcome, probability))
    assert measured["brier"] == pytest.approx(brier_score_loss(outcome, probability))


@given(ROWS, st.integers(0, 5))
def test_a_resample_counts_as_its_rows_written_out(rows: list[tuple[int, bool]], seed: int) -> None:
    probability = np.array([score / 10 for score, _ in rows])
    outcome = np.array([float(positive) for _, positive in rows])
    counts = resampled(len(rows), 3, seed=seed)
    assert counts.sum(axis=1).tolist() == [len(rows)] * 3
    for one, count in enumerate(counts.astype(int)):
        again = np.repeat(outcome, count)
        if 0 < again.sum() < again.size:
            score = np.repeat(probability, count)
            assert auc(probability, outcome, counts)[one] == pytest.approx(roc_auc_score(again, score))
            expected = average_precision_score(again, score)
            assert average_precision(probability, outcome, counts)[one] == pytest.approx(expected)


def test_the_bootstrap_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(5)
    truth = float(np.mean([_drawn_auc(generator, 20_000) for _ in range(5)]))
    covered = 0
    for run in range(120):
        score, outcome = _drawn(generator, 400)
        measured = evaluate(score, outcome, seed=run, resamples=200)
        covered += measured["auc_low"] <= truth <= measured["auc_high"]
    assert 105 <= covered <= 120  # 95 % of 120 is 114


def test_the_same_seed_gives_the_same_interval() -> None:
    score, outcome = _drawn(np.random.default_rng(1), 300)
    assert evaluate(score, outcome, seed=4) == evaluate(score, outcome, seed=4)
    assert evaluate(score, outcome, seed=4) != evaluate(score, outcome, seed=5)


def test_perfect_probabilities_show_a_calibration_error_of_the_floor() -> None:
    generator = np.random.default_rng(2)
    score, _ = _drawn(generator, 3000)
    errors = [ece(score, (generator.random(3000) < score).astype(float)) for _ in range(40)]
    assert ece_floor(score) == pytest.approx(np.mean(errors), rel=0.1)
    overconfident = np.clip(score * 2, 0, 1)
    assert ece(overconfident, (generator.random(3000) < score).astype(float)) > 3 * ece_floor(score)


def test_precision_and_recall_have_exact_intervals() -> None:
    figures = at_threshold([0.9, 0.8, 0.7, 0.2, 0.1], [1, 1, 0, 1, 0], 0.5, prefix="flagged_")
    assert figures["flagged_precision"] == pytest.approx(2 / 3)
    assert figures["flagged_recall"] == pytest.approx(2 / 3)
    assert (figures["flagged_precision_low"], figures["flagged_precision_high"]) == exact_interval(2, 3)


def test_nothing_flagged_has_no_precision() -> None:
    assert "precision" not in at_threshold([0.1, 0.2], [1, 0], 0.5)


def test_with_one_outcome_only_there_is_no_ranking() -> None:
    assert np.isnan(evaluate([0.1, 0.2], [0, 0])["auc"])


def _drawn(generator: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    score = generator.beta(1, 6, rows)
    return score, (generator.random(rows) < score).astype(float)


def _drawn_auc(generator: np.random.Generator, rows: int) -> float:
    score, outcome = _drawn(generator, rows)
    return float(auc(score, outcome, np.ones((1, rows)))[0])

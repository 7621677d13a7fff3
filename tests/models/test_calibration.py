"""The sigmoid: right where the truth is known, and kept only where it helps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from features.errors import BadInputError, MissingDataError
from models.calibration import SigmoidCalibration, log_loss


def drawn(seed: int, n: int, slope: float, intercept: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    raw = rng.normal(-2, 2, size=n)
    return raw, (rng.random(n) < expit(slope * raw + intercept)).astype(int)


def test_the_fit_finds_the_slope_and_the_intercept_that_made_the_outcomes() -> None:
    found = SigmoidCalibration.fit(*drawn(1, 50_000, 0.4, 0.5))
    assert found.slope == pytest.approx(0.4, abs=0.03)
    assert found.intercept == pytest.approx(0.5, abs=0.08)


def test_the_fit_agrees_with_logistic_regression_where_smoothing_is_negligible() -> None:
    raw, outcome = drawn(2, 20_000, 1.7, -0.3)
    reference = LogisticRegression(C=np.inf, tol=1e-10).fit(raw[:, None], outcome)
    found = SigmoidCalibration.fit(raw, outcome)
    assert found.slope == pytest.approx(float(reference.coef_[0, 0]), rel=0.01)
    assert found.intercept == pytest.approx(float(reference.intercept_[0]), abs=0.01)


@pytest.mark.parametrize("outcome", [0, 1])
def test_one_class_alone_gives_probabilities_short_of_certainty(outcome: int) -> None:
    found = SigmoidCalibration.fit([-1.0, 0.0, 1.0], [outcome] * 3)
    assert found([0.0])[0] == pytest.approx(0.8 if outcome else 0.2, abs=0.02)


def test_the_order_of_scores_is_never_reversed() -> None:
    found = SigmoidCalibration.fit([-2.0, -1.0, 1.0, 2.0] * 10, [1, 1, 0, 0] * 10)
    assert (np.diff(found(np.linspace(-3, 3, 20))) >= 0).all()


def test_a_sigmoid_is_kept_only_where_it_beats_the_raw_score_later() -> None:
    overfit = drawn(3, 4_000, 0.4, 0.0)
    assert (
        SigmoidCalibration.fit_if_better(*overfit, *drawn(4, 4_000, 0.4, 0.0))
        != SigmoidCalibration.identity()
    )
    changed = drawn(5, 4_000, 1.0, 0.0)
    assert SigmoidCalibration.fit_if_better(*overfit, *changed) == SigmoidCalibration.identity()


def test_plain_values_bring_it_back() -> None:
    found = SigmoidCalibration(slope=1.25, intercept=-0.5)
    assert SigmoidCalibration.from_dict(found.to_dict()) == found


def test_no_rows_and_unsound_rows_are_said() -> None:
    with pytest.raises(MissingDataError, match="no labelled rows"):
        SigmoidCalibration.fit([], [])
    for raw, outcome in (([np.nan], [1]), ([np.inf], [1]), ([0.0], [2]), ([0.0, 1.0], [1])):
        with pytest.raises(BadInputError):
            SigmoidCalibration.fit(raw, outcome)


def test_log_loss_of_a_sure_and_wrong_answer_is_large_but_finite() -> None:
    assert 30 < log_loss([0.0], [1]) < 40

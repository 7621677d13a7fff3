"""One distribution a payment: it sums to one, ties share, and its fit finds what made the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import MissingDataError
from models.match_softmax import MatchSoftmax

weights = st.builds(
    MatchSoftmax,
    slope=st.floats(0.05, 3),
    none=st.floats(-5, 5),
    by_best=st.floats(-2, 2),
    by_second=st.floats(-2, 2),
)
groups = st.lists(st.lists(st.floats(-40, 40), max_size=8), min_size=1, max_size=6)


def flat(rows: list[list[float]]) -> tuple[np.ndarray, np.ndarray]:
    raw = np.array([value for row in rows for value in row], dtype=np.float64)
    return raw, np.append(0, np.cumsum([len(row) for row in rows]))


@given(softmax=weights, rows=groups)
def test_the_probabilities_of_a_payment_sum_to_one(softmax: MatchSoftmax, rows: list[list[float]]) -> None:
    raw, starts = flat(rows)
    shares, none = softmax(raw, starts)
    assert ((shares >= 0) & (shares <= 1)).all()
    for row in range(len(rows)):
        assert shares[starts[row] : starts[row + 1]].sum() + none[row] == pytest.approx(1)


@given(softmax=weights, rows=groups, tied=st.floats(-20, 20), times=st.integers(2, 5))
def test_candidates_that_are_equally_good_share_equally(
    softmax: MatchSoftmax, rows: list[list[float]], tied: float, times: int
) -> None:
    raw, starts = flat([[tied] * times, *rows])
    shares, none = softmax(raw, starts)
    assert np.ptp(shares[:times]) == 0
    assert shares[0] == pytest.approx((1 - none[0]) / times)


@given(softmax=weights)
def test_without_candidates_it_is_none_for_sure(softmax: MatchSoftmax) -> None:
    shares, none = softmax(*flat([[], [], []]))
    assert shares.size == 0
    assert none.tolist() == [1, 1, 1]


@given(softmax=weights, rows=groups)
def test_a_payments_answer_does_not_depend_on_the_others(
    softmax: MatchSoftmax, rows: list[list[float]]
) -> None:
    raw, starts = flat(rows)
    together, none = softmax(raw, starts)
    for row, own in enumerate(rows):
        alone, alone_none = softmax(*flat([own]))
        assert alone == pytest.approx(together[starts[row] : starts[row + 1]])
        assert alone_none[0] == pytest.approx(none[row])


@pytest.mark.parametrize("made_with", [MatchSoftmax(0.7, -1.0, 0.0, 0.0), MatchSoftmax(1.6, 1.0, -0.3, 0.2)])
def test_the_fit_finds_the_probabilities_that_the_labels_were_drawn_from(made_with: MatchSoftmax) -> None:
    generator = np.random.default_rng(5)
    raw, starts = flat([list(generator.normal(0, 3, size=4)) for _ in range(8000)])
    shares, none = made_with(raw, starts)
    cumulative = np.cumsum(np.column_stack([none, shares.reshape(-1, 4)]), axis=1)
    drawn = (generator.random(8000)[:, None] > cumulative[:, :-1]).sum(axis=1)  # 0 is none
    right = (np.arange(1, 5) == drawn[:, None]).ravel()
    fitted_shares, fitted_none = MatchSoftmax.fit(raw, starts, right)(raw, starts)
    assert np.abs(fitted_shares - shares).mean() < 0.01
    assert np.abs(fitted_none - none).mean() < 0.02


@settings(max_examples=15, deadline=None)
@given(rows=groups, all_right=st.booleans())
def test_a_fit_on_any_labels_is_finite(rows: list[list[float]], all_right: bool) -> None:
    raw, starts = flat(rows)
    fitted = MatchSoftmax.fit(raw, starts, np.full(raw.size, all_right))
    assert np.isfinite(list(fitted.to_dict().values())).all()
    assert MatchSoftmax.from_dict(fitted.to_dict()) == fitted


def test_a_fit_without_payments_is_refused() -> None:
    with pytest.raises(MissingDataError):
        MatchSoftmax.fit(*flat([]), np.zeros(0, dtype=np.bool_))

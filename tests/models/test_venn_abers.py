"""Venn-Abers: the table against the definition, on generated data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import MissingDataError
from models.venn_abers import VennAbersGrid

Rows = list[tuple[float, int]]
rows = st.lists(
    st.tuples(st.integers(-20, 20).map(lambda value: value / 4), st.integers(0, 1)), min_size=1, max_size=25
)
scores = st.floats(-6, 6)


def isotonic_value(calibration: Rows, score: float, assumed: int) -> float:
    """By definition: the isotonic fit to the rows and the new one is the max-min of means over its neighbours."""
    ordered = [*calibration, (score, assumed)]
    levels = sorted({row_score for row_score, _ in ordered})
    here = levels.index(score)
    return max(
        min(
            np.mean([outcome for row_score, outcome in ordered if levels[first] <= row_score <= levels[last]])
            for last in range(here, len(levels))
        )
        for first in range(here + 1)
    )


def fitted(calibration: Rows, **options: int) -> VennAbersGrid:
    return VennAbersGrid.fit(*zip(*calibration, strict=True), **options)


@settings(max_examples=60)
@given(calibration=rows)
def test_at_a_knot_the_interval_is_the_defined_one(calibration: Rows) -> None:
    knots = sorted({score for score, _ in calibration})
    low, high = fitted(calibration).interval(knots)
    np.testing.assert_allclose(low, [isotonic_value(calibration, knot, 0) for knot in knots], atol=1e-9)
    np.testing.assert_allclose(high, [isotonic_value(calibration, knot, 1) for knot in knots], atol=1e-9)


@settings(max_examples=60)
@given(calibration=rows, score=scores, knots=st.integers(2, 30))
def test_anywhere_the_interval_holds_the_defined_one(calibration: Rows, score: float, knots: int) -> None:
    low, high = fitted(calibration, knots=knots).interval([score])
    assert 0 <= low[0] <= isotonic_value(calibration, score, 0) + 1e-9
    assert 1 >= high[0] >= isotonic_value(calibration, score, 1) - 1e-9


@settings(max_examples=60)
@given(calibration=rows, points=st.lists(scores, min_size=2, max_size=20))
def test_both_ends_rise_with_the_score(calibration: Rows, points: list[float]) -> None:
    low, high = fitted(calibration, knots=5).interval(sorted(points))
    assert (np.diff(low) >= 0).all()
    assert (np.diff(high) >= 0).all()
    assert (low < high).all()


def test_much_data_gives_narrow_intervals_around_the_truth() -> None:
    rng = np.random.default_rng(1)
    score = rng.random(5_000)
    low, high = VennAbersGrid.fit(score, rng.random(5_000) < score).interval(np.linspace(0.05, 0.95, 50))
    assert (high - low).mean() < 0.03
    assert np.abs((high + low) / 2 - np.linspace(0.05, 0.95, 50)).max() < 0.1


def test_a_score_that_is_no_number_is_wholly_unsure() -> None:
    low, high = fitted([(0.0, 0), (1.0, 1)]).interval([np.nan, np.inf, -np.inf])
    assert (low[0], high[0]) == (0.0, 1.0)
    assert high[1] == 1.0
    assert low[2] == 0.0


def test_arrays_bring_it_back() -> None:
    grid = fitted([(0.0, 0), (0.5, 1), (1.0, 1)])
    again = VennAbersGrid.from_arrays(grid.to_arrays())
    np.testing.assert_array_equal(again.interval([0.2, 0.7]), grid.interval([0.2, 0.7]))


def test_no_rows_are_said() -> None:
    with pytest.raises(MissingDataError):
        VennAbersGrid.fit([], [])

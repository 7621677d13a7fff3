"""Windows stand in time order, share no day, and hold every row once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import MissingDataError
from training.windows import NAMES, Windows, late_slice

START = date(2024, 1, 1)


@given(st.integers(0, 10_000), st.integers(60, 2_000), st.integers(100, 1_000))
def test_each_window_begins_after_the_one_before_has_ended(seed: int, rows: int, days: int) -> None:
    offsets = np.random.default_rng(seed).integers(0, days, rows).tolist()
    windows = Windows.from_dates([START + timedelta(days=offset) for offset in offsets])
    spans = [windows.span(name) for name in NAMES]
    for (_, end), (begin, _) in pairwise(spans):
        assert end < begin
    rows = np.concatenate([getattr(windows, name) for name in NAMES])
    assert sorted(rows.tolist()) == list(range(len(offsets)))


def test_windows_hold_about_their_shares() -> None:
    windows = Windows.from_dates([START + timedelta(days=day) for day in range(1000)])
    assert [getattr(windows, name).size for name in NAMES] == [600, 130, 140, 130]


def test_too_few_days_are_said() -> None:
    with pytest.raises(MissingDataError, match="500 labelled rows over 2 days do not make 4 windows"):
        Windows.from_dates([START, START + timedelta(days=1)] * 250)
    with pytest.raises(MissingDataError, match="0 labelled rows"):
        Windows.from_dates([])


def test_the_late_slice_is_later_and_shares_no_day() -> None:
    windows = Windows.from_dates([START + timedelta(days=day // 3) for day in range(1000)])
    earlier, later = late_slice(windows.fit, windows.days, 0.15)
    assert windows.days[earlier].max() < windows.days[later].min()
    assert earlier.size + later.size == windows.fit.size
    assert 0.1 < later.size / windows.fit.size < 0.2

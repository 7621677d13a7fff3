"""Orders of work over a stream of denials: the bound holds, and orders do what their names say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.training.benchmarks.conftest import Asked
from training.benchmarks.denial.benchmark import run
from training.benchmarks.denial.knapsack import horizon, knapsack
from training.benchmarks.denial.stream import Stream
from training.benchmarks.denial.working import ORDERS, at_once, ours, work


def make_stream(rows: list[tuple[int, int, float, float, float]]) -> Stream:
    """Denials as (day, deadline, probability, amount, minutes)."""
    table = np.array(sorted(rows, key=lambda row: row[0]), dtype=np.float64)
    days, deadlines = (table[:, column].astype(np.intp) for column in (0, 1))
    return Stream(days, deadlines, table[:, 2], table[:, 3], table[:, 4])


ROWS = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.integers(0, 8),
        st.floats(0.05, 1),
        st.floats(10, 5000),
        st.floats(1, 60),
    ).map(lambda row: (row[0], row[0] + row[1], *row[2:])),
    min_size=1,
    max_size=12,
)


def by_linear_programme(stream: Stream, minutes_a_day: float) -> float:
    """The slow and obvious bound: minutes of each denial on each day, as a linear programme."""
    days, count = int(stream.deadline.max()) + 1, len(stream.day)
    worth = np.repeat(stream.value / stream.minutes, days)
    place, day = (grid.ravel() for grid in np.indices((count, days)))
    open_then = (day >= stream.day[place]) & (day <= stream.deadline[place])
    rows = np.vstack([np.repeat(np.eye(count), days, axis=1), np.tile(np.eye(days), count)])
    most = np.concatenate([stream.minutes, np.full(days, minutes_a_day)])
    found = linprog(-worth, A_ub=rows, b_ub=most, bounds=[(0, None if free else 0) for free in open_then])
    assert found.fun is not None
    return -float(found.fun)


@settings(max_examples=25, deadline=None)
@given(ROWS, st.floats(1, 80))
def test_the_bound_is_the_optimum_of_the_linear_programme(
    rows: list[tuple[int, int, float, float, float]], minutes_a_day: float
) -> None:
    stream = make_stream(rows)
    assert horizon(stream, minutes_a_day) == pytest.approx(
        by_linear_programme(stream, minutes_a_day), rel=1e-6, abs=1e-6
    )


@settings(max_examples=25, deadline=None)
@given(ROWS, st.floats(1, 80))
def test_no_order_recovers_more_than_the_bound(
    rows: list[tuple[int, int, float, float, float]], minutes_a_day: float
) -> None:
    stream = make_stream(rows)
    most = horizon(stream, minutes_a_day)
    for order in ORDERS.values():
        assert work(stream, stream, minutes_a_day, order).recovered <= most + 1e-6


@settings(max_examples=25, deadline=None)
@given(ROWS)
def test_with_minutes_enough_every_order_recovers_all(
    rows: list[tuple[int, int, float, float, float]],
) -> None:
    stream = make_stream(rows)
    plenty = float(stream.minutes.sum()) + 1
    for order in ORDERS.values():
        found = work(stream, stream, plenty, order)
        assert found.recovered == pytest.approx(float(stream.value.sum()))
        assert found.lapsed == 0.0


def test_the_deadline_term_saves_what_can_still_wait_and_what_cannot() -> None:
    near, far = (0, 0, 1.0, 90.0, 30.0), (0, 40, 1.0, 100.0, 30.0)
    stream = make_stream([near, far])
    assert work(stream, stream, 30.0, ours()).recovered == 190.0
    assert work(stream, stream, 30.0, ORDERS["value a minute, no deadline"]).recovered == 100.0
    assert horizon(stream, 30.0) == 190.0


def test_work_that_does_not_fit_into_a_day_is_gone_on_with_on_the_next() -> None:
    stream = make_stream([(0, 1, 1.0, 100.0, 50.0)])
    assert work(stream, stream, 30.0, ours()).recovered == 100.0
    assert work(stream, stream, 20.0, ours()).recovered == 0.0


def test_an_order_goes_by_what_it_is_told_and_earns_what_is_true() -> None:
    true = make_stream([(0, 0, 0.1, 1000.0, 30.0), (0, 0, 0.9, 900.0, 30.0)])
    told = make_stream([(0, 0, 0.9, 1000.0, 30.0), (0, 0, 0.1, 900.0, 30.0)])
    assert work(told, true, 30.0, ours()).recovered == pytest.approx(100.0)
    assert at_once(true, true, 30.0, ours()).recovered == pytest.approx(810.0)


def test_a_budget_that_does_not_reach_takes_a_part_in_the_bound_only() -> None:
    stream = make_stream([(0, 0, 1.0, 100.0, 40.0)])
    assert knapsack(stream.value, stream.minutes, 20.0) == 50.0
    assert at_once(stream, stream, 20.0, ours()).recovered == 0.0


def test_the_part_says_what_each_order_recovers_of_the_bound(asked: Asked, tmp_path: Path) -> None:
    assert run(asked("denial", "--only", "priority")) == 0
    found = json.loads((tmp_path / "out/denial-seed-7.json").read_text())["parts"]["priority"]
    for setting in ("static", "dynamic_25", "dynamic_50", "dynamic_80"):
        assert found[f"{setting}_first_in_first_out_times_fifo"] == 1
        assert found[f"{setting}_ours_of_bound"] > 0.9
        for order in ("ours", "likeliest_first", "ours_turnover_60_days"):
            assert found[f"{setting}_{order}_of_bound"] <= 1 + 1e-9

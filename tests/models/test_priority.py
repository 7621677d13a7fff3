"""Value a minute with a deadline term: what it promises whoever works the queue."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import BadInputError
from models.priority import (
    FIRST_DAY,
    SMALLEST_VALUE,
    Work,
    denial_value,
    expected_value,
    priorities,
    priority_from_rank,
    priority_of,
    rank_of,
    ranks,
    turnover_days,
    urgency,
)

TODAY = date(2024, 4, 1)
WORK = st.builds(
    Work,
    probability=st.floats(0.01, 1),
    amount=st.floats(1, 1e6),
    minutes=st.floats(1, 600),
    deadline=st.dates(TODAY, TODAY + timedelta(days=400)),
)


def make_work(**changes: object) -> Work:
    """An appeal worth 600 dollars, half an hour, due in a month."""
    return Work(0.6, 1000.0, 30.0, TODAY + timedelta(days=30))._replace(**changes)  # type: ignore[arg-type]


def test_a_nearer_deadline_comes_first_where_all_else_is_equal() -> None:
    near, far = make_work(deadline=TODAY + timedelta(days=3)), make_work()
    assert priority_of(near, at=TODAY) > priority_of(far, at=TODAY)


def test_more_money_and_fewer_minutes_come_first() -> None:
    assert priority_of(make_work(amount=2000.0), at=TODAY) > priority_of(make_work(), at=TODAY)
    assert priority_of(make_work(minutes=15.0), at=TODAY) > priority_of(make_work(), at=TODAY)
    assert priority_of(make_work(probability=0.9), at=TODAY) > priority_of(make_work(), at=TODAY)


def test_nothing_is_left_of_a_claim_whose_deadline_has_passed() -> None:
    deadline = TODAY - timedelta(days=1)
    assert priority_of(make_work(deadline=deadline), at=TODAY) == 0.0
    assert priority_of(make_work(deadline=TODAY), at=TODAY) == pytest.approx(20.0)


def test_what_can_always_be_worked_is_never_urgent() -> None:
    assert priority_of(make_work(deadline=None), at=TODAY) == 0.0


def test_a_cheap_claim_overtakes_dearer_ones_that_come_later() -> None:
    cheap = make_work(amount=100.0, deadline=TODAY + timedelta(days=90))
    days = [
        day
        for day in range(91)
        if priority_of(cheap, at=TODAY + timedelta(days=day))
        > priority_of(make_work(deadline=TODAY + timedelta(days=day + 90)), at=TODAY + timedelta(days=day))
    ]
    assert days[0] == math.ceil(30 * math.log(10))


def test_urgency_is_the_chance_of_not_being_reached_when_work_is_picked_by_chance() -> None:
    random = np.random.default_rng(5)
    reached = random.exponential(30.0, size=100_000)
    for days in (5.0, 30.0, 80.0):
        assert float((reached > days).mean()) == pytest.approx(float(urgency(days)), abs=0.005)


@given(st.lists(WORK, min_size=1, max_size=20))
def test_one_item_and_arrays_give_the_same_answers(items: list[Work]) -> None:
    value = expected_value([one.probability for one in items], [one.amount for one in items])
    minutes = [one.minutes for one in items]
    deadlines = [one.deadline for one in items if one.deadline]
    left = [(deadline - TODAY).days for deadline in deadlines]
    assert priorities(value, minutes, left).tolist() == [priority_of(one, at=TODAY) for one in items]
    days = [(deadline - FIRST_DAY).days for deadline in deadlines]
    assert ranks(value, minutes, days).tolist() == [rank_of(one) for one in items]


@given(WORK, WORK, st.integers(0, 400))
def test_ranks_order_as_priorities_do_on_every_day_before_the_deadlines(a: Work, b: Work, days: int) -> None:
    at = TODAY + timedelta(days=days)
    if a.deadline and b.deadline and at <= min(a.deadline, b.deadline):
        first, second = priority_of(a, at=at), priority_of(b, at=at)
        if not math.isclose(first, second, rel_tol=1e-6):
            assert (rank_of(a) > rank_of(b)) == (first > second)


@given(WORK)
def test_a_rank_says_the_priority_of_any_day(work: Work) -> None:
    assert priority_from_rank(rank_of(work), at=TODAY) == pytest.approx(priority_of(work, at=TODAY), rel=1e-6)


def test_what_is_due_but_has_no_deadline_keeps_rising() -> None:
    rank = rank_of(make_work(deadline=None), by=TODAY)
    assert priority_from_rank(rank, at=TODAY) == pytest.approx(20.0)
    assert priority_from_rank(rank, at=TODAY + timedelta(days=30)) == pytest.approx(20.0 * math.e)


def test_a_claim_before_it_is_sent_is_worth_the_denial_that_a_correction_avoids() -> None:
    assert denial_value(0.4, 500.0, 0.5) == pytest.approx(100.0)


def test_a_reversal_is_worth_its_amount_and_nothing_is_worth_next_to_nothing() -> None:
    assert expected_value(1.0, -80.0) == 80.0
    assert priorities(0.0, 1.0, 0.0) == SMALLEST_VALUE


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(BadInputError):
        expected_value([0.5, 1.2], [10.0, 10.0])
    with pytest.raises(BadInputError):
        expected_value(float("nan"), 10.0)
    with pytest.raises(BadInputError):
        turnover_days(100.0, 0.0)
    with pytest.raises(BadInputError):
        rank_of(make_work(deadline=None))


def test_the_queue_turns_over_in_as_many_days_as_work_lies_in_it() -> None:
    assert turnover_days(4800.0, 240.0) == 20.0
    assert turnover_days(0.0, 240.0) == 1.0

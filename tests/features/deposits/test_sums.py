"""The search for the one set of payments that comes to an amount, beside a slow and obvious one."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from features.deposits.sums import MOST_OPEN, unique_sum


@given(st.lists(st.integers(1, 60), min_size=1, max_size=7), st.integers(2, 150))
def test_it_finds_what_trying_all_sets_of_two_to_five_finds(cents: list[int], amount: int) -> None:
    sets = [
        chosen
        for size in range(2, 6)
        for chosen in combinations(range(len(cents)), size)
        if sum(cents[place] for place in chosen) == amount
    ]
    found = unique_sum(amount, cents)
    assert (found.members if found else None) == (sets[0] if len(sets) == 1 else None)


@given(st.lists(st.integers(1, 60), min_size=2, max_size=6), st.integers(2, 150))
def test_the_needed_payment_is_in_every_set(cents: list[int], amount: int) -> None:
    sets = [
        (0, *chosen)
        for size in range(1, 6)
        for chosen in combinations(range(1, len(cents)), size)
        if cents[0] + sum(cents[place] for place in chosen) == amount
    ]
    found = unique_sum(amount, cents, needed=0)
    assert (found.members if found else None) == (sets[0] if len(sets) == 1 else None)


def test_too_many_open_payments_are_not_searched() -> None:
    cents = [1 << place for place in range(MOST_OPEN + 1)]
    assert unique_sum(3, cents[:MOST_OPEN]) is not None
    assert unique_sum((1 << MOST_OPEN) + 1, cents) is None


def test_an_amount_that_many_sets_come_near_is_hit_by_chance_more_often() -> None:
    few, many = unique_sum(100_000, [60_000, 40_000]), unique_sum(1_000, [600, 400, 301, 302, 303, 205])
    assert few is not None
    assert many is not None
    assert few.by_chance < many.by_chance

"""Each error changes what it says, by one step, and leaves alone what it cannot change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from training.simulate.draws import Draws
from training.simulate.paper import typing_noise

Change = Callable[[Draws, str], str]


def seen(change: Change, text: str) -> set[str]:
    draws = Draws(1, "noise")
    return {change(draws, text) for _ in range(300)}


@pytest.mark.parametrize(
    ("change", "text", "results"),
    [
        (typing_noise.transposed, "1123", {"1213", "1132"}),
        (typing_noise.misread, "7-O", {"1-O", "7-0", "7-Q"}),
        (typing_noise.wrong_digit, "A7", {f"A{digit}" for digit in range(10) if digit != 7}),
        (typing_noise.misheard, "PHIL", {"PHIL"}),
        (typing_noise.misheard, "STEPHEN", {"STEFEN", "SDEPHEN"}),
        (typing_noise.nickname, "WILLIAM", {"BILL"}),
    ],
)
def test_an_error_gives_what_people_type_and_nothing_else(
    change: Change, text: str, results: set[str]
) -> None:
    assert seen(change, text) == results


def test_a_mistyped_name_keeps_its_first_letter_and_differs_by_one() -> None:
    names = seen(typing_noise.mistyped, "COX")
    assert {"CX", "CO", "COOX", "CIX", "COZ"} <= names
    assert all(name.startswith("C") and 2 <= len(name) <= 4 for name in names)


@pytest.mark.parametrize("change", [typing_noise.transposed, typing_noise.misread, typing_noise.wrong_digit,
                                    typing_noise.mistyped])  # fmt: skip
def test_what_an_error_cannot_change_stays(change: Change) -> None:
    assert seen(change, "") == {""}
    assert seen(change, "XX") == {"XX"}


def test_a_wrong_amount_keeps_its_sign_and_nothing_stays_nothing() -> None:
    draws = Draws(2, "noise")
    typed = [typing_noise.amount(draws, -12_345) for _ in range(5000)]
    assert 0.5 < sum(cents != -12_345 for cents in typed) / (5000 * typing_noise.AMOUNT_WRONG) < 1.6
    assert all(cents <= 0 for cents in typed)
    assert {typing_noise.amount(draws, 0) for _ in range(1000)} == {0}


def test_a_stated_share_of_the_days_is_wrong() -> None:
    draws = Draws(3, "noise")
    typed = [typing_noise.day(draws, date(2024, 3, 5)) for _ in range(5000)]
    assert 0.6 < sum(day != date(2024, 3, 5) for day in typed) / (5000 * typing_noise.DAY_WRONG) < 1.5
    assert date(2024, 5, 3) in typed

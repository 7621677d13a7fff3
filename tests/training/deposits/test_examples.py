"""What the model learns from: sure ties, altered, and nothing that it could not have known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from features.deposits.books import Books
from features.deposits.habits import sender
from features.errors import MissingDataError
from tests.support.deposit_builders import DAY
from tests.support.deposit_network import made_books
from training.deposits.examples import Example, examples
from training.deposits.fit import fit

END = DAY + timedelta(150)


@pytest.fixture(scope="module")
def books() -> Books:
    return made_books()


@pytest.fixture(scope="module")
def made(books: Books) -> list[Example]:
    return examples(books, before=END, seed=1)


def test_no_example_is_of_the_day_or_later(made: list[Example]) -> None:
    assert max(example.query.deposit.day for example in made) < END


def test_what_is_right_is_what_the_sure_ties_hold(books: Books, made: list[Example]) -> None:
    for example in made:
        if example.right is not None:
            assert example.right == tuple(
                sorted(member for place in example.query.own for member in books.ties[place])
            )


def test_numbers_are_whole_cut_and_missing(made: list[Example]) -> None:
    lengths = {
        len(example.query.deposit.trace_number) for example in made if not example.query.deposit.checks
    }
    assert lengths >= {0, 8, 10, 12}


def test_several_checks_are_a_lockbox_without_a_number(made: list[Example]) -> None:
    several = [
        example.query.deposit
        for example in made
        if len(example.right or ()) > 1 and example.query.deposit.checks
    ]
    assert several
    assert all(one.type == "lockbox" and not one.check_number for one in several)


def test_a_name_without_any_sure_tie_is_other_income(made: list[Example]) -> None:
    strange = [example for example in made if sender(example.query.deposit) == "CREEKSIDERENT"]
    assert strange
    assert all(example.right is None for example in strange)


def test_a_taken_payment_leaves_no_right_answer(made: list[Example]) -> None:
    taken = [example for example in made if example.query.hidden]
    assert taken
    assert all(example.right is None for example in taken)


def test_the_same_seed_makes_the_same_examples(books: Books, made: list[Example]) -> None:
    assert examples(books, before=END, seed=1) == made


def test_a_short_history_is_refused() -> None:
    with pytest.raises(MissingDataError, match="whole trace number"):
        fit(made_books(days=10))

"""A whole statement answered, and written as a table."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest

from features.deposits.anchors import Ties
from features.deposits.books import Books
from features.deposits.habits import sender
from models.deposit_match import Answer
from tests.support.deposit_network import made_books
from training.deposits.fit import fit
from training.deposits.match import answered
from training.deposits.output import COLUMNS, write_answers

LEAST = 0.99


@pytest.fixture(scope="module")
def books() -> Books:
    return made_books()


@pytest.fixture(scope="module")
def answers(books: Books) -> list[Answer]:
    return answered(books, fit(books))


def tied(answers: list[Answer]) -> Ties:
    return {
        place: answer.best.members
        for place, answer in enumerate(answers)
        if answer.best is not None and answer.confidence >= LEAST
    }


def test_missing_numbers_are_tied_by_the_rest(books: Books, answers: list[Answer]) -> None:
    found = tied(answers)
    hidden = [
        place
        for place, deposit in enumerate(books.deposits)
        if not deposit.trace_number and not deposit.checks and "HCCLAIMPMT" in deposit.company_name
    ]
    right = [place for place in hidden if place in found and _same_money(books, place, found[place])]
    assert len(right) >= 0.8 * len(hidden) > 0
    assert all(_same_money(books, place, members) for place, members in found.items())


def test_other_income_is_left_alone(books: Books, answers: list[Answer]) -> None:
    found = tied(answers)
    assert not [place for place in found if sender(books.deposits[place]) == "CREEKSIDERENT"]


def test_every_deposit_has_a_row_and_an_untied_one_says_why(
    books: Books, answers: list[Answer], tmp_path: Path
) -> None:
    write_answers(tmp_path / "out.csv", books, answers, least=LEAST)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert {row["bank_reference"] for row in rows} == {deposit.reference for deposit in books.deposits}
    assert all(row["evidence"] for row in rows)
    empty = [row for row in rows if not row["trace_number"]]
    assert len(empty) == len(books.deposits) - len(tied(answers))
    assert all(row["evidence"].startswith(("no announced", "none of", "not sure")) for row in empty)


def test_nearly_all_announced_money_is_found(books: Books, answers: list[Answer]) -> None:
    money = list(itertools.chain.from_iterable(tied(answers).values()))
    assert len(set(money)) >= 0.95 * len(books.payments)


def _same_money(books: Books, place: int, members: tuple[int, ...]) -> bool:
    """Amounts of the made-up payers are random, so the same to the cent is the same payment."""
    return sum(books.payments[member].cents for member in members) == books.deposits[place].cents

"""A whole statement answered: what is sure first, then the rest in the light of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from features.deposits.anchors import Ties, anchors
from features.deposits.books import Books, Query
from features.deposits.payments import announced
from features.deposits.statement import FILE, read_deposits
from models.deposit_match import Answer, DepositMatchModel
from training.datasets import Dataset

BELIEVED = 0.99  # confidence from which a tie is evidence about other deposits: a payment's money comes once
ROUNDS = 2


def books_of(folder: Path, dataset: Dataset) -> Books:
    """The statement of a folder against all that was announced. Raises what ``read_deposits`` raises."""
    deposits = read_deposits(folder / FILE)
    payments = announced(dataset.remittances, dataset.paper, dataset.stubs)
    return Books(deposits, payments, anchors(deposits, payments))


def answered(books: Books, model: DepositMatchModel) -> list[Answer]:
    """An answer a deposit, in the statement's order.

    Answers believed in one round are evidence in the next. Two deposits may still be tied to one payment: a payment
    may come twice, and then both deposits deserve a look.
    """
    queries = [Query(deposit, frozenset([place])) for place, deposit in enumerate(books.deposits)]
    books.settle(books.ties)
    answers = model.answers(books, queries)
    for _ in range(ROUNDS - 1):
        books.settle({**_believed(answers), **books.ties})
        answers = model.answers(books, queries)
    return answers


def _believed(answers: Sequence[Answer]) -> Ties:
    return {
        place: answer.best.members
        for place, answer in enumerate(answers)
        if answer.best is not None and answer.confidence >= BELIEVED
    }

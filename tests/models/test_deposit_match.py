"""The deposit-match model: one distribution a deposit, and the same answers after it was saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from features.deposits.books import Books, Query
from features.errors import ModelFileError
from models.deposit_match import DepositMatchModel
from models.files import save_parts
from tests.support.deposit_network import made_books
from training.deposits.fit import fit


@pytest.fixture(scope="module")
def books() -> Books:
    return made_books()


@pytest.fixture(scope="module")
def model(books: Books) -> DepositMatchModel:
    return fit(books)


def queries(books: Books) -> list[Query]:
    return [Query(deposit, frozenset([place])) for place, deposit in enumerate(books.deposits)]


def test_best_runner_up_and_none_never_exceed_certainty(books: Books, model: DepositMatchModel) -> None:
    for answer in model.answers(books, queries(books)):
        assert 0.0 <= answer.runner_up_confidence <= max(answer.confidence, answer.none) <= 1.0
        assert answer.confidence + answer.runner_up_confidence + answer.none <= 1.0 + 1e-9


def test_a_deposit_without_a_candidate_has_no_best(books: Books, model: DepositMatchModel) -> None:
    alone = replace(books.deposits[0], cents=1, trace_number="")
    (answer,) = model.answers(books, [Query(alone)])
    assert (answer.best, answer.confidence, answer.none) == (None, 0.0, 1.0)


def test_two_payments_that_nothing_tells_apart_share_alike(model: DepositMatchModel) -> None:
    books = made_books(days=30)
    asked, place = replace(books.deposits[0], trace_number=""), 0
    twin = replace(books.payments[place], trace_number="999990000009", key="999990000009")
    payments = [*books.payments, twin]
    (answer,) = model.answers(Books([], payments, {}), [Query(asked)])
    assert answer.confidence == pytest.approx(answer.runner_up_confidence)
    assert answer.margin == pytest.approx(0.0, abs=1e-9) or answer.none > answer.confidence


def test_a_saved_model_answers_the_same(books: Books, model: DepositMatchModel, tmp_path: Path) -> None:
    version = model.save(tmp_path)
    assert model.save(tmp_path) == version
    asked = queries(books)[:50]
    assert DepositMatchModel.load(tmp_path).answers(books, asked) == model.answers(books, asked)


def test_a_model_of_other_features_is_refused(model: DepositMatchModel, tmp_path: Path) -> None:
    save_parts(
        tmp_path,
        kind="deposit-match",
        manifest={"features": ["days"]},
        boosters={"pairs": model.booster},
        arrays={},
    )
    with pytest.raises(ModelFileError, match="other features"):
        DepositMatchModel.load(tmp_path)


def test_money_that_went_out_is_tied_to_nothing(books: Books, model: DepositMatchModel) -> None:
    (answer,) = model.answers(books, [Query(replace(books.deposits[0], cents=-books.deposits[0].cents))])
    assert answer.none > answer.confidence

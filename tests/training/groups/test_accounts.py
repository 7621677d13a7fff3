"""Whom a check pays, by the account that it went to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from features.stubs import Stub
from features.x12.records import Source
from tests.support.builders import make_remittance
from training.datasets import Dataset
from training.groups.accounts import Credit, payees_of, read_credits

CAME = date(2024, 4, 5)
STUB = Stub("S1", CAME, CAME, "0077", "PLAN", Decimal(50), None, None, False, (), None, None, Source("s"))
TRANSFER = Credit(date(2024, 4, 1), "111", Decimal(10), "TRN-1", "")
REMITTED = make_remittance(trace_number="TRN-1", payee_npi="1234567893")


def check(day: date = CAME, amount: Decimal = Decimal(50), number: str = "77") -> Credit:
    """A check at the bank."""
    return Credit(day, "111", amount, "", number)


def test_the_account_of_the_check_tells_the_payee() -> None:
    assert payees_of([STUB], [TRANSFER, check()], [REMITTED]) == {"S1": "1234567893"}


def test_a_check_that_is_at_the_bank_later_tells_nothing_yet() -> None:
    assert payees_of([STUB], [TRANSFER, check(day=date(2024, 4, 6))], [REMITTED]) == {}


def test_another_amount_is_another_check() -> None:
    assert payees_of([STUB], [TRANSFER, check(amount=Decimal(51))], [REMITTED]) == {}


def test_an_account_that_nobody_is_known_to_own_tells_nothing() -> None:
    assert payees_of([STUB], [check()], [REMITTED]) == {}


def test_the_statement_of_a_folder_is_read(simulated: Path, dataset: Dataset) -> None:
    credits_ = read_credits(simulated)
    assert credits_
    assert set(payees_of(dataset.stubs, credits_, dataset.remittances)) <= {
        stub.stub_id for stub in dataset.stubs
    }


def test_a_folder_without_a_statement_has_none(tmp_path: Path) -> None:
    assert read_credits(tmp_path) == []

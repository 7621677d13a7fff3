"""What a person reads beside a tie."""

from __future__ import annotations

import pytest

from features.deposits.evidence import deposit_evidence
from features.deposits.statement import Deposit
from tests.support.deposit_builders import deposit, payment


@pytest.mark.parametrize(
    ("asked", "field", "agreement"),
    [
        (deposit(), "trace_number", "exact"),
        (deposit(trace_number="000000123450000001"), "trace_number", "normalised"),
        (deposit(trace_number="1234500000"), "trace_number", "similar"),
        (deposit(trace_number=""), "trace_number", "absent"),
        (deposit(trace_number="987654321000"), "trace_number", "conflict"),
        (deposit(), "amount", "exact"),
        (deposit(cents=9_999), "amount", "conflict"),
        (deposit(), "date", "exact"),
        (deposit(company_id="9903592894"), "company_id", "conflict"),
        (deposit(company_name="HEALTHREMIT SERV"), "company_name", "conflict"),
        (deposit(), "company_name", "similar"),
    ],
)
def test_each_field_says_how_it_agrees(asked: Deposit, field: str, agreement: str) -> None:
    found = {one.field: one for one in deposit_evidence(asked, [payment()])}
    assert found[field].agreement == agreement


def test_the_amount_of_several_payments_is_their_sum() -> None:
    both = [payment(), payment("123450000002", cents=2_550)]
    amount = deposit_evidence(deposit(cents=12_550), both)[1]
    assert (amount.payment_value, amount.agreement) == ("125.50", "exact")


def test_checks_come_in_nobodys_name() -> None:
    fields = [
        one.field for one in deposit_evidence(deposit(type="check", check_number="7012345"), [payment()])
    ]
    assert fields == ["trace_number", "amount", "date"]

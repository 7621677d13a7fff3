"""Deposits and announced payments for tests, alike but for what a test names."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import replace

from features.deposits.payments import Payment
from features.deposits.statement import Deposit
from features.match_keys import normalised

DAY = date(2024, 3, 4)
DEPOSIT = Deposit("D1", DAY, "5786", "ach", 10_000, "123450000001", "BLUE RIVER HCCLAIMPMT", "1936897425", "")
PAYMENT = Payment(
    "123450000001", "123450000001", 10_000, DAY, "BLUERIVER", "BLUE RIVER", "1285922823", "1936897425", False, "835"
)  # fmt: skip


def deposit(**changes: Any) -> Deposit:
    """A transfer of 100.00 that shows all there is."""
    return replace(DEPOSIT, **changes)


def payment(trace: str = PAYMENT.trace_number, **changes: Any) -> Payment:
    """The payment behind it."""
    return replace(PAYMENT, trace_number=trace, key=normalised(trace), **changes)

"""A statement of made-up payers, large enough to learn from: most deposits are sure ties, some are not."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from features.deposits.anchors import anchors
from features.deposits.books import Books
from features.deposits.payments import Payment
from features.deposits.statement import Deposit
from tests.support.deposit_builders import DAY, deposit, payment

PAYERS = ("BLUE RIVER", "AMBER LIFE", "SELECT ONE")


def made_books(*, days: int = 200, seed: int = 3) -> Books:
    """Three payers' transfers and one's checks a day; every tenth trace number is missing, and strangers pay, too."""
    generator = np.random.default_rng(seed)
    deposits: list[Deposit] = []
    payments: list[Payment] = []
    for number in range(days):
        day = DAY + timedelta(number)
        for place, name in enumerate(PAYERS):
            trace, amount = f"{place + 1}2345{number:07d}", int(generator.integers(1_000, 90_000))
            sent = {"originator": f"1{place}00000000", "payer": name.replace(" ", ""), "payer_name": name}
            payments.append(payment(trace, cents=amount, day=day, **sent))
            shown = "" if generator.random() < 0.1 else trace
            deposits.append(
                _deposit(len(deposits), day, amount, trace_number=shown, company_name=f"{name} HCCLAIMPMT")
            )
        check, amount = f"77345{number:06d}", int(generator.integers(1_000, 90_000))
        payments.append(payment(check, cents=amount, day=day, check=True, originator="", payer="PAPERS"))
        shown_check = {
            "type": "check",
            "check_number": check,
            "trace_number": "",
            "company_name": "REMOTE DEPOSIT",
        }
        deposits.append(_deposit(len(deposits), day + timedelta(2), amount, **shown_check))
        if number % 7 == 0:
            rent = int(generator.integers(1_000, 90_000))
            deposits.append(
                _deposit(len(deposits), day, rent, trace_number="", company_name="CREEKSIDE RENT")
            )
    return Books(deposits, payments, anchors(deposits, payments))


def _deposit(number: int, day: object, cents: int, **changes: str) -> Deposit:
    return deposit(reference=f"D{number}", day=day, cents=cents, company_id="", **changes)

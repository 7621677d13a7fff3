"""What was posted to a claim before: known from the day after, to nobody earlier, and never a payment's own."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import numpy as np

from features.match_columns import payment_columns
from features.match_history import HISTORY, Earlier, history_columns
from features.x12.records import ClaimPayment
from tests.support.builders import make_claim, make_claim_payment
from training.match_history import Ledger, known_postings

DAY = date(2024, 4, 2)


def paid_on(day: date, **values: object) -> ClaimPayment:
    return msgspec.structs.replace(make_claim_payment(payment_date=day), **values)


def one_row(payment: ClaimPayment, earlier: tuple[Earlier, ...] | None) -> dict[str, float]:
    columns = history_columns(
        payment_columns([payment]), [payment.status], np.zeros(1, dtype=np.intp), [earlier]
    )
    return {name: float(columns[name][0]) for name in HISTORY}


def test_a_payment_sees_what_was_posted_before_its_day_and_nothing_else() -> None:
    claim = make_claim()
    days = [DAY, DAY, DAY + timedelta(1), DAY + timedelta(5)]
    payments = [paid_on(day, payer_claim_number=f"ICN{place}") for place, day in enumerate(days)]
    posted_on = [DAY + timedelta(1), DAY, DAY + timedelta(2), DAY + timedelta(6)]
    known = known_postings(payments, [(claim,)] * 4, [claim.claim_id or ""] * 4, posted_on)
    numbers = [{posted.number for posted in row[0]} for row in known]
    assert numbers == [set(), set(), {"ICN1"}, {"ICN0", "ICN1", "ICN2"}]


def test_what_was_posted_to_no_claim_of_ours_is_remembered_of_none() -> None:
    ledger = Ledger()
    ledger.post(make_claim_payment(), "")
    assert ledger.of([make_claim(claim_id="")]) == ((),)


def test_unknown_postings_are_not_the_same_as_none() -> None:
    payment = make_claim_payment()
    assert all(np.isnan(value) for value in one_row(payment, None).values())
    assert set(one_row(payment, ()).values()) == {0.0}


def test_a_reversal_meets_the_payment_that_it_undoes() -> None:
    first = make_claim_payment(status="1")
    reversal = make_claim_payment(status="22", paid=-first.paid if first.paid else None)
    row = one_row(reversal, (Earlier.of(first),))
    assert (row["posted_before"], row["number_before"], row["undoes_before"]) == (1, 1, 1)
    after = one_row(first, (Earlier.of(first), Earlier.of(reversal)))
    assert (after["posted_before"], after["repeats_before"]) == (0, 1)


def test_another_payer_counts_apart() -> None:
    other = make_claim_payment(payer_id="ELSE1", payer_claim_number="Z9")
    row = one_row(make_claim_payment(), (Earlier.of(other),))
    assert (row["posted_before"], row["posted_by_others"], row["number_before"]) == (0, 1, 0)

"""What became of a claim, as a biller would say it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from features.x12.records import Adjustment, Claim, ClaimPayment
from tests.support.builders import make_claim, make_claim_payment, make_payment_line
from training.datasets import Dataset
from training.fidelity.folder import slim_claim, slim_payment
from training.fidelity.histories import History, followed, histories

LAST_DAY = make_claim_payment(claim_id="OTHER", payer_claim_number="X", payment_date=date(2024, 12, 31))
MAY = date(2024, 5, 20)


def told(*payments: ClaimPayment, claims: tuple[Claim, ...] = (make_claim(),)) -> list[History]:
    dataset = Dataset(
        claims=tuple(map(slim_claim, claims)),
        claim_payments=tuple(map(slim_payment, (*payments, LAST_DAY))),
        remittances=(),
        acknowledgments=(),
        postings=(),
        problems=0,
        digest="",
    )
    return histories(dataset)


def denied(reason: str = "197", **changes: Any) -> ClaimPayment:
    refused = {"status": "4", "paid": Decimal(0), "lines": ()}
    adjustments = (Adjustment("CO", reason, Decimal(275)),)
    return make_claim_payment(**{**refused, "adjustments": adjustments, **changes})


def test_a_paid_claim_was_answered_after_so_many_days_and_not_denied() -> None:
    [history] = told(make_claim_payment())
    assert (history.days, history.denied, history.paid_later) == (19, False, None)


def test_a_denial_has_the_category_of_its_first_reason() -> None:
    [history] = told(denied("252"))
    assert history.reason == "documentation requested"


def test_a_denial_of_one_line_survives_that_lines_are_dropped_on_reading() -> None:
    line = make_payment_line(paid=Decimal(0), adjustments=(Adjustment("CO", "50", Decimal(150)),))
    [history] = told(make_claim_payment(lines=(line,)))
    assert history.reason == "medical necessity"


def test_a_reversal_and_a_correction_overturn_a_denial() -> None:
    reversal = denied(status="22", payment_date=MAY)
    [history] = told(denied(), reversal, make_claim_payment(payment_date=MAY, payer_claim_number="ICN2"))
    assert (history.denied, history.paid_later, history.again) == (True, MAY, False)


def test_a_replacement_that_is_paid_overturns_the_denial_of_the_claim_that_it_names() -> None:
    replacement = make_claim(
        claim_id="A-1001R", frequency="7", original_reference="ICN900001", submitted=date(2024, 4, 20)
    )
    answer = make_claim_payment(claim_id="A-1001R", payer_claim_number="ICN2", payment_date=MAY)
    [history] = told(denied(), answer, claims=(make_claim(), replacement))
    assert (history.again, history.again_paid, history.paid_later) == (True, True, MAY)


def test_the_replacement_of_a_replacement_counts_for_the_first_claim() -> None:
    second = make_claim(
        claim_id="R1", frequency="7", original_reference="ICN900001", submitted=date(2024, 4, 20)
    )
    third = make_claim(claim_id="R2", frequency="7", original_reference="ICN2", submitted=date(2024, 5, 1))
    refused = denied(claim_id="R1", payer_claim_number="ICN2", payment_date=date(2024, 4, 28))
    answer = make_claim_payment(claim_id="R2", payer_claim_number="ICN3", payment_date=MAY)
    [history] = told(denied(), refused, answer, claims=(make_claim(), second, third))
    assert (history.again_paid, history.paid_later) == (True, MAY)


def test_a_replacement_without_the_payers_number_belongs_to_no_claim() -> None:
    stray = make_claim(claim_id="R1", frequency="7", original_reference=None, submitted=date(2024, 4, 20))
    [history] = told(denied(payer_claim_number=None), claims=(make_claim(), stray))
    assert not history.again


def test_a_second_denial_overturns_nothing() -> None:
    [history] = told(denied(), denied(payment_date=MAY, payer_claim_number="ICN2"))
    assert history.paid_later is None


def test_what_another_payer_pays_later_overturns_nothing() -> None:
    [history] = told(denied(), make_claim_payment(status="2", payment_date=MAY))
    assert history.paid_later is None


def test_a_correction_that_pays_no_more_than_the_partial_denial_overturns_nothing() -> None:
    partial = denied("197", status="1", paid=Decimal(168))
    [history] = told(partial, make_claim_payment(payment_date=MAY, payer_claim_number="ICN2"))
    assert (history.denied, history.paid_later) == (True, None)


def test_a_payment_that_is_sent_again_is_no_second_payment() -> None:
    partial = denied("197", status="1", paid=Decimal(168))
    [history] = told(partial, denied("197", status="1", paid=Decimal(168), payment_date=MAY))
    assert history.paid_later is None


@pytest.mark.parametrize(
    "claim",
    [
        make_claim(payer_sequence="S"),
        make_claim(frequency="7"),
        make_claim(frequency="8"),
        make_claim(submitted=None),
        make_claim(submitted=date(2024, 10, 10)),
    ],
    ids=["secondary", "replacement", "void", "undated", "too young"],
)
def test_these_claims_do_not_count(claim: Claim) -> None:
    assert told(make_claim_payment(payment_date=date(2024, 10, 30)), claims=(claim,)) == []


@pytest.mark.parametrize(
    ("transaction", "facility", "setting"),
    [("837P", "11", "professional"), ("837I", "11", "inpatient"), ("837I", "13", "outpatient")],
)
def test_the_setting_is_told_by_the_transaction_and_the_facility_code(
    transaction: str, facility: str, setting: str
) -> None:
    [history] = told(
        make_claim_payment(), claims=(make_claim(transaction=transaction, facility_code=facility),)
    )
    assert history.setting == setting


def test_a_denial_is_followed_only_where_a_correction_had_time() -> None:
    found = told(denied())
    assert followed(found, date(2024, 12, 31), 180) == found
    assert followed(found, date(2024, 9, 1), 180) == []

"""How findings become one probability, and what the lane of an invoice depends on."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from features.invoices.cases import assess
from features.invoices.columns import encode
from models.invoices.anomalies import InvoiceScore, as_reasons, combined, missing, routing_input
from models.policy import load_policy
from models.routing import Lane, route
from tests.support.invoice_builders import DAY, book_of, invoice, invoice_line, order_line, receipt

CLEAN = assess(book_of(order_line(), receipt()), invoice())
DEAR = assess(book_of(order_line()), invoice([invoice_line(price="52.00")]))


def test_an_invoice_without_findings_has_the_base_rate() -> None:
    odds = combined([CLEAN], np.zeros(0), encode([CLEAN]), 0.01)
    assert 1 / (1 + np.exp(-odds[0])) == pytest.approx(0.01)


def test_each_family_of_findings_adds_to_the_probability() -> None:
    assert [finding.code for finding in DEAR.findings] == ["price", "not-received"]
    odds = combined([DEAR], np.array([0.5, 0.2]), encode([DEAR]), 0.0)
    assert 1 / (1 + np.exp(-odds[0])) == pytest.approx(0.6)


def test_columns_without_evidence_are_not_known() -> None:
    rows = encode([CLEAN, DEAR])
    assert rows.starts.tolist() == [0, 0, 2]
    assert np.isnan(rows.values).any(axis=1).all()


def test_an_order_that_is_not_known_is_missing() -> None:
    assert missing(assess(book_of(), invoice())) == ("purchase_order",)
    assert missing(CLEAN) == ()


@pytest.mark.parametrize(
    ("total", "lane", "code"),
    [("420.00", Lane.REVIEW, "no-certificate"), ("10000.00", Lane.ESCALATE, "finance-approval"),
     ("-420.00", Lane.REVIEW, "amount-unknown")],
)  # fmt: skip
def test_the_policy_sends_large_invoices_to_finance_and_credit_notes_to_a_person(
    total: str, lane: Lane, code: str
) -> None:
    case = assess(book_of(order_line(), receipt(), invoice()), invoice(voucher="V9", total=Decimal(total)))
    score = InvoiceScore(probability=0.01, low=0.0, high=0.02, findings=())
    item = routing_input(case, score)
    routed = route(item, policy=load_policy(), certificates=(), model_version="v", at=DAY)
    assert routed.lane is lane
    assert code in [reason.code for reason in routed.reasons]


def test_an_invoice_that_is_rather_wrong_proposes_nothing() -> None:
    score = InvoiceScore(probability=0.7, low=0.6, high=0.8, findings=())
    assert not routing_input(CLEAN, score).proposes_action


def test_reasons_are_the_findings_in_their_order() -> None:
    assert [reason.code for reason in as_reasons(DEAR.findings, most=1)] == ["price"]

"""What came on paper, for tests: a typed row and a check with its stub, as their readers give them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from features.postings import Posting
from features.stubs import Stub
from features.x12.records import ClaimPayment, Source
from tests.support.builders import make_claim_payment

PAPER_HEADER = (
    "row_id,typed_date,check_number,payer_name,patient_name,member_id,claim_number,service_date,billed,allowed,"
    "paid,patient_responsibility,denial_code,typed_by"
)
STUB_HEADER = (
    "stub_id,received_date,stub_date,check_number,payer_name,amount,patient_name,account_or_reference,memo"
)
PAYER, PAYER_ID = "HARBOUR HEALTH PLAN", "PAY01"
"""A payer is known by the name in the claims that were sent to it."""


def make_paper(**changes: Any) -> ClaimPayment:
    """A row of 200 with the claim's number and its check."""
    payment = make_claim_payment(
        trace_number="835310000063",
        payment_date=date(2024, 4, 9),
        payer_name=PAYER,
        payer_id=None,
        claim_id="AB-100100",
        payer_claim_number=None,
        status=None,
        charge=Decimal("275.00"),
        paid=Decimal("200.00"),
        lines=(),
        source=Source("paper.csv", transaction="P1", segment=2),
        channel="paper",
    )
    return msgspec.structs.replace(payment, **changes)


def make_stub(**changes: Any) -> Stub:
    """A check of 200 that says nothing but its number."""
    stub = Stub(
        stub_id="S1",
        received_date=date(2024, 4, 9),
        stub_date=date(2024, 4, 2),
        check_number="835310000063",
        payer_name=PAYER,
        amount=Decimal("200.00"),
        patient_last=None,
        patient_first=None,
        several=False,
        references=(),
        service_from=None,
        claims=None,
        source=Source("stubs.csv", transaction="S1", segment=2),
    )
    return msgspec.structs.replace(stub, **changes)


def make_posting(**changes: Any) -> Posting:
    """The clerk's row for ``make_paper()``, and for ``make_stub()``."""
    posting = Posting(
        posting_date=date(2024, 4, 12),
        trace_number="835310000063",
        payer_id=PAYER_ID,
        remittance_claim_id="AB-100100",
        payer_claim_number="ICN7000001",
        status="1",
        amount=Decimal("200.00"),
        posted_claim_id="A-1001",
        posted_by="APARK",
    )
    return msgspec.structs.replace(posting, **changes)

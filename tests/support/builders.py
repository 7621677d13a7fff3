"""Linked records for tests: a claim and the claim payment that answers it, realistic where nothing else is asked.

``make_claim()`` is an office visit and a knee X-ray, submitted nine days after the service; ``make_claim_payment()``
pays it in full but for the contractual write-off and the patient's coinsurance. Both balance. Any field is changed
by its name, and an unknown name fails at once:

>>> make_claim(claim_id="B-7").claim_id, make_claim_payment(status="22").status
('B-7', '22')
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from features.x12.records import (
    Adjustment,
    Claim,
    ClaimLine,
    ClaimPayment,
    PaymentLine,
    Remittance,
    Source,
)

CLAIM_FILE = "claims/2024-03-14-professional.837"
REMITTANCE_FILE = "remittances/2024-04-02-PAY01.835"


def make_claim_line(**changes: Any) -> ClaimLine:
    """An office visit billed at 150."""
    line = ClaimLine(
        number=1,
        procedure="99213",
        modifiers=("25",),
        revenue_code=None,
        charge=Decimal("150.00"),
        units=Decimal(1),
        service_from=date(2024, 3, 5),
        service_to=date(2024, 3, 5),
        control_number="A-1001-1",
        diagnosis_pointers=(1,),
        place_of_service="11",
    )
    return msgspec.structs.replace(line, **changes)


def make_claim(**changes: Any) -> Claim:
    """A professional claim of 275 over two lines, which ``make_claim_payment()`` answers."""
    claim = Claim(
        transaction="837P",
        claim_id="A-1001",
        charge=Decimal("275.00"),
        frequency="1",
        facility_code="11",
        payer_sequence="P",
        filing_indicator="CI",
        payer_name="LAKESIDE HEALTH PLAN",
        payer_id="PAY01",
        subscriber_id="W123456789",
        subscriber_last="DOE",
        subscriber_first="JANE",
        patient_last="DOE",
        patient_first="JANE",
        patient_birth_date=date(1970, 6, 15),
        patient_sex="F",
        group_number="GRP77",
        billing_name="NORTH CLINIC",
        billing_npi="1234567893",
        billing_taxonomy="207Q00000X",
        rendering_npi="1245319599",
        prior_authorization=None,
        referral=None,
        original_reference=None,
        submitted=date(2024, 3, 14),
        service_from=date(2024, 3, 5),
        service_to=date(2024, 3, 5),
        admitted=None,
        diagnoses=("M25561", "E119"),
        lines=(
            make_claim_line(),
            make_claim_line(
                number=2,
                procedure="73562",
                modifiers=(),
                charge=Decimal("125.00"),
                control_number="A-1001-2",
            ),
        ),
        prior_payers=(),
        source=Source(file=CLAIM_FILE, interchange="000000101", group="101", transaction="0001", segment=22),
    )
    return msgspec.structs.replace(claim, **changes)


def make_payment_line(**changes: Any) -> PaymentLine:
    """The payer's answer to ``make_claim_line()``: 110 allowed, 22 of it the patient's."""
    line = PaymentLine(
        procedure="99213",
        modifiers=("25",),
        original_procedure=None,
        revenue_code=None,
        charge=Decimal("150.00"),
        paid=Decimal("88.00"),
        units=Decimal(1),
        service_from=date(2024, 3, 5),
        service_to=date(2024, 3, 5),
        control_number="A-1001-1",
        allowed=Decimal("110.00"),
        adjustments=(
            Adjustment("CO", "45", Decimal("40.00")),
            Adjustment("PR", "2", Decimal("22.00")),
        ),
        remarks=(),
        balanced=True,
    )
    return msgspec.structs.replace(line, **changes)


def make_claim_payment(**changes: Any) -> ClaimPayment:
    """The payer's answer to ``make_claim()``: nothing denied, 168 of 275 paid."""
    payment = ClaimPayment(
        trace_number="TRN0000042",
        payment_date=date(2024, 4, 2),
        payer_name="LAKESIDE HEALTH PLAN",
        payer_id="PAY01",
        payee_npi="1234567893",
        claim_id="A-1001",
        status="1",
        charge=Decimal("275.00"),
        paid=Decimal("168.00"),
        patient_responsibility=Decimal("42.00"),
        filing_indicator="CI",
        payer_claim_number="ICN900001",
        facility_code="11",
        frequency="1",
        patient_last="DOE",
        patient_first="JANE",
        subscriber_id="W123456789",
        rendering_npi="1245319599",
        service_from=date(2024, 3, 5),
        service_to=date(2024, 3, 5),
        adjustments=(),
        remarks=(),
        lines=(
            make_payment_line(),
            make_payment_line(
                procedure="73562",
                modifiers=(),
                charge=Decimal("125.00"),
                paid=Decimal("80.00"),
                control_number="A-1001-2",
                allowed=Decimal("100.00"),
                adjustments=(
                    Adjustment("CO", "45", Decimal("25.00")),
                    Adjustment("PR", "2", Decimal("20.00")),
                ),
            ),
        ),
        balanced=True,
        source=Source(
            file=REMITTANCE_FILE, interchange="000000202", group="202", transaction="0001", segment=17
        ),
    )
    return msgspec.structs.replace(payment, **changes)


def make_remittance(**changes: Any) -> Remittance:
    """The payment that holds ``make_claim_payment()`` and nothing else."""
    remittance = Remittance(
        payment_amount=Decimal("168.00"),
        credit_debit="C",
        method="ACH",
        payment_date=date(2024, 4, 2),
        trace_number="TRN0000042",
        originator="1999999999",
        production_date=date(2024, 4, 1),
        payer_name="LAKESIDE HEALTH PLAN",
        payer_id="PAY01",
        payee_name="NORTH CLINIC",
        payee_npi="1234567893",
        claim_payments=1,
        provider_adjustments=(),
        balanced=True,
        source=Source(
            file=REMITTANCE_FILE, interchange="000000202", group="202", transaction="0001", segment=3
        ),
    )
    return msgspec.structs.replace(remittance, **changes)

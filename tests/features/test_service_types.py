"""Service types of claims and payments: a table that a biller can read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from features.service_types import SERVICE_TYPES, service_type
from tests.support.builders import make_claim, make_claim_line, make_claim_payment, make_payment_line


def lines(*services: tuple[str | None, str | None, int]) -> tuple[Any, ...]:
    """Lines of procedure, revenue code and charge."""
    return tuple(
        make_claim_line(number=number, procedure=procedure, revenue_code=revenue, charge=Decimal(charge))
        for number, (procedure, revenue, charge) in enumerate(services, start=1)
    )


# transaction, facility code, lines, service type
CLAIMS = [
    ("837P", "11", lines(("99213", None, 150)), "office"),
    ("837P", "21", lines(("99223", None, 300)), "inpatient"),
    ("837P", "22", lines(("99213", None, 150)), "outpatient"),
    ("837P", "10", lines(("99213", None, 150)), "telehealth"),
    ("837P", "12", lines(("99348", None, 150)), "home"),
    ("837P", "23", lines(("12001", None, 400)), "emergency"),
    ("837P", "11", lines(("99284", None, 400), ("70450", None, 900)), "emergency"),
    ("837P", "21", lines(("27447", None, 5000)), "surgery"),
    ("837P", "11", lines(("99213", None, 150), ("72148", None, 1250)), "imaging"),
    ("837P", "11", lines(("99213", None, 150), ("85025", None, 20)), "office"),
    ("837P", "81", lines(("80053", None, 50)), "laboratory"),
    ("837P", "11", lines(("97110", None, 90)), "therapy"),
    ("837P", "11", lines(("J9271", None, 9000), ("96413", None, 300)), "drugs"),
    ("837P", "11", lines(("90837", None, 180)), "behavioral-health"),
    ("837P", "12", lines(("E0601", None, 700)), "equipment"),
    ("837P", "41", lines(("A0429", None, 800)), "transport"),
    ("837P", "11", lines(("93000", None, 60)), "office"),  # cardiology has no type of its own
    ("837P", None, lines(("99213", None, 150)), None),
    ("837P", "11", (), "office"),
    ("837I", "11", lines((None, "0120", 9000), (None, "0450", 900)), "inpatient"),
    ("837I", "11", lines(("27447", "0360", 50000)), "inpatient"),
    ("837I", "21", lines((None, "0022", 0)), "inpatient"),
    ("837I", "13", lines((None, "0120", 900)), "inpatient"),  # room and board says more than the type of bill
    ("837I", "13", lines(("99284", "0450", 900), ("70450", "0351", 1800)), "emergency"),
    ("837I", "13", lines((None, "450", 900)), "emergency"),
    ("837I", "13", lines(("45378", "0750", 2100)), "surgery"),
    ("837I", "13", lines((None, "0351", 1800)), "imaging"),
    ("837I", "13", lines(("G0463", "0510", 200)), "outpatient"),
    ("837I", "72", lines(("90999", "0821", 500)), "dialysis"),
    ("837I", "32", lines(("G0299", "0551", 500)), "home"),
    ("837I", None, lines((None, "0510", 200)), "outpatient"),
    ("837D", "11", lines(("D2740", None, 900)), "dental"),
]


@pytest.mark.parametrize(("transaction", "facility", "services", "expected"), CLAIMS)
def test_a_claim_is_of_the_type_that_a_biller_would_name(
    transaction: str, facility: str | None, services: tuple[Any, ...], expected: str | None
) -> None:
    claim = make_claim(transaction=transaction, facility_code=facility, lines=services)
    assert service_type(claim) == expected
    assert expected is None or expected in SERVICE_TYPES


# facility code, procedure, revenue code: the same digits mean two things
PAYMENTS = [
    ("11", "99213", None, "office"),
    ("11", None, "0120", "inpatient"),
    ("21", "99223", None, "inpatient"),
    ("13", "99213", "0510", "outpatient"),
    ("13", "99348", None, "home"),
    ("24", "45378", None, "surgery"),
]


@pytest.mark.parametrize(("facility", "procedure", "revenue", "expected"), PAYMENTS)
def test_a_revenue_code_makes_the_facility_code_of_a_payment_a_type_of_bill(
    facility: str, procedure: str | None, revenue: str | None, expected: str
) -> None:
    line = make_payment_line(procedure=procedure, revenue_code=revenue)
    assert service_type(make_claim_payment(facility_code=facility, lines=(line,))) == expected


def test_of_lines_with_the_same_charge_the_first_decides() -> None:
    both = lines(("72148", None, 100), ("85025", None, 100))
    assert service_type(make_claim(facility_code="11", lines=both)) == "imaging"


def test_a_line_without_a_charge_counts_as_the_cheapest() -> None:
    services = (
        make_claim_line(procedure="72148", charge=None),
        make_claim_line(procedure="85025", charge=Decimal(1)),
    )
    assert service_type(make_claim(facility_code="11", lines=services)) == "laboratory"

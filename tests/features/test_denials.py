"""A denial as a biller reads it off a remittance."""

from __future__ import annotations

from decimal import Decimal

import pytest

from features.denial_codes import DENIALS, DENIALS_BY_CATEGORY, NO_DENIALS, NO_DENIALS_BY_CATEGORY
from features.denials import denial_reasons, is_denial, unknown_reasons
from features.x12.records import Adjustment, ClaimPayment
from tests.support.builders import make_claim_payment, make_payment_line


def remitted(claim_level: str = "", *lines: str, status: str = "1") -> ClaimPayment:
    """A claim payment whose adjustments are written like ``CO-45:40 PR-2:22``."""
    return make_claim_payment(
        status=status,
        adjustments=adjustments(claim_level),
        lines=tuple(make_payment_line(adjustments=adjustments(line)) for line in lines),
    )


def adjustments(text: str) -> tuple[Adjustment, ...]:
    found = []
    for word in text.split():
        code, _, amount = word.partition(":")
        group, _, reason = code.partition("-")
        found.append(Adjustment(group, reason, Decimal(amount)))
    return tuple(found)


# claim level             line 1                  line 2       CLP02  denial for
CASES = [
    ("", "CO-45:40", "PR-1:100", "1", ""),
    ("", "CO-45:40 PR-2:22", "PR-3:20", "1", ""),
    ("", "CO-253:1.76", "OA-23:88", "2", ""),
    ("", "CO-45:150", "CO-45:125", "1", ""),  # unpaid, yet no denial
    ("PR-1:275", "", "", "4", ""),  # status 4, but it is the deductible
    ("", "CO-197:150", "CO-45:25", "1", "CO-197"),  # one line is enough
    ("CO-29:275", "", "", "4", "CO-29"),
    ("CO-16:275", "", "", "1", "CO-16"),  # denied, whatever CLP02 says
    ("", "PR-96:150", "CO-197:125", "1", "PR-96 CO-197"),
    ("", "CO-97:150", "CO-97:125", "1", "CO-97"),
    ("", "OA-18:150", "PI-50:125", "4", "OA-18 PI-50"),
    ("", "CO-16:0", "CO-45:25", "1", ""),  # a remark without money
    ("CO-197:-275", "", "", "22", ""),  # a reversal takes back
    ("CO-197:275", "", "", "22", ""),
    ("CR-197:275", "", "", "1", ""),
    ("CO-197:275", "", "", "25", ""),  # a predetermination
    ("", "CO-999:150", "CO-45:25", "1", ""),  # unknown code, claim not denied
    ("", "CO-999:150", "CO-45:25", "4", "CO-999"),  # unknown code, claim denied
]


@pytest.mark.parametrize(("claim_level", "line_1", "line_2", "status", "expected"), CASES)
def test_a_denial_is_judged_by_group_and_reason(
    claim_level: str, line_1: str, line_2: str, status: str, expected: str
) -> None:
    payment = remitted(claim_level, line_1, line_2, status=status)
    assert denial_reasons(payment) == tuple(expected.split())
    assert is_denial(payment) is bool(expected)


def test_unknown_codes_are_named_once() -> None:
    assert unknown_reasons(remitted("", "CO-999:10 CO-45:5", "CO-999:3 PR-X7:1")) == ("CO-999", "PR-X7")


def test_no_code_stands_in_two_places() -> None:
    by_category = [
        codes for table in (DENIALS_BY_CATEGORY, NO_DENIALS_BY_CATEGORY) for codes in table.values()
    ]
    assert sum(len(codes) for codes in by_category) == len(DENIALS.keys() | NO_DENIALS.keys())

"""Payer classes by claim filing indicator."""

from __future__ import annotations

import pytest

from features.payer_classes import CLASS_OF_CODE, PAYER_CLASSES, payer_class

# SBR09 in the implementation guides of the 837 (005010X222A1, X223A2), and CLP06 in that of the 835.
OF_THE_GUIDES = (
    *("11", "12", "13", "14", "15", "16", "17"),
    *("AM", "BL", "CH", "CI", "DS", "FI", "HM", "LM", "MA", "MB", "MC", "OF", "TV", "VA", "WC", "ZZ"),
)


@pytest.mark.parametrize("code", OF_THE_GUIDES)
def test_every_code_of_the_implementation_guides_has_a_class(code: str) -> None:
    assert payer_class(code) in PAYER_CLASSES


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("MA", "medicare"),
        ("16", "medicare-advantage"),
        ("MC", "medicaid"),
        ("BL", "blue"),
        ("CI", "commercial"),
        ("12", "managed-care"),
        ("WC", "workers-compensation"),
        ("CH", "government-other"),
        (" bl ", "blue"),
        ("01", None),  # property conveyance: mortgage insurance
        ("", None),
    ],
)
def test_a_code_has_the_class_that_a_biller_would_name(code: str, expected: str | None) -> None:
    assert payer_class(code) == expected


def test_no_code_stands_in_two_classes() -> None:
    assert len(CLASS_OF_CODE) == 34

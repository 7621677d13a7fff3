"""Values as exports write them."""

from __future__ import annotations

import math
from datetime import date

import pytest

from features.records import cleaning


@pytest.mark.parametrize(
    "written",
    [
        "2001-03-04",
        "20010304",
        "03/04/2001",
        "4 Mar 2001",
        "March 4, 2001",
        "04-Mar-01",
        "2001-03-04T10:00:00",
    ],
)
def test_a_date_is_read_in_many_spellings(written: str) -> None:
    assert cleaning.day(written) == (date(2001, 3, 4) - date(1970, 1, 1)).days


def test_a_day_above_twelve_decides_which_part_is_the_month() -> None:
    assert cleaning.day("25/12/1999") == cleaning.day("12/25/1999") == cleaning.day("1999-12-25")


@pytest.mark.parametrize("written", ["", "soon", "19991399", "1999", "32.13.1999"])
def test_what_is_no_date_is_absent(written: str) -> None:
    assert math.isnan(cleaning.day(written))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("$1,299.00", 1299.0),
        ("1.299,50 EUR", 1299.5),
        ("£ 12", 12.0),
        ("-3.5", -3.5),
        ("($4.20)", -4.2),
        ("5.40 %", 5.4),
        (".99", 0.99),
        ("12,5", 12.5),
        ("1,200", 1200.0),
        ("2 for 5", 2.0),
    ],
)
def test_a_number_is_read_with_signs_and_marks(written: str, value: float) -> None:
    assert cleaning.number(written) == pytest.approx(value)


@pytest.mark.parametrize("written", ["", "free", "$", "n.a."])
def test_what_is_no_number_is_absent(written: str) -> None:
    assert math.isnan(cleaning.number(written))


def test_versions_years_and_codes_are_found_inside_text() -> None:
    text = cleaning.plain("Office X3 v2.0 '07 (KD-40XBR)")
    assert set(cleaning.numbers(text)) >= {"3", "2", "2007", "40"}
    assert cleaning.codes(text) == ["kd40xbr"]


def test_accents_and_entities_do_not_tell_values_apart() -> None:
    assert cleaning.plain("L&#252;scher") == cleaning.plain("LÜSCHER") == "luscher"

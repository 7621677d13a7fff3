"""A report is written and read, and drawn."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from features.errors import BadInputError, MissingDataError
from features.patterns.picture import quarters_svg
from features.patterns.report import read, write
from tests.support.pattern_reports import make_pattern, make_report


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    report = make_report()
    assert read(write(report, tmp_path)) == report


def test_a_report_that_is_absent_damaged_or_of_another_version_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="training patterns"):
        read(tmp_path / "patterns.json")
    path = write(msgspec.structs.replace(make_report(), format=2), tmp_path)
    with pytest.raises(BadInputError, match="another version"):
        read(path)
    path.write_text("{")
    with pytest.raises(BadInputError, match="no report"):
        read(path)


def test_a_pattern_is_told_in_words() -> None:
    one = make_pattern()
    assert one.words == "payer PAY1, procedure 72148"
    assert one.about == "authorization"
    assert make_pattern(categories=()).about == "all reasons"


def test_quarters_with_few_claims_are_not_drawn_and_no_bar_leaves_the_picture() -> None:
    one = make_pattern()
    picture = quarters_svg(one)
    assert picture.count('class="seen"') == sum(claims >= 5 for _, claims, _, _ in one.quarters) == 2
    numbers = [float(value) for value in re.findall(r' y="([0-9.-]+)"', picture)]
    assert all(0 <= value <= 44 for value in numbers)
    assert "8 of 20" in picture

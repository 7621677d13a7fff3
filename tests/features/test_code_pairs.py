"""Code pairs, unit limits and coverage out of files in the published forms; every code pair here is made up."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from features.code_pairs import CONFLICT_COLUMNS, CodePairs, conflict_numbers
from features.errors import BadInputError, MissingDataError
from features.settings import Settings
from features.x12.records import Claim
from tests.support.builders import make_claim, make_claim_line

# As Medicare publishes it: a notice, a heading that is broken over lines, a column for pairs older than 1996.
MEDICARE = """\
CPT codes, descriptions and other data only are copyright of their owner.\t\t\t\t\t\t
Column1/Column2 Edits\t\t\t\t\t\t
Column 1\tColumn 2\t"*=in existence
prior to 1996"\tEffective\tDeletion
\t\t\tDate\tDate
\t\t\t\t*=no data\t"0=not allowed
1=allowed
9=not applicable"\tPTP Edit Rationale
29881\t20610\t\t20200101\t*\t1\tMore extensive procedure
29881\t29877\t*\t20100401\t*\t0\tMisuse of column two code
29881\t29870\t\t20100101\t20231231\t0\tStandards of medical practice
29881\t29870\t\t20250101\t*\t1\tStandards of medical practice
29881\t99213\t\t20200101\t20200101\t9\tNone
"""
# As Medicaid publishes it: no such column, and no rationale where a state has cut it off.
MEDICAID = "Column1\tColumn2\tEffDT\tDelDT\tModifierIndicator\n29881\t20610\t20200101\t\t1\n"
UNITS = """\
"The values are those of the quarter named, ""as published""."
"HCPCS/
CPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale
20610,2,3 Date of Service Edit: Clinical,Anatomic consideration
J1100,120,3 Date of Service Edit: Clinical,Prescribing information
73562,1,1 Line Edit,Anatomic consideration
00400,1,2 Date of Service Edit: Policy,Nature of service
"""
COVERED = """\
procedure,diagnosis,payer,from,to
72148,M54.1,,2024-01-01,
72148,M51,,,2023-12-31
72148,M48,STRICT,,
"""
DAY = date(2024, 3, 5)


def load(folder: Path, name: str = "ccipra-v300-f1.txt", text: str = MEDICARE) -> CodePairs:
    (folder / name).write_text(text, encoding="utf-8")
    return CodePairs.load(folder / name)


def claim_of(
    *procedures: str, day: date = DAY, modifiers: dict[int, str] | None = None, **more: Any
) -> Claim:
    """A claim with a line for each procedure, numbered from 1, all on one day."""
    given = modifiers or {}
    lines = tuple(
        make_claim_line(
            number=number,
            procedure=procedure,
            modifiers=(given[number],) if number in given else (),
            service_from=day,
        )
        for number, procedure in enumerate(procedures, start=1)
    )
    return make_claim(lines=lines, service_from=day, **more)


def codes(pairs: CodePairs, claim: Claim) -> list[str]:
    return [conflict.code for conflict in pairs.conflicts(claim)]


def test_a_pair_needs_a_modifier_where_one_may_pass_it(tmp_path: Path) -> None:
    (conflict,) = load(tmp_path).conflicts(claim_of("20610", "29881"))
    assert conflict.code == "pair-needs-modifier"
    assert (
        conflict.text
        == "Line 1 is not paid beside line 2 on the same day, unless a modifier tells them apart."
    )
    assert conflict.lines == (2, 1)
    assert conflict.procedures == ("29881", "20610")
    assert conflict.source == "NCCI edit since 2020-01-01: More extensive procedure"


@pytest.mark.parametrize("modifier", ["59", "XS", "LT", "F5", "25"])
@pytest.mark.parametrize("line", [1, 2])
def test_an_associated_modifier_on_either_line_passes_such_a_pair(
    tmp_path: Path, modifier: str, line: int
) -> None:
    assert not codes(load(tmp_path), claim_of("29881", "20610", modifiers={line: modifier}))


@pytest.mark.parametrize("modifier", ["22", "76", "77", "26"])
def test_other_modifiers_pass_no_pair(tmp_path: Path, modifier: str) -> None:
    claim = claim_of("29881", "20610", modifiers={2: modifier})
    assert codes(load(tmp_path), claim) == ["pair-needs-modifier"]


def test_no_modifier_passes_a_pair_of_indicator_0(tmp_path: Path) -> None:
    claim = claim_of("29881", "29877", modifiers={2: "59"})
    (conflict,) = load(tmp_path).conflicts(claim)
    assert conflict.code == "pair-not-allowed"
    assert conflict.text.endswith("and no modifier changes that.")


def test_a_pair_that_was_never_in_force_is_no_conflict(tmp_path: Path) -> None:
    assert not codes(load(tmp_path), claim_of("29881", "99213", day=date(2020, 1, 1)))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2009, 12, 31), []),
        (date(2010, 1, 1), ["pair-not-allowed"]),
        (date(2023, 12, 31), ["pair-not-allowed"]),
        (date(2024, 1, 1), []),
        (date(2025, 1, 1), ["pair-needs-modifier"]),
    ],
)
def test_an_edit_holds_from_its_first_to_its_last_day(tmp_path: Path, day: date, expected: list[str]) -> None:
    assert codes(load(tmp_path), claim_of("29881", "29870", day=day)) == expected


def test_services_of_different_days_are_no_pair(tmp_path: Path) -> None:
    lines = (
        make_claim_line(procedure="29881", service_from=DAY, modifiers=()),
        make_claim_line(number=2, procedure="20610", service_from=date(2024, 3, 6), modifiers=()),
    )
    assert not codes(load(tmp_path), make_claim(lines=lines))


def test_practitioners_edits_say_nothing_of_hospital_and_dental_claims(tmp_path: Path) -> None:
    pairs = load(tmp_path)
    for transaction in ("837I", "837D"):
        claim = claim_of("29881", "20610", transaction=transaction)
        assert not codes(pairs, claim)
        assert all(map(math.isnan, pairs.numbers(claim)))


def test_hospital_edits_are_held_against_institutional_claims(tmp_path: Path) -> None:
    pairs = load(tmp_path, "ccioph-v300-f1.txt")
    assert codes(pairs, claim_of("29881", "20610", transaction="837I")) == ["pair-needs-modifier"]
    assert not codes(pairs, claim_of("29881", "20610"))


def test_medicaids_files_are_read_too(tmp_path: Path) -> None:
    pairs = load(tmp_path, "MCD_PTP_practitioner.txt", MEDICAID)
    (conflict,) = pairs.conflicts(claim_of("29881", "20610"))
    assert conflict.source == "NCCI edit since 2020-01-01"


def test_a_file_saved_by_a_spreadsheet_is_read_too(tmp_path: Path) -> None:
    text = "Column 1,Column 2,prior,Effective,Deletion,Modifier,Rationale\n29881,20610,,1/1/2020,*,1,\n"
    assert codes(load(tmp_path, "pairs.csv", text), claim_of("29881", "20610")) == ["pair-needs-modifier"]


def test_units_of_all_lines_of_a_day_are_held_against_a_days_limit(tmp_path: Path) -> None:
    pairs = load(tmp_path, "MCR_MUE_PractitionerServices.csv", UNITS)
    assert not codes(pairs, claim_of("20610", "20610"))
    (conflict,) = pairs.conflicts(claim_of("20610", "20610", "20610"))
    assert conflict.code == "units-above-limit"
    assert conflict.text == "Lines 1, 2, 3 have 3 units, and at most 2 are likely on a day."


def test_units_of_each_line_are_held_against_a_lines_limit(tmp_path: Path) -> None:
    pairs = load(tmp_path, "MCR_MUE_PractitionerServices.csv", UNITS)
    assert not codes(pairs, claim_of("73562", "73562"))
    claim = make_claim(lines=(make_claim_line(procedure="73562", units=Decimal(2)),))
    assert codes(pairs, claim) == ["units-above-limit"]


@pytest.mark.parametrize(
    "first", ["J7190,22000,3 Clinical,x\n20610,2,3 Clinical,x\n", "20610,2,1\nJ7190,22000,3\n"]
)
def test_a_limit_of_five_digits_is_no_code(tmp_path: Path, first: str) -> None:
    pairs = load(tmp_path, "MCR_MUE_PractitionerServices.csv", f"Code,Limit,MAI\n{first}")
    claim = make_claim(lines=(make_claim_line(procedure="J7190", units=Decimal(22001)),))
    (conflict,) = pairs.conflicts(claim)
    assert "22001 units, and at most 22000" in conflict.text


def test_minutes_of_anesthesia_are_no_units(tmp_path: Path) -> None:
    pairs = load(tmp_path, "MCR_MUE_PractitionerServices.csv", UNITS)
    assert not codes(pairs, make_claim(lines=(make_claim_line(procedure="00400", units=Decimal(55)),)))


def test_the_latest_units_file_before_the_service_counts(tmp_path: Path) -> None:
    for day, limit in (("01-01-2024", 2), ("04-01-2024", 1)):
        name = f"MCR_MUE_PractitionerServices_Eff_{day}.csv"
        (tmp_path / name).write_text(f"Code,Practitioner,MAI\n20610,{limit},3 Clinical\n", encoding="utf-8")
    pairs = CodePairs.load(tmp_path)
    assert not codes(pairs, claim_of("20610", "20610", day=date(2024, 3, 31)))
    assert codes(pairs, claim_of("20610", "20610", day=date(2024, 4, 1))) == ["units-above-limit"]
    assert not codes(pairs, claim_of("20610", "20610", day=date(2023, 1, 1)))


@pytest.mark.parametrize(
    ("diagnoses", "day", "payer", "refused"),
    [
        (("M5416",), DAY, "PAY01", False),
        (("M5450",), DAY, "PAY01", True),
        (("M5450", "M5416"), DAY, "PAY01", True),  # the line points to the first alone
        (("M5116",), DAY, "PAY01", True),
        (("M5116",), date(2023, 6, 1), "PAY01", False),
        (("M5416",), DAY, "STRICT", True),
        (("M4806",), DAY, "STRICT", False),
    ],
)
def test_a_diagnosis_outside_the_coverage_table_is_a_conflict(
    tmp_path: Path, diagnoses: tuple[str, ...], day: date, payer: str, refused: bool
) -> None:
    (tmp_path / "coverage.csv").write_text(COVERED, encoding="utf-8")
    pairs = CodePairs.load(coverage=[tmp_path])
    claim = claim_of("72148", day=day, diagnoses=diagnoses, payer_id=payer)
    assert codes(pairs, claim) == (["diagnosis-not-covered"] if refused else [])
    assert not codes(pairs, claim_of("99213", day=day, diagnoses=diagnoses))


def test_conflicts_are_counted_as_columns_of_a_model(tmp_path: Path) -> None:
    (tmp_path / "coverage.csv").write_text(COVERED, encoding="utf-8")
    (tmp_path / "ccipra.txt").write_text(MEDICARE, encoding="utf-8")
    pairs = CodePairs.load(tmp_path / "ccipra.txt", coverage=[tmp_path / "coverage.csv"])
    numbers = conflict_numbers(claim_of("29881", "20610", "29877", "72148"), pairs)
    assert len(numbers) == len(CONFLICT_COLUMNS)
    assert numbers[:2] == (1.0, 1.0)
    assert math.isnan(numbers[2])
    assert numbers[3] == 1.0


def test_without_tables_nothing_is_known() -> None:
    assert all(map(math.isnan, conflict_numbers(make_claim(), None)))


def test_settings_name_the_tables(tmp_path: Path) -> None:
    (tmp_path / "ccipra.txt").write_text(MEDICARE, encoding="utf-8")
    assert CodePairs.of_settings(Settings.from_environment({})) is None
    settings = Settings.from_environment({"CLEARLANE_CODE_PAIRS": str(tmp_path)})
    pairs = CodePairs.of_settings(settings)
    assert pairs is not None
    assert codes(pairs, claim_of("29881", "20610")) == ["pair-needs-modifier"]


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="there is no file or folder of code pairs"):
        CodePairs.load(tmp_path / "none")


def test_a_folder_of_spreadsheets_alone_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "ccipra.xlsx").write_bytes(b"PK")
    with pytest.raises(MissingDataError, match="unpack CMS's archive"):
        CodePairs.load(tmp_path)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="holds no code pairs"):
        load(tmp_path, text="a letter\tto nobody\n")


def test_a_damaged_row_is_refused_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="in line 14 "):
        load(tmp_path, text=MEDICARE + "29881\t20611\t\t2020\n")


def test_a_damaged_coverage_table_is_refused_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "coverage.csv").write_text(COVERED + "72148,,,,\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="in line 5"):
        CodePairs.load(coverage=[tmp_path / "coverage.csv"])

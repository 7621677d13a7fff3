"""What an 837 says, a rule at a time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from features.x12.reader import read_bytes
from features.x12.records import Claim, Problem
from tests.support.x12_files import CLAIM_LEVELS, one

CLAIM = ("CLM*C1*100***11:B:1*Y*A*Y*Y", "HI*ABK:J45.909*ABF:I10")
LINE = ("LX*1", "SV1*HC:99213:25*100*UN*1***1:2", "DTP*472*D8*20260101", "REF*6R*L1")


def claims(*body: str, guide: str | None = None, levels: tuple[str, ...] = CLAIM_LEVELS) -> list[Claim]:
    records = read_bytes(one("837", *levels, *body, guide=guide), file="a.837")
    return [record for record in records if isinstance(record, Claim)]


def codes(*body: str, guide: str | None = None) -> list[str]:
    records = read_bytes(one("837", *CLAIM_LEVELS, *body, guide=guide), file="a.837")
    return [record.code for record in records if isinstance(record, Problem)]


def test_a_claim_says_what_its_segments_and_its_levels_say() -> None:
    (claim,) = claims(*CLAIM, "REF*G1*AUTH", "REF*9F*REFERRAL", "NM1*82*1*SMITH*ANNA****XX*1245319599", *LINE)
    assert (claim.transaction, claim.claim_id, claim.charge) == ("837P", "C1", Decimal(100))
    assert (claim.facility_code, claim.frequency, claim.submitted) == ("11", "1", date(2026, 1, 2))
    assert (claim.payer_sequence, claim.filing_indicator, claim.group_number) == ("P", "CI", "GROUP1")
    assert (claim.payer_name, claim.payer_id, claim.subscriber_id) == ("PLAN", "12345", "MEMBER1")
    assert (claim.billing_npi, claim.billing_taxonomy, claim.rendering_npi) == (
        "1234567893",
        "207Q00000X",
        "1245319599",
    )
    assert (claim.prior_authorization, claim.referral) == ("AUTH", "REFERRAL")
    assert claim.diagnoses == ("J45909", "I10")
    (line,) = claim.lines
    assert (line.procedure, line.modifiers, line.units) == ("99213", ("25",), Decimal(1))
    assert (line.diagnosis_pointers, line.control_number) == ((1, 2), "L1")
    assert claim.service_from == claim.service_to == line.service_from == date(2026, 1, 1)


def test_an_insurer_of_an_early_4010_file_is_the_payer() -> None:
    levels = (*CLAIM_LEVELS[:-1], "NM1*IN*2*PLAN*****24*111223333", "REF*2U*12345")
    (claim,) = claims(*CLAIM, "SBR*P*18*******CI", "NM1*IN*2*OTHER*****24*999", *LINE, levels=levels)
    assert (claim.payer_name, claim.payer_id) == ("PLAN", "111223333")
    assert [(payer.payer_name, payer.payer_id) for payer in claim.prior_payers] == [("OTHER", "999")]


def test_the_patient_is_the_subscriber_unless_a_level_23_names_another() -> None:
    dependent = ("HL*3*2*23*0", "PAT*19", "NM1*QC*1*DOE*TIM", "DMG*D8*20150102*M")
    mother, child, next_one = claims(
        *CLAIM, *LINE, *dependent, *CLAIM, *LINE, "HL*4*1*22*0", "NM1*IL*1*ROE*ANN****MI*M2", *CLAIM, *LINE
    )
    assert (mother.patient_first, mother.patient_sex, mother.subscriber_first) == ("JANE", "F", "JANE")
    assert (child.patient_first, child.patient_birth_date) == ("TIM", date(2015, 1, 2))
    assert (child.subscriber_id, child.subscriber_first) == ("MEMBER1", "JANE")
    assert (next_one.patient_last, next_one.subscriber_id, next_one.payer_id) == ("ROE", "M2", None)


def test_the_patient_is_the_subscriber_where_sbr02_says_so_and_the_level_23_names_nobody() -> None:
    nobody = ("HL*3*2*23*0", "PAT*19")
    (himself,) = claims(*nobody, *CLAIM, *LINE)
    assert (himself.patient_last, himself.patient_first, himself.patient_sex) == ("DOE", "JANE", "F")
    (described,) = claims(*nobody, "DMG*D8*19800103*M", *CLAIM, *LINE)
    assert (described.patient_first, described.patient_birth_date) == ("JANE", date(1980, 1, 3))
    (named,) = claims(*nobody, "NM1*QC*1*DOE*TIM", *CLAIM, *LINE)
    assert (named.patient_first, named.subscriber_first, named.patient_sex) == ("TIM", "JANE", None)
    levels = tuple(segment.replace("SBR*P*18", "SBR*P*") for segment in CLAIM_LEVELS)
    (unknown,) = claims(*nobody, *CLAIM, *LINE, levels=levels)
    assert (unknown.patient_last, unknown.subscriber_last) == (None, "DOE")


@pytest.mark.parametrize(
    ("guide", "service", "expected"),
    [
        ("005010X222A1", "SV1*HC:1*100*UN*1", "837P"),
        ("005010X222", "SV1*HC:1*100*UN*1", "837P"),
        ("004010X098A1", "SV1*HC:1*100*UN*1", "837P"),
        ("005010X223A2", "SV2*0450*HC:1*100*UN*1", "837I"),
        ("004010X096A1", "SV2*0450*HC:1*100*UN*1", "837I"),
        ("005010X224A2", "SV3*AD:D1*100****1", "837D"),
        ("999999X999X9", "SV2*0450*HC:1*100*UN*1", "837I"),
        ("999999X999X9", "SV3*AD:D1*100****1", "837D"),
        ("999999X999X9", "SV1*HC:1*100*UN*1", "837P"),
    ],
)
def test_the_claim_type_is_the_guides_and_where_that_is_unknown_the_service_lines(
    guide: str, service: str, expected: str
) -> None:
    (claim,) = claims(*CLAIM, "LX*1", service, guide=guide)
    assert claim.transaction == expected
    assert claim.lines[0].charge == Decimal(100)
    assert claim.lines[0].units == Decimal(1)
    assert ("guide-unknown" in codes(*CLAIM, guide=guide)) is guide.startswith("9")


def test_an_institutional_claim_has_its_statement_dates_and_its_admission() -> None:
    (claim,) = claims(
        *CLAIM,
        "DTP*434*RD8*20260101-20260105",
        "DTP*435*DT*202601010930",
        "LX*1",
        "SV2*0120**100*DA*4",
        "DTP*472*D8*20260102",
        guide="005010X223A2",
    )
    assert (claim.service_from, claim.service_to) == (date(2026, 1, 1), date(2026, 1, 5))
    assert claim.admitted == date(2026, 1, 1)
    assert (claim.lines[0].revenue_code, claim.lines[0].procedure) == ("0120", None)


def test_what_another_payer_decided_stays_apart() -> None:
    (claim,) = claims(
        *CLAIM,
        "SBR*S*18*******MB",
        "CAS*PR*1*30",
        "AMT*D*50",
        "NM1*IL*1*DOE*JANE****MI*OTHER",
        "NM1*PR*2*MEDICARE*****PI*00123",
        "REF*F8*THEIRS",
        "REF*G1*THEIRS",
        *LINE,
        "SVD*00123*50*HC:99213**1",
        "CAS*CO*45*20",
        "DTP*573*D8*20260110",
    )
    assert (claim.payer_id, claim.subscriber_id, claim.filing_indicator) == ("12345", "MEMBER1", "CI")
    assert (claim.original_reference, claim.prior_authorization) == (None, None)
    assert (claim.lines[0].service_from, claim.lines[0].service_to) == (date(2026, 1, 1), date(2026, 1, 1))
    (prior,) = claim.prior_payers
    assert (prior.sequence, prior.payer_id, prior.subscriber_id, prior.paid) == (
        "S",
        "00123",
        "OTHER",
        Decimal(50),
    )
    assert [a.reason for a in prior.adjustments] == ["1"]
    assert [a.reason for a in prior.line_adjustments] == ["45"]
    assert prior.adjudicated == date(2026, 1, 10)


def test_a_replacement_names_the_payers_number_of_the_claim_it_replaces() -> None:
    (claim,) = claims("CLM*C1*100***11:B:7", "REF*F8*PAYER1", *LINE)
    assert (claim.frequency, claim.original_reference) == ("7", "PAYER1")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (("CLM*C1*99***11:B:1", *LINE), "claim-charge-differs"),
        (("CLM**100***11:B:1", *LINE), "identifier-missing"),
        (("CLM*C1****11:B:1", *LINE), "amount-missing"),
        ((*CLAIM, "LX*1", "SV1*HC:1*100", "DTP*472*D8*20261301"), "date-malformed"),
        ((*CLAIM, *LINE, "HL*9*8*22*0"), "hierarchy-broken"),
        ((*CLAIM, "LX*1", "SV2*0450*HC:1*100"), "guide-differs"),
    ],
)
def test_what_is_wrong_with_a_claim_is_reported_and_the_claim_is_kept(
    body: tuple[str, ...], code: str
) -> None:
    assert code in codes(*body)
    assert len(claims(*body)) == 1


@pytest.mark.parametrize(
    ("text", "days", "expected"),
    [
        ("D8*2024-03-05", ("2024-03-05", "2024-03-05"), ["date-hyphenated"]),
        ("RD8*2024-03-05-2024-03-07", ("2024-03-05", "2024-03-07"), ["date-hyphenated"] * 2),
        ("RD8*20240305-20240307", ("2024-03-05", "2024-03-07"), []),
        ("D8*2024-02-30", (None, None), ["date-malformed"]),
        ("D8*2024-3-5", (None, None), ["date-malformed"]),
    ],
)
def test_a_date_with_hyphens_is_read_as_the_day_it_plainly_is_and_reported_once(
    text: str, days: tuple[str | None, str | None], expected: list[str]
) -> None:
    body = (*CLAIM, *LINE[:2], f"DTP*472*{text}")
    (claim,) = claims(*body)
    line = claim.lines[0]
    assert (line.service_from, line.service_to) == tuple(day and date.fromisoformat(day) for day in days)
    assert codes(*body) == expected


def test_a_sound_claim_has_no_problem() -> None:
    assert codes(*CLAIM, *LINE) == []

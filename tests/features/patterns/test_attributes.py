"""What a pattern may say of a claim."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from features.patterns.attributes import Attribute, described, repeated
from features.patterns.service_lines import line_of_procedure, service_line
from features.patterns.words import label, names
from features.x12.records import Claim
from tests.support.builders import make_claim, make_claim_line


def said(*claims: Claim) -> list[dict[str, str]]:
    return [dict(some) for some in described(claims)]


def test_what_is_missing_late_or_sent_again_is_a_condition_and_what_is_as_it_should_be_is_none() -> None:
    usual, unusual = said(
        make_claim(prior_authorization="A1", submitted=date(2024, 3, 14)),
        make_claim(prior_authorization=None, submitted=date(2024, 8, 1), frequency="7", rendering_npi=None),
    )
    assert not {"authorization", "filing", "frequency", "repeat"} & set(usual)
    assert unusual["authorization"] == "none"
    assert unusual["filing"] == "after 90 days"
    assert unusual["frequency"] == "corrected"
    assert unusual["rendering"] == "none"


def test_a_missing_referral_counts_only_for_services_that_often_have_one() -> None:
    specialist = [make_claim(referral=number) for number in ("R1", "R2", None)]
    office = make_claim(referral=None, lines=(make_claim_line(procedure="99396"),))
    found = said(*specialist, office)
    assert [some.get("referral") for some in found] == [None, None, "none", None]


@pytest.mark.parametrize(
    ("procedures", "modifiers", "expected"),
    [
        (("99213", "20610"), (), "no modifier 25"),
        (("99213", "20610"), ("25",), None),
        (("99213", "80053"), (), None),
        (("99213", "36415"), (), None),
    ],
)
def test_a_visit_beside_a_procedure_wants_modifier_25(
    procedures: tuple[str, str], modifiers: tuple[str, ...], expected: str | None
) -> None:
    lines = (
        make_claim_line(procedure=procedures[0], modifiers=modifiers),
        make_claim_line(procedure=procedures[1], modifiers=()),
    )
    assert said(make_claim(lines=lines))[0].get("visit beside a procedure") == expected


def test_the_second_claim_of_a_member_day_and_amount_repeats_and_a_corrected_one_does_not() -> None:
    assert repeated([make_claim(), make_claim(), make_claim(charge=Decimal(9)), make_claim(frequency="7")]) == [
        False, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("procedure", "line"),
    [("97110", "therapy"), ("80053", "laboratory"), ("99284", "emergency"), ("J9035", "drugs"),
     ("27447", "surgery"), ("00100", "anaesthesia"), ("90837", "behavioral health"), ("0001F", None)],
)  # fmt: skip
def test_procedures_fall_into_service_lines(procedure: str, line: str | None) -> None:
    assert line_of_procedure(procedure) == line


def test_the_dearest_line_says_which_service_line_a_claim_is_of_and_a_stay_is_inpatient() -> None:
    lines = (
        make_claim_line(procedure="99213", charge=Decimal(100)),
        make_claim_line(procedure="72148", charge=Decimal(900)),
    )
    assert service_line(make_claim(lines=lines)) == "imaging"
    assert service_line(make_claim(lines=())) == "unknown"
    assert service_line(make_claim(lines=lines, transaction="837I", facility_code="11")) == "inpatient"


def test_payers_and_facilities_are_named_and_codes_stay_codes() -> None:
    named = names([make_claim()])
    assert label(Attribute("payer", "PAY01"), named) == "LAKESIDE HEALTH PLAN (PAY01)"
    assert label(Attribute("billing", "1"), named) == "billing 1"
    assert label(Attribute("coverage", "MB"), named) == "Medicare Part B coverage"
    assert label(Attribute("place", "I 11"), named) == "type of bill 11"
    assert label(Attribute("modifier", "95"), named) == "modifier 95"

"""The business reasons of a denial risk: subjects, the claim's own values, and what happened before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from features.code_pairs import CONFLICT_COLUMNS, Conflict
from features.denial_risk import COLUMNS
from features.evidence import Reason, Shown
from features.precedents import Precedent
from features.x12.records import Claim
from models.denial_reason_values import values_of
from models.denial_reasons import SUBJECTS, WORDS, reasons
from tests.support.builders import make_claim, make_claim_line

BARE_VISIT = make_claim(lines=(make_claim_line(modifiers=()), *make_claim().lines[1:]))
ASKED = Precedent(57, 41, date(2026, 3, 2), "this payer, procedure 72148, no authorization")


@dataclass(frozen=True)
class FakePrecedents:
    """Knows what a test says, whatever the claim."""

    known: Mapping[str, Precedent]

    def of(self, claim: Claim, subject: str) -> Precedent | None:
        """The precedent of that subject."""
        del claim
        return self.known.get(subject)


def weighing(**weights: float) -> NDArray[np.float64]:
    """Contributions that are nought but for the columns given."""
    return np.array([weights.get(column, 0.0) for column in COLUMNS])


def only(claim: Claim | None = None, **weights: float) -> Reason:
    """The one reason that these weights give."""
    (reason,) = reasons(claim or make_claim(), weighing(**weights))
    return reason


def test_every_column_belongs_to_one_subject_and_there_are_at_most_twelve_subjects() -> None:
    columns = [column for columns in SUBJECTS.values() for column in columns]
    assert len(columns) == len(set(columns))
    assert set(COLUMNS) <= set(columns)
    assert set(CONFLICT_COLUMNS) <= set(columns)
    assert len(SUBJECTS) <= 12


def test_every_subject_has_words_and_reads_the_claim() -> None:
    assert SUBJECTS.keys() == WORDS.keys()
    for subject in SUBJECTS:
        assert values_of(make_claim(), subject), subject


def test_contributions_of_a_subject_are_added_up_before_they_are_ranked() -> None:
    found = reasons(make_claim(), weighing(has_25=0.3, has_59=0.3, charge=0.5, payer=-0.4, units=-0.4))
    assert [(reason.code, round(reason.weight or 0, 3)) for reason in found] == [
        ("coding-raises-risk", 0.6),
        ("payer-and-service-lowers-risk", -0.4),
        ("charge-raises-risk", 0.1),
    ]


def test_at_most_four_are_told_and_none_that_weighs_next_to_nothing() -> None:
    many = weighing(charge=1.0, payer=0.9, diagnosis=0.8, frequency=0.7, patient_age=0.6)
    assert len(reasons(make_claim(), many)) == 4
    assert reasons(make_claim(), weighing(charge=0.04)) == ()


@pytest.mark.parametrize(
    ("column", "claim", "code"),
    [
        ("authorization_lacking", make_claim(), "authorization-missing"),
        ("authorization_lacking", make_claim(prior_authorization="A1"), "authorization-raises-risk"),
        ("referral_lacking", make_claim(), "referral-missing"),
        ("has_rendering", make_claim(rendering_npi=None), "rendering-provider-missing"),
        ("has_25", BARE_VISIT, "modifier-25-missing"),
        ("subscriber_id_length", make_claim(subscriber_id=None), "member-id-missing"),
        ("frequency", make_claim(frequency="7"), "original-reference-missing"),
        ("frequency", make_claim(frequency="7", original_reference="ICN1"), "resubmission-raises-risk"),
    ],
)  # fmt: skip
def test_a_fault_that_the_claim_shows_is_named(column: str, claim: Claim, code: str) -> None:
    assert only(claim, **{column: 1.0}).code == code


def test_a_fault_is_no_reason_for_a_lower_risk() -> None:
    assert only(authorization_lacking=-1.0).code == "authorization-lowers-risk"


def test_a_reason_carries_the_claims_own_values_apart_from_its_text() -> None:
    reason = only(make_claim(subscriber_id="W123456789"), subscriber_id_length=0.5)
    assert reason.values == (Shown("Member ID", "W123456789"), Shown("Group number", "GRP77"))
    assert "W123456789" not in reason.text


def test_values_are_written_as_a_biller_reads_them() -> None:
    claim = make_claim()
    assert values_of(claim, "timeliness") == (Shown("Sent", "9 days after the service"),)
    assert values_of(claim, "charge")[0] == Shown("Billed", "$275.00")
    assert values_of(claim, "patient") == (Shown("Age", "53"), Shown("Sex", "F"))
    lines = (make_claim_line(),) * 8
    assert values_of(make_claim(lines=lines), "coding")[0].value.endswith("99213-25 and 2 more")


def test_a_claim_that_says_nothing_has_no_values_to_show() -> None:
    bare = make_claim(submitted=None, patient_birth_date=None, patient_sex=None)
    assert values_of(bare, "timeliness") == values_of(bare, "patient") == ()


def test_what_happened_before_stands_beside_the_reason() -> None:
    known = FakePrecedents({"authorization": ASKED})
    lacking, payer = reasons(make_claim(), weighing(authorization_lacking=1.0, payer=0.5), precedents=known)
    assert lacking.precedent == ASKED
    assert payer.precedent is None
    assert ASKED.text.startswith("41 of 57 such claims were denied since March 2026")


def test_a_handful_of_claims_is_no_precedent() -> None:
    few = FakePrecedents({"authorization": Precedent(4, 4, date(2026, 3, 2), "this payer")})
    (reason,) = reasons(make_claim(), weighing(authorization_lacking=1.0), precedents=few)
    assert reason.precedent is None


def test_a_rule_that_the_codes_break_is_named_before_what_is_usual() -> None:
    broken = Conflict("pair-not-allowed", "Line 2 is not paid beside line 1.", (1, 2), ("29881", "29877"), "")
    found = reasons(make_claim(), weighing(modifiers=0.5, charge=0.4), conflicts=(broken,))
    assert [reason.code for reason in found] == ["pair-not-allowed", "charge-raises-risk"]
    assert found[0].text == broken.text

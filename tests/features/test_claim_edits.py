"""Permitted edits: what applies, what it changes, and what it never does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.claim_edits.edit import ASSUMED, Known
from features.claim_edits.permitted import permitted
from features.code_pairs import Conflict
from features.x12.records import Claim
from tests.support.builders import make_claim, make_claim_line

HISTORY = Known(
    subscriber_ids=("W123456798", "w-123456789"),
    group_numbers=("GRP88",),
    rendering_npis=("1992999999",),
    original_references=("ICN900001",),
)
COMPLETE = make_claim(prior_authorization="A1", referral="R1", diagnoses=("M25561",))


def edited(claim: Claim, code: str, known: Known = HISTORY) -> Claim:
    """The claim after the edit of that code."""
    (edit,) = [edit for edit in permitted(claim, known) if edit.code == code]
    return edit.change(claim)


def codes(claim: Claim, known: Known | None = None) -> list[str]:
    return [edit.code for edit in permitted(claim, known or Known())]


def lines(*procedures: str, **changes: Any) -> tuple[Any, ...]:
    return tuple(
        make_claim_line(number=number, procedure=procedure, modifiers=(), **changes)
        for number, procedure in enumerate(procedures, start=1)
    )


def test_nothing_is_to_be_edited_on_a_complete_claim_of_which_nothing_else_is_known() -> None:
    assert codes(COMPLETE) == []


@pytest.mark.parametrize(
    ("claim", "code", "reads", "value"),
    [
        (make_claim(), "authorization", lambda claim: claim.prior_authorization, ASSUMED),
        (make_claim(), "referral", lambda claim: claim.referral, ASSUMED),
        (make_claim(), "member-id-1", lambda claim: claim.subscriber_id, "W123456798"),
        (make_claim(group_number=None), "group-number", lambda claim: claim.group_number, "GRP88"),
        (make_claim(rendering_npi=None), "rendering-provider", lambda claim: claim.rendering_npi, "1992999999"),
        (make_claim(charge=Decimal(400)), "total-charge", lambda claim: claim.charge, Decimal(275)),
        (make_claim(frequency="7"), "original-reference", lambda claim: claim.original_reference, "ICN900001"),
        (make_claim(), "replacement", lambda claim: (claim.frequency, claim.original_reference), ("7", "ICN900001")),
        (make_claim(), "diagnosis-first-2", lambda claim: claim.diagnoses, ("E119", "M25561")),
    ],
)  # fmt: skip
def test_an_edit_changes_what_it_says(
    claim: Claim, code: str, reads: Callable[[Claim], object], value: object
) -> None:
    assert reads(edited(claim, code)) == value


def test_a_member_id_that_differs_only_in_writing_is_no_other_id() -> None:
    assert "member-id-2" not in codes(make_claim(), HISTORY)


def test_the_total_is_never_corrected_upwards() -> None:
    assert "total-charge" not in codes(make_claim(charge=Decimal(100)))


def test_an_institutional_claim_needs_no_rendering_provider() -> None:
    assert "rendering-provider" not in codes(make_claim(rendering_npi=None, transaction="837I"))


def test_modifier_25_goes_to_the_visit_beside_another_service() -> None:
    claim = make_claim(lines=lines("99213", "20610"))
    assert [line.modifiers for line in edited(claim, "modifier-25").lines] == [("25",), ()]
    assert "modifier-25" not in codes(make_claim(lines=lines("99213")))


def test_a_repeated_service_may_be_repeated_or_distinct() -> None:
    claim = make_claim(lines=lines("20610", "20610"))
    assert [line.modifiers for line in edited(claim, "modifier-76").lines] == [(), ("76",)]
    assert [line.modifiers for line in edited(claim, "modifier-59").lines] == [(), ("59",)]


def test_a_repeated_laboratory_test_takes_modifier_91() -> None:
    assert "modifier-91" in codes(make_claim(lines=lines("80053", "80053")))


def test_what_is_told_apart_already_is_no_repetition() -> None:
    twice = (make_claim_line(modifiers=("76",)), make_claim_line(number=2, modifiers=("76",)))
    assert not {"modifier-76", "modifier-59"} & set(codes(make_claim(lines=twice)))


def test_a_bundled_service_may_be_distinct_where_the_tables_say_that_a_modifier_helps() -> None:
    claim = make_claim(lines=lines("29881", "20610"))
    known = Known(conflicts=(Conflict("pair-needs-modifier", "", (1, 2), ("29881", "20610"), ""),))
    assert [line.modifiers for line in edited(claim, "modifier-59-pair", known).lines] == [(), ("59",)]
    refused = Known(conflicts=(Conflict("pair-not-allowed", "", (1, 2), ("29881", "20610"), ""),))
    assert "modifier-59-pair" not in codes(claim, refused)


def test_a_line_with_four_modifiers_takes_no_fifth() -> None:
    full = make_claim_line(number=2, procedure="99213", modifiers=("GT", "AI", "57", "95"))
    assert "modifier-25" not in codes(make_claim(lines=(*lines("20610"), full)))


@pytest.mark.parametrize(("pointers", "mended"), [((), (1,)), ((3,), (1,)), ((2, 9), (2,))])
def test_a_line_without_a_valid_pointer_is_pointed_to_a_diagnosis(
    pointers: tuple[int, ...], mended: tuple[int, ...]
) -> None:
    claim = make_claim(lines=(make_claim_line(diagnosis_pointers=pointers),))
    assert edited(claim, "diagnosis-pointer").lines[0].diagnosis_pointers == mended
    assert "diagnosis-pointer" not in codes(make_claim())


def test_moving_a_diagnosis_first_keeps_what_the_lines_point_to() -> None:
    claim = make_claim(
        diagnoses=("A", "B", "C", "D"), lines=(make_claim_line(diagnosis_pointers=(1, 2, 3, 4)),)
    )
    after = edited(claim, "diagnosis-first-3")
    assert after.diagnoses == ("C", "A", "B", "D")
    assert [after.diagnoses[pointer - 1] for pointer in after.lines[0].diagnosis_pointers] == list("ABCD")


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """Claims of every sort that edits look at."""
    line = st.builds(
        make_claim_line,
        number=st.integers(1, 4),
        procedure=st.sampled_from(["99213", "20610", "80053", None]),
        modifiers=st.sampled_from([(), ("25",), ("59",), ("GT", "AI", "57", "95")]),
        charge=st.sampled_from([Decimal(0), Decimal(80), None]),
        service_from=st.sampled_from([date(2024, 3, 5), None]),
        diagnosis_pointers=st.sampled_from([(), (1,), (2, 1), (7,)]),
    )
    return make_claim(
        transaction=draw(st.sampled_from(["837P", "837I", "837D"])),
        frequency=draw(st.sampled_from(["1", "7", "8", None])),
        charge=draw(st.sampled_from([Decimal(0), Decimal(80), Decimal(1000), None])),
        lines=tuple(draw(st.lists(line, max_size=4))),
        diagnoses=draw(st.sampled_from([(), ("A",), ("A", "B", "C")])),
        prior_authorization=draw(st.sampled_from([None, "A1"])),
        original_reference=draw(st.sampled_from([None, "ICN1"])),
        subscriber_id=draw(st.sampled_from([None, "W123456789"])),
    )


@given(claims(), st.sampled_from([Known(), HISTORY]))
def test_no_edit_raises_a_charge_or_adds_a_service_or_a_diagnosis(claim: Claim, known: Known) -> None:
    for edit in permitted(claim, known):
        after = edit.change(claim)
        assert after != claim
        assert (after.charge or 0) <= (claim.charge or 0)
        for kept in ("procedure", "charge", "units", "service_from"):
            assert [getattr(line, kept) for line in after.lines] == [
                getattr(line, kept) for line in claim.lines
            ]
        assert sorted(after.diagnoses) == sorted(claim.diagnoses)
        assert all(len(line.modifiers) <= 4 for line in after.lines)


@given(claims())
def test_every_edit_names_itself_once_and_says_what_to_verify(claim: Claim) -> None:
    edits = permitted(claim, HISTORY)
    assert len({edit.code for edit in edits}) == len(edits)
    for edit in edits:
        assert edit.text.endswith(".")
        assert edit.verify.endswith(".")
        assert not {"DOE", "JANE", "W123456798", "ICN900001"} & set(edit.text.replace(".", " ").split())

"""The advice on a claim's page: values, precedents, broken rules, what a denial would be about, what would change."""

from __future__ import annotations

from msgspec.structs import replace

from serving.denial_advice import DenialAdvice
from tests.serving.pages.test_detail import page_of
from tests.serving.pages.test_list import text_of
from tests.support.fake_items import make_denial_risk

ITEM = make_denial_risk("item-1")


def test_a_reason_shows_the_claims_own_values_and_what_happened_before() -> None:
    page = text_of(page_of(ITEM))
    assert "none is given. Prior authorization: none · Services: 99213-25, 73562 41 of 57 such claims" in page
    assert "were denied since January 2024 (this payer, procedure 73562, no authorization)." in page


def test_what_would_change_the_score_stands_with_before_and_after_and_promises_no_payment() -> None:
    page = text_of(page_of(ITEM))
    assert "It is about the score, not about what will be paid; change only what is true." in page
    assert (
        "Add the prior authorization number (REF*G1). Only if the payer authorized it. now 69.0 % then 27.6 %"
        in page
    )
    assert "and Add modifier 59 to the bundled service (line 2). Only if at another site." in page
    assert "Use the other member id. W123456798" in page


def test_rules_that_the_codes_break_stand_with_their_source() -> None:
    page = text_of(page_of(ITEM))
    assert "Rules that the codes break Line 2 is not paid beside line 1" in page
    assert "NCCI edit since 2020-01-01: Standards of medical practice" in page


def test_what_a_denial_would_be_about_leaves_out_what_is_unlikely() -> None:
    page = text_of(page_of(ITEM))
    assert (
        "Authorization 71.0 % Bundling 18.0 % CARC 197: authorization or notification absent 66.0 %" in page
    )
    assert "Coding" not in page


def test_each_line_shows_its_own_risk_where_it_is_known() -> None:
    page = text_of(page_of(ITEM))
    assert "Risk of a denial" in page
    assert "$125.00 64.0 %" in page


def test_without_advice_its_cards_are_left_out() -> None:
    for advice in (None, DenialAdvice()):
        page = text_of(page_of(replace(ITEM, advice=advice)))
        for title in ("What would change the score", "Rules that", "If it is denied", "Risk of a denial"):
            assert title not in page

"""What a reviewer sees of a payment that came on paper."""

from __future__ import annotations

from msgspec.structs import replace

from tests.serving.pages.test_detail import page_of
from tests.serving.pages.test_list import text_of
from tests.support.builders import make_claim_payment
from tests.support.fake_items import make_match
from tests.support.paper import make_paper, make_stub


def page(subject: object) -> str:
    return text_of(page_of(replace(make_match(), subject=subject)))


def test_a_typed_row_says_that_it_was_typed_and_its_denial_without_a_group() -> None:
    (adjustment, *_) = make_claim_payment().lines[0].adjustments
    bare = replace(adjustment, group="", reason="16")
    shown = page(make_paper(adjustments=(bare,)))
    assert "How it came typed from paper" in shown
    assert "Adjustments of the whole claim: 16 $" in shown


def test_a_check_says_how_many_claims_it_pays_at_least() -> None:
    shown = page(make_stub(claims=3).claim_payment())
    assert "How it came a check with a bare stub" in shown
    assert "Claims that it pays 3 or more" in shown


def test_a_check_for_one_claim_and_an_835_say_nothing_of_it() -> None:
    assert "Claims that it pays" not in page(make_stub(claims=1).claim_payment())
    assert "How it came" not in page(make_claim_payment())

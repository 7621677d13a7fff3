"""The page of a denied claim: why, what may be done, what came before, and the decision."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from serving.items import ItemDetail
from serving.pages import create_pages
from serving.pages.denied import days_left, denied_view
from tests.support.builders import make_claim_payment
from tests.support.fake_denied import make_denied, make_denied_item, make_earlier
from tests.support.fake_items import NOW, FakeItems, make_match
from tests.support.page_client import PageClient

FORM = {"version": "1", "reviewer": "Ada", "reason": ""}


def over(*items: ItemDetail) -> PageClient:
    """A reviewer at these items."""
    return PageClient(create_pages(FakeItems(items), clock=lambda: NOW))


def test_the_page_says_why_what_may_be_done_and_by_when() -> None:
    page = over(make_denied_item()).get("/items/item-9").text
    assert "How can $1,250.00 of this denied claim be won back?" in page
    assert "CO-197 authorization or notification absent" in page
    assert "Add the authorization number and send a replacement" in page
    assert "$639.20" in page
    assert "145 days left" in page
    assert "9 days left" in page


def test_the_proposed_action_stands_first_among_the_buttons() -> None:
    page = over(make_denied_item()).get("/items/item-9").text
    places = [page.index(f'value="{action}"') for action in ("corrected", "appeal", "write-off-proposal")]
    assert places == sorted(places)
    assert 'value="corrected" class="primary"' in page
    assert page.count('class="primary"') == 1


def test_what_brings_nothing_back_shows_no_chance() -> None:
    page = over(make_denied_item()).get("/items/item-9").text
    assert page.count("brings nothing back") == 1


def test_a_claim_that_was_denied_before_says_so_and_links_to_it() -> None:
    item = replace(make_denied_item(), earlier_denials=(make_earlier(),))
    page = over(item, make_denied_item("item-8")).get("/items/item-9").text
    assert "Denied once before" in page
    assert 'href="/items/item-8"' in page
    assert "correct and resend</td>" in page


def test_a_claim_that_was_paid_since_says_so() -> None:
    paid = make_claim_payment(payment_date=date(2026, 3, 1), paid=Decimal("80.00"))
    page = over(replace(make_denied_item(), paid_since=(paid,))).get("/items/item-9").text
    assert "Since this denial the claim was paid: $80.00 on 1 Mar 2026" in page


def test_without_a_model_the_page_says_that_no_figures_stand_there() -> None:
    item = make_denied_item(subject=replace(make_denied(), options=()))
    page = over(item).get("/items/item-9").text
    assert "No model of recovery is loaded" in page
    assert "Needed to give up." in page


def test_a_decision_follows_the_proposal_without_a_reason() -> None:
    client = over(make_denied_item(), make_match())
    answer = client.post("/items/item-9/decision", data={**FORM, "action": "corrected"})
    assert answer.status_code == 303
    assert "decided=corrected" in answer.headers["location"]
    assert "Your decision was recorded." in client.get(answer.headers["location"]).text
    assert "<strong>Correct and resend</strong>" in client.get("/items/item-9").text


def test_another_action_and_giving_up_ask_for_a_reason() -> None:
    client = over(make_denied_item())
    for action in ("appeal", "write-off-proposal", "nothing"):
        answer = client.post("/items/item-9/decision", data={**FORM, "action": action})
        assert answer.status_code == 422
        assert "a reason is needed" in answer.text


def test_a_denied_claim_cannot_be_accepted() -> None:
    answer = over(make_denied_item()).post("/items/item-9/decision", data={**FORM, "action": "accept"})
    assert answer.status_code == 422


def test_the_list_says_what_an_item_is_worth_and_its_deadline() -> None:
    page = over(make_denied_item(deadline=NOW.date() + timedelta(days=3))).get("/").text
    assert "worth $639.20 in 15 min" in page
    assert "deadline 7 Mar 2026, 3 days left" in page


def test_a_queue_of_specialists_is_a_list_of_its_own() -> None:
    client = over(make_denied_item(), make_denied_item("item-10", queue="coding-specialists"), make_match())
    page = client.get("/?queue=coding-specialists").text
    assert "item-10" in page
    assert "item-9" not in page
    assert "item-1?" not in page
    assert client.get("/?queue=cooks").status_code == 422


def test_no_item_of_another_kind_is_shown_as_a_denied_claim() -> None:
    assert denied_view(make_match(), today=NOW.date()) is None


def test_a_deadline_of_today_is_not_over() -> None:
    assert days_left(NOW.date(), NOW.date()) == ("today", "fair")
    assert days_left(None, NOW.date()) == ("", "quiet")

"""The list: lanes, confidence, filters, pages, and what it says when it is empty."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from serving.pages import create_pages
from tests.support.fake_items import NOW, FakeItems, make_match, make_queue
from tests.support.page_client import PageClient


def text_of(html: str) -> str:
    """What a reader sees, without the markup and with single spaces."""
    body = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def over(*items: object, count: int = 0) -> PageClient:
    queue = FakeItems(list(items) or make_queue(count))  # type: ignore[arg-type]
    return PageClient(create_pages(queue, clock=lambda: NOW))


def test_the_list_shows_the_open_items_with_lane_confidence_amount_payer_and_claim(
    client: PageClient,
) -> None:
    page = text_of(client.get("/").text)
    assert (
        "Review Remittance match Claim A-1001 91.2 % likely $168.00 LAKESIDE HEALTH PLAN due in 3 days"
        in page
    )
    assert "Specialist Denial risk Claim A-1001 31.0 % unlikely $2,275.00" in page
    assert "Rejected claim Claim A-1007 no score $95.50" in page
    assert "Unreadable data no claim number no score" in page


def test_the_tabs_count_the_open_work_and_the_automatic_lane(client: PageClient) -> None:
    assert "All open 4 Escalate 0 Specialist 1 Review 3 Auto 1" in text_of(client.get("/").text)


def test_the_tabs_count_the_same_from_within_the_automatic_lane(client: PageClient) -> None:
    page = text_of(client.get("/?lane=auto&status=automatic").text)
    assert "All open 4 Escalate 0 Specialist 1 Review 3 Auto 1" in page
    assert "99.9 % almost certain" in page
    assert "went by itself" in page


def test_the_tabs_of_all_items_count_every_status_once(client: PageClient) -> None:
    assert "All 5 Escalate 0 Specialist 1 Review 3 Auto 1" in text_of(client.get("/?status=all").text)


def test_filters_narrow_the_list_and_travel_in_its_links(client: PageClient) -> None:
    html = client.get("/?lane=review&kind=rejected-claim").text
    assert "Claim A-1007" in text_of(html)
    assert "Claim A-1001" not in text_of(html)
    assert "/items/item-3?lane=review&amp;kind=rejected-claim" in html


@pytest.mark.parametrize(
    "query", ["lane=urgent", "kind=claim", "status=new", "page=0", "page=x", "page=-1", "page=²"]
)
def test_an_address_that_means_nothing_is_refused_in_plain_words(client: PageClient, query: str) -> None:
    answer = client.get(f"/?{query}")
    assert answer.status_code == 422
    assert "This could not be read" in answer.text
    assert "Back to the list" in answer.text


def test_a_long_list_has_pages_that_keep_the_filters() -> None:
    client = over(count=120)
    first = client.get("/?lane=review").text
    assert "1–50 of 63" in first
    assert 'rel="next" href="/?lane=review&amp;page=2"' in first
    second = client.get("/?lane=review&page=2").text
    assert "51–63 of 63" in second
    assert 'rel="prev" href="/?lane=review&amp;page=1"' in second
    assert 'rel="next"' not in second


def test_a_page_beyond_the_end_shows_the_last_one() -> None:
    assert "51–63 of 63" in over(count=120).get("/?lane=review&page=9").text


def test_an_overdue_item_says_so_in_words() -> None:
    page = over(make_match(due_at=NOW - timedelta(hours=26))).get("/").text
    assert "1 day overdue" in page


def test_an_empty_queue_says_how_items_get_into_it() -> None:
    client = PageClient(create_pages(FakeItems([])))
    page = client.get("/").text
    assert "All done: nothing is waiting" in page
    assert "POST /v1/files" in page


def test_an_empty_filter_offers_the_way_back(client: PageClient) -> None:
    page = text_of(client.get("/?lane=escalate").text)
    assert "No open item stands in the lane Escalate." in page
    assert "Show all open items" in page


def test_the_list_needs_no_script_for_opening_an_item(client: PageClient) -> None:
    assert 'href="/items/item-1"' in client.get("/").text

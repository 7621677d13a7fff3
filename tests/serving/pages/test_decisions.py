"""Deciding: what is recorded, what is refused and why, and where the reviewer goes next."""

from __future__ import annotations

import pytest
from httpx import Response
from starlette.applications import Starlette
from starlette.routing import Mount

from serving.items import Decision, ItemFilter
from serving.pages import create_pages
from serving.problem_details import RequestError
from tests.support.fake_items import NOW, FakeItems, make_match, make_queue, make_tie
from tests.support.page_client import PageClient

FORM = {"version": "1", "reviewer": "Ada Lovelace", "reason": "", "action": "accept", "candidate": "claim-a"}


def decide(client: PageClient, item: str = "item-1", **form: str) -> Response:
    given = dict(FORM)
    if item != "item-1":
        del given["candidate"]
    return client.post(f"/items/{item}/decision", data={**given, **form})


def test_accepting_is_recorded_and_leads_to_the_next_open_item(client: PageClient, items: FakeItems) -> None:
    answer = decide(client)
    assert items.decisions == [("item-1", Decision("accept", "Ada Lovelace"))]
    assert answer.status_code == 303
    assert answer.headers["location"] == "/items/item-3?decided=accept"
    assert "The proposal was accepted." in client.get(answer.headers["location"]).text


class BusyBehind(FakeItems):
    """A queue that records a decision and then has no one free to look for the next item."""

    async def next_open(self, wanted: ItemFilter, *, after: str) -> str | None:
        """Refuse."""
        raise RequestError(429, "too-many-requests", f"nobody is free for {wanted} behind {after}")


def test_a_decision_that_was_recorded_is_told_so_though_the_next_item_cannot_be_found() -> None:
    items = BusyBehind(make_queue())
    answer = decide(PageClient(create_pages(items, clock=lambda: NOW)))
    assert items.decisions == [("item-1", Decision("accept", "Ada Lovelace"))]
    assert (answer.status_code, answer.headers["location"]) == (303, "/?decided=accept")


def test_the_next_item_is_the_next_under_the_same_filters(client: PageClient) -> None:
    answer = decide(client, kind="remittance-match", lane="review")
    assert answer.headers["location"] == "/?lane=review&kind=remittance-match&decided=accept"


def test_choosing_another_claim_is_recorded_with_its_reason(client: PageClient, items: FakeItems) -> None:
    decide(client, action="choose", candidate="claim-b", reason=" the visit of the 12th ")
    assert items.decisions == [
        ("item-1", Decision("choose", "Ada Lovelace", "claim-b", "the visit of the 12th"))
    ]


def test_none_of_these_is_recorded_with_its_reason(client: PageClient, items: FakeItems) -> None:
    decide(client, action="none", reason="paid for another clinic")
    assert items.decisions == [("item-1", Decision("none", "Ada Lovelace", None, "paid for another clinic"))]


@pytest.mark.parametrize(("action", "candidate"), [("choose", "claim-b"), ("none", "claim-a")])
def test_overriding_without_a_reason_is_refused_and_keeps_what_was_written(
    client: PageClient, items: FakeItems, action: str, candidate: str
) -> None:
    answer = decide(client, action=action, candidate=candidate, reason="  ")
    assert answer.status_code == 422
    assert "Nothing was recorded: a reason is needed for this decision." in answer.text
    assert 'value="Ada Lovelace"' in answer.text
    assert f'name="candidate" value="{candidate}"' in answer.text
    assert items.decisions == []


def test_releasing_a_claim_that_is_likely_denied_needs_a_reason(client: PageClient, items: FakeItems) -> None:
    assert decide(client, "item-2").status_code == 422
    assert decide(client, "item-2", reason="the authorization came by phone").status_code == 303
    assert decide(client, "item-3").status_code == 303
    assert [item for item, _ in items.decisions] == ["item-2", "item-3"]


def test_holding_a_claim_that_is_likely_denied_follows_the_score_and_needs_none(client: PageClient) -> None:
    assert decide(client, "item-2", action="none").status_code == 303


def test_where_none_is_proposed_choosing_even_the_best_claim_needs_a_reason() -> None:
    items = FakeItems([make_match(none_probability=0.8)])
    client = PageClient(create_pages(items))
    assert decide(client, action="choose").status_code == 422
    assert decide(client, action="accept").status_code == 422
    assert decide(client, action="none").status_code == 303
    assert items.decisions == [("item-1", Decision("none", "Ada Lovelace"))]


def test_choosing_among_claims_that_fit_equally_well_overrides_nothing() -> None:
    items = FakeItems([make_tie()])
    client = PageClient(create_pages(items))
    assert decide(client, action="choose", candidate="claim-c").status_code == 422
    assert decide(client, action="choose", candidate="claim-b").status_code == 303
    assert items.decisions == [("item-1", Decision("choose", "Ada Lovelace", "claim-b"))]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"reviewer": "   "}, "your name is missing"),
        ({"reviewer": "x" * 81}, "the text is too long"),
        ({"reason": "x" * 501}, "the text is too long"),
        ({"candidate": "claim-z"}, "the chosen claim is not among the candidates"),
        ({"action": "delete"}, "the form does not say what to do"),
        ({"action": "choose"}, "the form does not say what to do"),
    ],
)
def test_a_form_that_cannot_be_taken_says_what_is_wrong(
    client: PageClient, items: FakeItems, form: dict[str, str], words: str
) -> None:
    answer = decide(client, **form)
    assert answer.status_code == 422
    assert words in answer.text
    assert items.decisions == []


@pytest.mark.parametrize("version", ["", "one", "-1", "1" * 30, "²"])
def test_a_form_without_a_usable_version_is_refused(
    client: PageClient, items: FakeItems, version: str
) -> None:
    assert decide(client, version=version).status_code == 422
    assert items.decisions == []


def test_a_second_decision_meets_a_page_that_explains(client: PageClient, items: FakeItems) -> None:
    decide(client, reviewer="Grace Hopper")
    answer = decide(client)
    assert answer.status_code == 409
    assert "Grace Hopper</bdi> decided it on 4 Mar 2026, 15:06 UTC" in answer.text
    assert "Your decision was not recorded" in answer.text
    assert len(items.decisions) == 1


def test_a_stale_version_is_a_conflict(client: PageClient, items: FakeItems) -> None:
    answer = decide(client, version="7")
    assert answer.status_code == 409
    assert "newer than what you saw" in answer.text
    assert items.decisions == []


def test_an_automatic_item_cannot_be_decided(client: PageClient, items: FakeItems) -> None:
    assert decide(client, "item-5").status_code == 409
    assert items.decisions == []


def test_the_reviewer_is_remembered_for_the_next_form(client: PageClient) -> None:
    answer = decide(client, reviewer="Žofie O’Neil; x")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert 'value="Žofie O’Neil; x"' in client.get("/items/item-4").text


def test_a_decided_item_shows_who_decided_what_and_why(client: PageClient) -> None:
    decide(client, action="choose", candidate="claim-b", reason="the visit of the 12th")
    page = client.get("/items/item-1").text
    assert "Another claim was chosen" in page
    assert "Ada Lovelace" in page
    assert "the visit of the 12th" in page
    assert 'name="action"' not in page


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {},
    ],
)
def test_a_form_from_elsewhere_is_refused(items: FakeItems, headers: dict[str, str]) -> None:
    answer = decide(PageClient(create_pages(items), headers=headers))
    assert answer.status_code == 403
    assert items.decisions == []


def test_an_older_browser_is_known_by_its_origin(items: FakeItems) -> None:
    client = PageClient(create_pages(items), headers={"origin": "http://testserver"})
    assert decide(client).status_code == 303


def test_an_oversized_form_and_a_form_of_another_type_are_refused(
    client: PageClient, items: FakeItems
) -> None:
    assert decide(client, reason="x" * 20_000).status_code == 422
    assert client.post("/items/item-1/decision", json={"action": "accept"}).status_code == 422
    assert items.decisions == []


def test_the_pages_work_under_any_path() -> None:
    pages = create_pages(FakeItems(make_queue()), clock=lambda: NOW)
    app = Starlette(routes=[Mount("/desk", pages)])
    client = PageClient(app)
    html = client.get("/desk/").text
    assert 'href="/desk/items/item-1"' in html
    assert 'href="/desk/static/pages.css"' in html
    assert client.get("/desk/static/pages.css").status_code == 200
    answer = client.post("/desk/items/item-1/decision", data=FORM)
    assert answer.headers["location"] == "/desk/items/item-3?decided=accept"
    assert "Path=/desk;" in answer.headers["set-cookie"]

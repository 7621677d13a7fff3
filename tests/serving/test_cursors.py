"""Lists are walked page by page, and what comes and goes meanwhile neither doubles nor hides a row."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from serving.api.cursors import Cursors
from serving.api.deprecation import OFFSET_SINCE, OFFSET_UNTIL
from serving.items import ItemFilter, ItemPlace
from serving.problem_details import RequestError
from serving.store.monitor import MonitorStore
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.automatic_lane import AutomaticDesk
from tests.support.small_x12 import BilledClaim, professional

PLACE = ItemPlace(NOW.date(), 2, False, 0.1 + 0.2, "0" * 24)
CURSORS = Cursors(b"k" * 32)


def walked(client: AsgiClient, path: str, limit: int) -> list[httpx.Response]:
    """Every page of a list."""
    pages = [client.get(f"{path}limit={limit}")]
    while (after := pages[-1].json()["next"]) is not None:
        pages.append(client.get(f"{path}limit={limit}&after={after}"))
    return pages


def ids(pages: list[httpx.Response]) -> list[str]:
    return [row["id"] for page in pages for row in page.json()["rows"]]


def take(client: AsgiClient, *charges: int, name: str = "A") -> None:
    billed = [BilledClaim(f"{name}-{charge}", charge=str(charge)) for charge in charges]
    assert client.post_file(professional(billed, control=f"{charges[0]:09d}")).status_code == 201


def test_the_pages_of_a_list_are_the_list(client: AsgiClient) -> None:
    take(client, *range(300, 311))
    whole = ids([client.get("/v1/items?status=all&limit=200")])
    pages = walked(client, "/v1/items?status=all&", 4)
    assert [len(page.json()["rows"]) for page in pages] == [4, 4, 3]
    assert ids(pages) == whole


def test_what_comes_and_goes_meanwhile_neither_doubles_nor_hides_a_row(client: AsgiClient) -> None:
    take(client, *range(300, 311))
    before = ids([client.get("/v1/items?limit=200")])
    first = client.get("/v1/items?limit=4").json()
    gone = first["rows"][0]["id"]
    decision = {"action": "none", "reviewer": "ann", "reason": "held"}
    assert client.post_json(f"/v1/items/{gone}/decision", decision, **{"If-Match": '"1"'}).status_code == 200
    take(client, *range(500, 505), name="B")
    seen = [row["id"] for row in first["rows"]]
    after = first["next"]
    while after:
        page = client.get(f"/v1/items?limit=4&after={after}").json()
        seen += [row["id"] for row in page["rows"]]
        after = page["next"]
    assert len(seen) == len(set(seen))
    assert set(before) <= set(seen)


def test_a_walk_keeps_its_order_when_deadlines_pass_at_midnight(url: str) -> None:
    store = Store(url)
    desk = AutomaticDesk(store)
    take(desk.client, *range(300, 307))
    wanted = ItemFilter(status=None)
    first = store.page(wanted, offset=0, limit=3, at=NOW)
    rest = store.page(wanted, offset=0, limit=9, at=NOW + timedelta(days=4000), after=first.end)
    found = [row.id for row in (*first.rows, *rest.rows)]
    store.close()
    assert len(found) == len(set(found)) == 7


def test_blind_checks_and_incidents_have_pages(url: str) -> None:
    store = Store(url)
    desk = AutomaticDesk(store)
    desk.pay(5)
    whole = desk.waiting()
    pages = walked(desk.client, "/v1/blind-checks?", 2)
    assert [len(page.json()["rows"]) for page in pages] == [2, 2, 1]
    assert ids(pages) == whole
    assert desk.client.get("/v1/incidents").json() == {"rows": [], "total": 0, "next": None}
    assert MonitorStore.of(store).incident_page(limit=1).end is None
    store.close()


def test_a_cursor_opens_to_the_place_that_it_was_made_of() -> None:
    assert CURSORS.open(CURSORS.seal(PLACE, ItemFilter()), ItemFilter(), ItemPlace) == PLACE


def test_a_cursor_says_nothing_of_what_is_in_it() -> None:
    other = ItemPlace(PLACE.day, PLACE.strictness, PLACE.passed, PLACE.rank, "1" * 24)
    one, another = CURSORS.seal(PLACE, ItemFilter()), CURSORS.seal(other, ItemFilter())
    alike = sum(a == b for a, b in zip(one, another, strict=True))
    assert alike < len(one) / 4


@pytest.mark.parametrize("change", ["flip", "cut", "another list", "another store", "no cursor", "é"])
def test_what_is_no_cursor_of_the_list_is_refused(change: str) -> None:
    text = CURSORS.seal(PLACE, ItemFilter())
    cursors, listing = CURSORS, ItemFilter()
    if change == "flip":
        text = text[:30] + ("A" if text[30] != "A" else "B") + text[31:]
    elif change == "cut":
        text = text[:-4]
    elif change == "another list":
        listing = ItemFilter(lane="review")
    elif change == "another store":
        cursors = Cursors(b"x" * 32)
    else:
        text = change
    with pytest.raises(RequestError) as caught:
        cursors.open(text, listing, ItemPlace)
    assert (caught.value.status, caught.value.code) == (404, "cursor-unknown")


def test_an_offset_is_still_served_and_told_to_be_deprecated(client: AsgiClient) -> None:
    take(client, *range(300, 305))
    for path in ("/v1/items?", "/v1/blind-checks?"):
        answer = client.get(f"{path}offset=2")
        assert answer.headers["deprecation"] == f"@{int(OFFSET_SINCE.timestamp())}"
        assert answer.headers["sunset"] == "Wed, 01 Dec 2027 00:00:00 GMT"
        assert "deprecation" not in client.get(path.rstrip("?")).headers
    assert len(client.get("/v1/items?status=all&offset=2").json()["rows"]) == 3
    assert timedelta(days=180) <= OFFSET_UNTIL - OFFSET_SINCE

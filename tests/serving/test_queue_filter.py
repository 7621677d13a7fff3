"""The filter by queue follows the policy in force, on the API and on the page."""

from __future__ import annotations

import tomllib
from dataclasses import replace

from models.policy import DEFAULT, policy_of
from serving.application import build
from serving.champions import Champions
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.page_client import PageClient
from tests.support.small_x12 import BilledClaim, professional


def under(champions: Champions, queue: str) -> Champions:
    """The same under a policy that sends dear claims to a queue of its own."""
    table = tomllib.loads(DEFAULT.read_text())
    own = {"row": "dear", "lane": "escalate", "queue": queue, "code": "dear", "reason": "Dear."}
    table["rows"].insert(0, {**own, "when": {"kind": ["denial-risk"], "value_at_least": 20_000}})
    return replace(champions, policy=policy_of(table))


def test_a_queue_that_only_this_policy_has_can_be_asked_for(store: Store, champions: Champions) -> None:
    application = build(store, under(champions, "dear-ones"), clock=lambda: NOW)
    client = AsgiClient(application.asgi)
    assert client.get("/v1/items?queue=dear-ones").json()["rows"] == []
    claims = [BilledClaim("A1", charge="25000"), BilledClaim("A2", charge="2500")]
    assert client.post_file(professional(claims)).is_success
    (row,) = client.get("/v1/items?queue=dear-ones").json()["rows"]
    assert (row["claim_id"], row["queue"]) == ("A1", "dear-ones")
    (other,) = client.get("/v1/items?queue=denial-risk-review").json()["rows"]
    assert other["claim_id"] == "A2"
    page = PageClient(application.asgi).get("/?queue=dear-ones").text
    assert '<option value="dear-ones" selected>Dear ones</option>' in page
    assert row["id"] in page
    assert other["id"] not in page


def test_an_unknown_queue_is_refused_with_the_names_that_there_are(
    store: Store, champions: Champions
) -> None:
    application = build(store, under(champions, "dear-ones"), clock=lambda: NOW)
    answer = AsgiClient(application.asgi).get("/v1/items?queue=cooks")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-query")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/queue"]
    assert "dear-ones" in answer.json()["detail"]
    for address in ("/?queue=cooks", "/next?queue=cooks"):
        page = PageClient(application.asgi).get(address)
        assert page.status_code == 422
        assert "dear-ones" in page.text


def test_items_of_a_queue_that_the_policy_no_longer_has_can_still_be_found(
    store: Store, champions: Champions
) -> None:
    before = AsgiClient(build(store, under(champions, "dear-ones"), clock=lambda: NOW).asgi)
    assert before.post_file(professional([BilledClaim("A1", charge="25000")])).is_success
    application = build(store, champions, clock=lambda: NOW)
    client = AsgiClient(application.asgi)
    (row,) = client.get("/v1/items?queue=dear-ones").json()["rows"]
    assert 'value="dear-ones"' in PageClient(application.asgi).get("/").text
    body = {"action": "accept", "reviewer": "ann", "reason": "right"}
    sent = client.post_json(f"/v1/items/{row['id']}/decision", body, **{"If-Match": '"1"'})
    assert sent.status_code == 200, sent.text
    assert client.get("/v1/items?queue=dear-ones&status=decided").json()["total"] == 1


def test_the_items_of_one_file_can_be_asked_for_by_its_receipt(store: Store, champions: Champions) -> None:
    client = AsgiClient(build(store, champions, clock=lambda: NOW).asgi)
    files = [professional([BilledClaim(f"F{number}")], control=f"{number:09d}") for number in range(2)]
    receipts = [client.post_file(file).json() for file in files]
    for number, receipt in enumerate(receipts):
        found = client.get(f"/v1/items?status=all&file={receipt['file']}").json()
        assert [row["claim_id"] for row in found["rows"]] == [f"F{number}"]
        assert found["total"] == 1
    again = client.post_file(files[0]).json()
    assert (again["already_taken"], again["file"]) == (True, receipts[0]["file"])


def test_a_file_that_was_never_taken_is_not_found(store: Store, champions: Champions) -> None:
    client = AsgiClient(build(store, champions, clock=lambda: NOW).asgi)
    assert client.post_file(professional([BilledClaim("F1")])).is_success
    for name in ("undefined", "0" * 24, ""):
        answer = client.get(f"/v1/items?status=all&file={name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert client.get("/v1/items?status=all&file=all").json()["total"] == 1

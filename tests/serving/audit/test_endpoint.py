"""``GET /v1/audit``: pages of the log, the latest first, by subject, actor, action and time."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from serving.audit.chain import BEGINNING, Logged, hash_of
from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from tests.support.asgi_client import AsgiClient
from tests.support.small_x12 import BilledClaim, professional


@pytest.fixture
def filled(client: AsgiClient) -> AsgiClient:
    """A file of five claims, of which one was looked at."""
    assert client.post_file(professional([BilledClaim(f"A-{n}") for n in range(5)])).status_code == 201
    name = client.get("/v1/items?status=all&limit=1").json()["rows"][0]["id"]
    assert client.get(f"/v1/items/{name}").status_code == 200
    return client


def rows(client: AsgiClient, query: str = "") -> list[dict[str, Any]]:
    """Every row of a walk in pages of two."""
    found, after = [], ""
    while True:
        page = client.get(f"/v1/audit?limit=2{query}{after}")
        assert page.status_code == 200, page.text
        found += page.json()["rows"]
        if page.json()["next"] is None:
            return found
        after = f"&after={page.json()['next']}"


def test_the_pages_are_the_log_the_latest_first(filled: AsgiClient, store: Store) -> None:
    seen = [msgspec.convert(one, Logged) for one in rows(filled)]
    assert seen[::-1] == list(AuditStore.of(store).entries())
    previous = BEGINNING
    for one in seen[::-1]:  # what it answers with is enough to check the chain
        assert hash_of(one, previous) == one.hash
        previous = one.hash


def test_what_comes_meanwhile_neither_doubles_nor_hides_an_entry(filled: AsgiClient) -> None:
    before = [one["number"] for one in rows(filled)]
    first = filled.get("/v1/audit?limit=3").json()
    filled.post_file(professional([BilledClaim("B-1")], control="000000009"))
    other = filled.get(f"/v1/audit?action=view&after={first['next']}")
    assert (other.status_code, other.json()["code"]) == (404, "cursor-unknown")
    rest = filled.get(f"/v1/audit?limit=3&after={first['next']}")
    assert [one["number"] for one in (*first["rows"], *rest.json()["rows"])] == before[:6]


def test_it_is_asked_by_subject_actor_action_and_time(filled: AsgiClient) -> None:
    everything = rows(filled)
    view = everything[0]
    assert (view["action"], view["actor"]) == ("view", "anonymous")
    of_item = rows(filled, f"&subject={view['subject']}")
    assert [one["action"] for one in of_item] == ["view", "score"]
    assert rows(filled, "&action=view") == [view]
    assert rows(filled, "&actor=anonymous") == everything
    assert rows(filled, "&actor=nobody") == []
    assert rows(filled, f"&since={view['at']}") == [view]
    assert rows(filled, f"&until={view['at']}") == everything[1:]


@pytest.mark.parametrize(
    "query",
    [
        "action=none",
        "since=yesterday",
        "since=2026-02-30T00:00:00Z",
        "limit=0",
        "kind=x",
        f"actor={'a' * 256}",
    ],
)
def test_what_it_does_not_know_is_refused(client: AsgiClient, query: str) -> None:
    answer = client.get(f"/v1/audit?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-query")

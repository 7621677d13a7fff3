"""Scores that are answered and not stored stand in the audit log: what was sent, by whom, and what was said of it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from features.errors import BadInputError, NotFoundError
from features.settings import Settings
from serving.access.actor import Actor
from serving.application import build
from serving.audit.chain import Entry, Logged
from serving.audit.in_force import change_entry, encoded, in_force
from serving.audit.inputs import digest
from serving.champions import Champions
from serving.store.audit_reading import AuditStore
from serving.store.replaying import ReplayStore
from serving.store.store import Store
from tests.serving.audit.logs import of_store
from tests.support.asgi_client import AsgiClient
from tests.support.builders import make_claim, make_claim_payment

PLANTED = "ZEBEDEE"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def body(*charges: str) -> bytes:
    claims = [make_claim(charge=charge, patient_last=PLANTED) for charge in charges]
    return msgspec.json.encode({"items": [{"claim": claim} for claim in claims]})


def answers(store: Store) -> list[Logged]:
    return [one for one in AuditStore.of(store).entries() if one.action == "answer"]


def test_what_was_answered_is_found_by_its_trace(client: AsgiClient, store: Store) -> None:
    sent = body("200", "80")
    answer = client.post_json("/v1/denial-risk", sent, traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")
    given = answer.json()["items"]
    (entry,) = answers(store)
    said: dict[str, Any] = json.loads(entry.after or "")
    assert entry.subject == TRACE == answer.headers["traceparent"].split("-")[1]
    assert said["kind"] == "denial-risk"
    assert said["lanes"] == [one["lane"] for one in given] == ["review", "auto"]
    assert said["confidences"] == [one["confidence"] for one in given]
    assert (entry.actor, entry.model) == ("anonymous", given[0]["versions"]["model"])
    assert entry.policy == given[0]["versions"]["policy"]
    assert entry.input == digest(store.identifiers.key, sent)
    assert PLANTED not in str(entry)
    assert not of_store(store).faults


def test_a_match_says_what_was_proposed(client: AsgiClient, store: Store) -> None:
    item = {"claim_payment": make_claim_payment(), "claims": [make_claim(claim_id="B-2"), make_claim()]}
    client.post_json("/v1/remittance-match", {"items": [item]})
    (entry,) = answers(store)
    assert json.loads(entry.after or "")["proposed"] == ["1"]


def test_a_thousand_claims_are_one_entry(client: AsgiClient, store: Store) -> None:
    client.post_json("/v1/denial-risk", body(*["80"] * 1000))
    (entry,) = answers(store)
    assert len(json.loads(entry.after or "")["lanes"]) == 1000


def test_each_of_those_that_come_at_the_same_time_has_its_own(client: AsgiClient, store: Store) -> None:
    bodies = [body(str(100 + n)) for n in range(20)]

    async def all_at_once() -> None:
        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://clearlane.test") as one:
            kind = {"Content-Type": "application/json"}
            await asyncio.gather(
                *(one.post("/v1/denial-risk", content=sent, headers=kind) for sent in bodies)
            )

    asyncio.run(all_at_once())
    found = answers(store)
    assert {one.input for one in found} == {digest(store.identifiers.key, sent) for sent in bodies}
    assert len({one.subject for one in found}) == len(found) == 20
    assert not of_store(store).faults


def test_what_was_not_stored_cannot_be_replayed_and_is_told_so(client: AsgiClient, store: Store) -> None:
    client.post_json("/v1/denial-risk", body("80"))
    (entry,) = answers(store)
    with pytest.raises(NotFoundError, match="not stored"):
        ReplayStore.of(store).kept(str(entry.number))


def test_entries_of_several_actors_are_theirs(store: Store) -> None:
    actors = [Actor(name, frozenset()) for name in ("ann", "bob", "bob", "ann")]
    AuditStore.of(store).add_for([(actor, Entry("answer", str(n))) for n, actor in enumerate(actors)])
    found = answers(store)
    assert [(one.actor, one.subject) for one in found] == [
        ("ann", "0"),
        ("bob", "1"),
        ("bob", "2"),
        ("ann", "3"),
    ]
    assert not of_store(store).faults


def test_nothing_is_answered_that_cannot_be_logged(default_url: str, champions: Champions) -> None:
    with_key = Store(default_url, audit_key=b"sixteen letters.")
    AuditStore.of(with_key).add(Entry("view", "an item"))
    with_key.close()
    store = Store(default_url)  # and no key: an entry would break the log
    application = build(store, champions)
    answer = AsgiClient(application.asgi).post_json("/v1/denial-risk", body("80"))
    assert (answer.status_code, answer.json()["status"]) == (503, 503)
    assert "items" not in answer.json()
    application.close()


def test_where_it_is_turned_off_nothing_is_logged_but_that_it_is(store: Store, champions: Champions) -> None:
    application = build(store, champions, answers_logged=False)
    assert AsgiClient(application.asgi).post_json("/v1/denial-risk", body("80")).status_code == 200
    assert answers(store) == []
    application.close()
    home = {"CLEARLANE_HOME": str(Path("somewhere"))}
    on, off = (
        encoded(in_force(champions, Settings.from_environment(home | more)))
        for more in ({}, {"CLEARLANE_AUDIT_ANSWERS": "off"})
    )
    assert change_entry(on, off).after == '{"answers":"not logged"}'
    assert change_entry(off, on).before == '{"answers":"not logged"}'
    with pytest.raises(BadInputError):
        Settings.from_environment(home | {"CLEARLANE_AUDIT_ANSWERS": "false"})

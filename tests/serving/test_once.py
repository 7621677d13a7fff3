"""A request that is sent again with its ``Idempotency-Key`` is answered again, and changes nothing again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from features.errors import ConflictError
from serving.application import build
from serving.store.database import Database
from serving.store.idempotency import (
    KEPT,
    LEASE,
    Done,
    IdempotencyKeys,
    Taken,
    Waiting,
    held,
    idempotency_keys,
    settle,
)
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.automatic_lane import AutomaticDesk
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, professional

KEY = {"Idempotency-Key": "5f0c-1"}
PLANTED = "ZEBEDEE"


def decide(client: AsgiClient, *, reason: str = "the modifier is missing", **headers: str) -> httpx.Response:
    """A decision on the first claim of the list, open or not."""
    (row,) = client.get("/v1/items?status=all&kind=denial-risk").json()["rows"]
    body = {"action": "none", "reviewer": "ann", "reason": reason}
    return client.post_json(f"/v1/items/{row['id']}/decision", body, **{"If-Match": '"1"', **headers})


def test_a_file_sent_again_with_its_key_has_the_first_answer(client: AsgiClient) -> None:
    first, second = (
        client.send("POST", "/v1/files?name=a.837", content=professional(), headers=KEY) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (
        False,
        "true",
    )
    assert client.get("/v1/items?status=all").json()["total"] == 1


def test_a_form_sent_again_is_the_same_request_whatever_its_boundary(client: AsgiClient) -> None:
    answers = [
        client.send("POST", "/v1/files", files={"file": ("a.837", professional())}, headers=KEY)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]


def test_a_decision_sent_again_with_its_key_has_the_first_answer(client: AsgiClient) -> None:
    client.post_file(professional())
    first, second = decide(client, **KEY), decide(client, **KEY)
    assert (first.status_code, second.status_code) == (200, 200), first.text
    assert (first.json(), first.headers["etag"]) == (second.json(), second.headers["etag"])
    assert second.headers["idempotency-replayed"] == "true"


def test_a_key_with_another_request_is_refused(client: AsgiClient) -> None:
    client.post_file(professional())
    assert decide(client, **KEY).status_code == 200
    answer = decide(client, reason="another one", **KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


def test_a_key_whose_request_was_refused_may_come_again_mended(client: AsgiClient) -> None:
    client.post_file(professional())
    assert decide(client, **{**KEY, "If-Match": '"7"'}).status_code == 409
    assert decide(client, **KEY).status_code == 200
    assert client.send("POST", "/v1/files", content=b"no file", headers=KEY).status_code == 422
    other = professional([BilledClaim("B-2")])
    assert client.send("POST", "/v1/files", content=other, headers=KEY).status_code == 201


def test_the_same_key_may_be_used_at_another_address_and_by_another_actor(client: AsgiClient) -> None:
    assert client.send("POST", "/v1/files", content=professional(), headers=KEY).status_code == 201
    assert decide(client, **KEY).status_code == 200


def test_the_same_key_on_two_items_is_two_requests(client: AsgiClient) -> None:
    client.post_file(professional([BilledClaim("B-1"), BilledClaim("B-2")]))
    rows = client.get("/v1/items?kind=denial-risk").json()["rows"]
    body = {"action": "none", "reviewer": "ann", "reason": "the modifier is missing"}
    answers = [
        client.post_json(f"/v1/items/{row['id']}/decision", body, **{"If-Match": '"1"', **KEY})
        for row in [*rows, *rows]
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert ["idempotency-replayed" in answer.headers for answer in answers] == [False, False, True, True]
    assert [answer.json()["row"]["id"] for answer in answers] == [row["id"] for row in [*rows, *rows]]


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201])
def test_an_odd_key_is_refused(client: AsgiClient, key: str) -> None:
    headers = [(b"idempotency-key", key.encode())]
    answer = client.send("POST", "/v1/files", content=professional(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-idempotency-key")


def test_a_blind_check_and_a_verdict_sent_again_have_their_first_answers(store: Store) -> None:
    desk = AutomaticDesk(store)
    (name,) = desk.pay()
    for path, body in (
        (f"/v1/blind-checks/{name}", {"action": "none", "reviewer": "ann"}),
        (f"/v1/items/{name}/verdict", {"source": "reversal", "wrong": True, "reviewer": "ann"}),
    ):
        first, second = (desk.client.post_json(path, body, **KEY) for _ in range(2))
        assert first.is_success, first.text
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert second.headers["idempotency-replayed"] == "true"
    again = desk.client.post_json(f"/v1/blind-checks/{name}", {"action": "none", "reviewer": "ann"})
    assert again.status_code == 409


@pytest.fixture
def keys(url: str) -> Iterator[tuple[IdempotencyKeys, Database]]:
    database = Database(url)
    yield IdempotencyKeys(database), database
    database.close()


def test_while_the_first_is_worked_on_another_waits_and_a_lost_one_is_taken_over(
    keys: tuple[IdempotencyKeys, Database],
) -> None:
    taken = keys[0].take("scope", "request", NOW)
    assert isinstance(taken, Taken)
    assert keys[0].take("scope", "request", NOW + LEASE / 2) == Waiting(30)
    assert keys[0].take("scope", "another", NOW + LEASE / 2) == "reused"
    after = keys[0].take("scope", "request", NOW + LEASE + timedelta(seconds=1))
    assert isinstance(after, Taken)
    assert keys[0].leave(taken) is None, "it is another one's by now"
    keys[0].finish(after, Done(200, None), NOW)
    assert keys[0].take("scope", "request", NOW + KEPT) == Done(200, None)
    assert isinstance(keys[0].take("scope", "another", NOW + KEPT + timedelta(seconds=1)), Taken)


@pytest.mark.parametrize("first", [0, 1], ids=["the one that began first", "the one that took it over"])
def test_of_two_that_are_at_the_same_request_the_first_to_be_done_wins_and_the_other_changes_nothing(
    keys: tuple[IdempotencyKeys, Database], first: int
) -> None:
    holders = [keys[0].take("scope", "request", at) for at in (NOW, NOW + 2 * LEASE)]
    assert all(isinstance(one, Taken) for one in holders)
    winner, other = holders[first], holders[1 - first]
    assert isinstance(winner, Taken)
    assert isinstance(other, Taken)
    keys[0].finish(winner, Done(201, '"first"'), NOW + 3 * LEASE)
    token = held.set(other)
    with pytest.raises(ConflictError, match="answered meanwhile"), keys[1].writing() as connection:
        settle(connection, NOW + 3 * LEASE, status=201, answer="second")
    held.reset(token)
    assert not other.done
    assert keys[0].leave(other) == Done(201, '"first"')
    assert keys[0].take("scope", "request", NOW + 4 * LEASE) == Done(201, '"first"')


def test_a_lease_that_was_over_before_anybody_came_again_loses_no_work(
    keys: tuple[IdempotencyKeys, Database],
) -> None:
    slow = keys[0].take("scope", "request", NOW)
    assert isinstance(slow, Taken)
    assert isinstance(keys[0].take("unlike", "request", NOW + 2 * LEASE), Taken)
    keys[0].finish(slow, Done(200, None), NOW + 2 * LEASE)
    assert keys[0].take("scope", "request", NOW + 3 * LEASE) == Done(200, None)


def test_a_key_that_came_with_another_request_since_is_not_answered_by_the_one_before(
    keys: tuple[IdempotencyKeys, Database],
) -> None:
    slow = keys[0].take("scope", "request", NOW)
    assert isinstance(slow, Taken)
    assert isinstance(keys[0].take("scope", "another", NOW + 2 * LEASE), Taken)
    with pytest.raises(ConflictError, match="answered meanwhile"):
        keys[0].finish(slow, Done(200, None), NOW + 2 * LEASE)
    assert keys[0].leave(slow) is None
    assert isinstance(keys[0].take("scope", "another", NOW + 2 * LEASE), Waiting)


def test_a_file_that_takes_longer_than_the_lease_and_is_sent_again_is_taken_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [NOW]
    processes = [AsgiClient(build(store, fake_champions(), clock=lambda: now[0]).asgi) for _ in range(2)]
    storing, go = threading.Event(), threading.Event()
    take = Store.take

    def waits(*given: Any) -> Any:
        if not storing.is_set():
            storing.set()
            assert go.wait(60)
        return take(*given)

    monkeypatch.setattr(Store, "take", waits)
    answers: list[httpx.Response] = []

    def send(client: AsgiClient) -> None:
        answers.append(client.send("POST", "/v1/files?name=a.837", content=professional(), headers=KEY))

    slow = threading.Thread(target=send, args=processes[:1])
    slow.start()
    assert storing.wait(60)
    now[0] += 2 * LEASE
    send(processes[1])
    go.set()
    slow.join(60)
    first, second = answers
    assert (first.status_code, second.status_code) == (201, 201), second.text
    assert first.content == second.content
    assert ("idempotency-replayed" in first.headers, "idempotency-replayed" in second.headers) == (
        False,
        True,
    )
    assert processes[0].get("/v1/items?status=all").json()["total"] == 1


def test_a_change_that_is_rolled_back_leaves_its_key_unanswered(
    keys: tuple[IdempotencyKeys, Database],
) -> None:
    taken = keys[0].take("scope", "request", NOW)
    assert isinstance(taken, Taken)
    token = held.set(taken)
    with suppress(ZeroDivisionError), keys[1].writing() as connection:
        settle(connection, NOW, status=201, answer={"file": "x"})
        raise ZeroDivisionError
    held.reset(token)
    assert isinstance(keys[0].take("scope", "request", NOW), Waiting)


def test_of_many_at_once_one_works_and_the_others_wait(keys: tuple[IdempotencyKeys, Database]) -> None:
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(keys[0].take("scope", "request", NOW))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in found) == ["Taken", *["Waiting"] * 5]


def test_what_is_kept_names_no_patient_and_no_key(store: Store, client: AsgiClient) -> None:
    data = professional([BilledClaim(PLANTED, last=PLANTED)])
    client.send("POST", f"/v1/files?name={PLANTED}.837", content=data, headers=KEY)
    decide(client, **KEY)
    with store._database.reading() as connection:
        rows = connection.execute(select(idempotency_keys)).all()
    text = repr(rows)
    assert len(rows) == 2
    assert PLANTED not in text
    assert KEY["Idempotency-Key"] not in text

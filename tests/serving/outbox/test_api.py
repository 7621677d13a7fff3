"""What nobody took is seen by people, and sent again when they say so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from serving.application import build
from serving.metrics import exposition
from serving.store.idempotency import IdempotencyKeys
from serving.store.store import Store
from tests.serving.outbox.desk import OutboxDesk, settings_for
from tests.support.asgi_client import AsgiClient
from tests.support.fake_champions import fake_champions
from tests.support.receiver import Say, receiving


def test_a_dead_delivery_is_listed_without_its_path_and_sent_again(store: Store) -> None:
    with receiving([Say(410), Say(200)]) as receiver:
        settings = settings_for(receiver.address)
        application = build(store, fake_champions(), events=settings)
        client = AsgiClient(application.asgi)
        desk = OutboxDesk(store, settings)
        desk.tell()
        desk.dispatcher.once()
        listed = client.get("/v1/outbox?status=dead").json()
        (row,) = listed["rows"]
        assert (listed["waiting"], listed["dead"], listed["next"]) == (0, 1, None)
        assert (row["status"], row["error"], row["answer"], row["to"]) == (
            "dead",
            "gone",
            410,
            receiver.address,
        )
        again = client.send("POST", f"/v1/outbox/{row['id']}/retry")
        assert again.status_code == 204
        assert client.send("POST", f"/v1/outbox/{row['id']}/retry").status_code == 409
        assert client.send("POST", f"/v1/outbox/{'0' * 24}/retry").status_code == 404
        desk.at = max(desk.at, datetime.now(UTC))
        assert desk.dispatcher.once() == 1
        assert [one["status"] for one in client.get("/v1/outbox").json()["rows"]] == ["delivered"]
        text = exposition()[0].decode()
        assert 'clearlane_deliveries_total{outcome="dead"}' in text
        assert 'clearlane_outbox{status="waiting"}' in text
        application.dispatcher.close()


def test_sending_again_marks_its_key_with_the_change_itself(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving([Say(410)]) as receiver:
        settings = settings_for(receiver.address)
        client = AsgiClient(build(store, fake_champions(), events=settings).asgi)
        desk = OutboxDesk(store, settings)
        desk.tell()
        desk.dispatcher.once()
    monkeypatch.setattr(IdempotencyKeys, "finish", lambda *_: pytest.fail("a process may die before this"))
    path = f"/v1/outbox/{desk.rows()[0].id}/retry"
    first, second = (client.send("POST", path, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (204, 204), second.text
    assert second.headers["idempotency-replayed"] == "true"
    assert client.send("POST", path, headers={"Idempotency-Key": "k2"}).status_code == 409


def test_the_list_is_walked_by_cursors(store: Store) -> None:
    settings = settings_for("http://127.0.0.1:9")
    client = AsgiClient(build(store, fake_champions(), events=settings).asgi)
    desk = OutboxDesk(store, settings)
    for number in range(5):
        desk.tell("s", number)
    seen: list[str] = []
    path = "/v1/outbox?limit=2"
    while True:
        page = client.get(path).json()
        seen += [row["id"] for row in page["rows"]]
        if page["next"] is None:
            break
        path = f"/v1/outbox?limit=2&after={page['next']}"
    assert seen == [one.id for one in desk.rows()][::-1]

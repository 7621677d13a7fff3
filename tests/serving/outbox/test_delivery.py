"""Events are delivered at least once, in order of their subject, signed, in time, and given up in the end."""

from __future__ import annotations

import hmac
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from serving.outbox.dispatcher import Dispatcher
from serving.outbox.events import Event
from serving.outbox.settings import OutboxSettings
from serving.store.database import StoreError
from serving.store.outbox import DEAD_KEPT, KEPT, OutboxStore, tell
from serving.store.store import Store
from tests.serving.audit.logs import of_store
from tests.serving.outbox.desk import SCHEDULE, SECRET, OutboxDesk, settings_for
from tests.support.receiver import Receiver, Say, receiving


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


def test_an_event_comes_once_as_a_signed_cloud_event(store: Store) -> None:
    with receiving() as receiver:
        desk = OutboxDesk(
            store, settings_for(receiver.address, secrets=(SECRET, b"the old one that is retired"))
        )
        desk.tell("batch1", 7)
        assert desk.dispatcher.once() == 1
        assert desk.dispatcher.once() == 0
        (came,) = receiver.came
    assert came.path == "/in"
    assert came.headers["content-type"] == "application/cloudevents+json; charset=UTF-8"
    event = came.event
    assert {name: event[name] for name in ("specversion", "type", "subject", "datacontenttype", "data")} == {
        "specversion": "1.0",
        "type": "clearlane.posting.batch.closed",
        "subject": "batch1",
        "datacontenttype": "application/json",
        "data": {"number": 7},
    }
    assert event["source"].startswith("urn:clearlane:")
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    assert event["id"] == came.id
    signed = f"{came.id}.{came.headers['webhook-timestamp']}.".encode() + came.body
    first, second = came.headers["webhook-signature"].split(" ")
    assert first == "v1," + b64encode(hmac.digest(SECRET, signed, "sha256")).decode()
    assert second.startswith("v1,")
    assert second != first
    assert abs(int(came.headers["webhook-timestamp"]) - time.time()) < 60
    (row,) = desk.rows()
    assert (row.status, row.attempts, row.answer, row.error, row.to) == (
        "delivered", 1, 204, None, receiver.address,
    )  # fmt: skip


def test_an_event_of_a_change_that_is_undone_is_not_there(store: Store) -> None:
    desk = OutboxDesk(store, settings_for("http://127.0.0.1:9"))

    def change() -> None:
        with store._database.writing() as connection:
            tell(connection, Event("clearlane.job.done", "j", {}))
            raise KeyError

    with pytest.raises(KeyError):
        change()
    assert desk.rows() == []


def test_without_an_address_nothing_is_written(store: Store) -> None:
    desk = OutboxDesk(store, OutboxSettings())
    desk.tell()
    assert desk.rows() == []


def test_what_fails_is_tried_again_later_each_time_with_the_same_id_until_it_is_taken(store: Store) -> None:
    with receiving([Say(500), Say(404), Say(200)]) as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        desk.tell()
        begun = desk.at
        waits = []
        while desk.rows()[0].status == "waiting":
            assert desk.dispatcher.once() == 1
            assert desk.dispatcher.once() == 0, "it is not tried again at once"
            following = desk.rows()[0].next_at
            if following:
                waits.append((following - desk.at).total_seconds())
                desk.at = following
        assert len({one.id for one in receiver.came}) == 1
        assert len({one.body for one in receiver.came}) == 1
    assert desk.rows()[0].attempts == 3
    assert 5 <= waits[0] <= 10
    assert 10 <= waits[1] <= 20
    assert desk.at > begun


def test_it_is_given_up_after_its_time_and_may_be_sent_again(store: Store) -> None:
    with receiving([Say(503)]) as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        desk.tell()
        begun = desk.at
        while (row := desk.rows()[0]).status == "waiting":
            desk.at = row.next_at or desk.at
            desk.dispatcher.once()
        assert SCHEDULE.end - timedelta(seconds=5) <= desk.at - begun <= SCHEDULE.end, (
            "neither early nor late"
        )
        assert (row.status, row.error, row.answer, row.next_at) == ("dead", "refused", 503, None)
        assert row.attempts == len(receiver.came) > 6
        assert [one.action for one in of_entries(store)] == ["delivery"]
        desk.later(days=2)
        assert desk.dispatcher.once() == 0
        receiver.says = [Say(200)]
        desk.outbox.send_again(row.id, desk.at, SCHEDULE.end)
        assert desk.dispatcher.once() == 1
        assert desk.rows()[0].status == "delivered"
        assert len({one.id for one in receiver.came}) == 1
    assert [one.action for one in of_entries(store)] == ["delivery", "delivery"]
    assert not of_store(store).faults


def of_entries(store: Store) -> list[Any]:
    from serving.store.audit_reading import AuditStore

    return list(AuditStore.of(store).entries())


@pytest.mark.parametrize("header", ["300", "in words", "date"])
def test_a_receiver_that_says_when_to_come_again_is_left_alone_until_then(store: Store, header: str) -> None:
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=300)
    said = moment.strftime("%a, %d %b %Y %H:%M:%S GMT") if header == "date" else header
    with receiving([Say(429, {"Retry-After": said})]) as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        desk.tell()
        desk.dispatcher.once()
        following = desk.rows()[0].next_at
        assert following is not None
        waited = (following - desk.at).total_seconds()
    assert (290 <= waited <= 301) if header != "in words" else (5 <= waited <= 10)


def test_a_receiver_that_is_gone_gets_nothing_more(store: Store) -> None:
    with receiving([Say(410)]) as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        for subject in ("a", "a", "b"):
            desk.tell(subject)
        desk.at = max(desk.at, datetime.now(UTC))
        desk.dispatcher.once()
        assert {(row.status, row.error) for row in desk.rows()} == {("dead", "gone")}
        desk.later(days=1)
        assert desk.dispatcher.once() == 0
        assert len(receiver.came) <= 2
    assert sorted(one.subject for one in of_entries(store)) == sorted(row.id for row in desk.rows())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_nowhere(store: Store, status: int) -> None:
    with receiving() as other, receiving([Say(status, {"Location": f"{other.address}/in"})]) as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        desk.tell()
        desk.dispatcher.once()
        assert (desk.rows()[0].status, desk.rows()[0].error) == ("waiting", "redirect")
        assert other.came == []


@pytest.mark.parametrize("say", [Say(after=3), Say(drip=True)], ids=["late", "byte by byte"])
def test_a_slow_receiver_is_left_after_the_time_limit(store: Store, say: Say) -> None:
    with receiving([say]) as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address), seconds=0.5)
        desk.tell()
        begun = time.monotonic()
        desk.dispatcher.once()
        assert time.monotonic() - begun < 2.5
        assert (desk.rows()[0].status, desk.rows()[0].error) == ("waiting", "timeout")


def test_a_body_without_end_is_not_read(store: Store) -> None:
    with receiving([Say(200, endless=True)]) as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        desk.tell()
        desk.dispatcher.once()
        assert desk.rows()[0].status == "delivered"


def test_nobody_at_the_address_is_a_failure_like_others(store: Store) -> None:
    with receiving() as receiver:
        pass
    desk = OutboxDesk(store, settings_for(receiver.address))
    desk.tell()
    desk.dispatcher.once()
    assert (desk.rows()[0].status, desk.rows()[0].error) == ("waiting", "no-connection")


def test_a_certificate_that_nobody_vouches_for_is_told_apart_from_no_connection(store: Store) -> None:
    with receiving(tls=True) as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        desk.tell()
        desk.dispatcher.once()
        assert (desk.rows()[0].status, desk.rows()[0].error) == ("waiting", "certificate")
        assert receiver.came == []


def test_a_receiver_that_does_not_speak_tls_is_no_fault_of_its_certificate(store: Store) -> None:
    with receiving() as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address.replace("http:", "https:")))
        desk.tell()
        desk.dispatcher.once()
        assert (desk.rows()[0].status, desk.rows()[0].error) == ("waiting", "no-connection")


def test_events_of_one_subject_keep_their_order_and_others_do_not_wait(store: Store) -> None:
    with receiving([Say(500), Say(200)]) as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        for number in range(3):
            desk.tell("a", number)
        desk.at = max(desk.at, datetime.now(UTC))
        desk.dispatcher.once()
        desk.tell("b", 9)
        desk.later(seconds=1)
        assert desk.dispatcher.once() == 1
        assert [(one.event["subject"], one.event["data"]["number"]) for one in receiver.came] == [
            ("a", 0),
            ("b", 9),
        ]
        for _ in range(3):
            desk.later(seconds=30)
            desk.dispatcher.once()
        numbers = [one.event["data"]["number"] for one in receiver.came if one.event["subject"] == "a"]
        assert numbers == [0, 0, 1, 2]
        sequence = [one.event["sequence"] for one in receiver.came if one.event["subject"] == "a"]
        assert sequence == sorted(sequence)


def test_a_host_for_which_much_waits_leaves_room_for_the_others(store: Store) -> None:
    with receiving([Say(503)]) as failing, receiving() as receiver:
        settings = replace(settings_for(failing.address, receiver.address), subscribers=())
        desk = OutboxDesk(store, settings, seconds=20)
        for number in range(40):
            desk.tell(f"h{number}", also=f"{failing.address}/job/{number}")
        for number in range(3):
            desk.tell("mine", number, also=f"{receiver.address}/in")
        desk.tell("yours", 0, also=f"{receiver.address}/in")
        desk.at = max(desk.at, datetime.now(UTC))
        letters = desk.outbox.due(desk.at, limit=32, a_host=8)
        assert [one.target.startswith(receiver.address) for one in letters].count(True) == 2, "in their order"
        assert len(letters) == 8 + 2
        assert desk.outbox.due(desk.at, limit=32, a_host=8, besides=letters) == []
        (first,) = desk.outbox.due(desk.at, limit=1, a_host=8)
        assert first.target == f"{failing.address}/job/0"
        desk.at = max(desk.at, datetime.now(UTC))
        assert desk.dispatcher.once() == 44, "what becomes due in a round is sent in it"
        assert orders(receiver) == {"mine": [0, 1, 2], "yours": [0]}


def test_a_long_backlog_of_a_host_that_has_its_share_hides_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.store.outbox.LOOKED_AT", 5)
    desk = OutboxDesk(store, settings_for("http://127.0.0.1:7", "http://127.0.0.1:70"))
    desk.store.tells((), SCHEDULE.end)
    for number in range(20):
        desk.tell(f"h{number}", also=f"http://127.0.0.1:7/{number}")
    desk.tell("mine", also="http://127.0.0.1:70/in")
    desk.at = max(desk.at, datetime.now(UTC))
    first = desk.outbox.due(desk.at, limit=8, a_host=2)
    assert len(first) == 2
    assert [one.target for one in desk.outbox.due(desk.at, limit=8, a_host=2, besides=first)] == [
        "http://127.0.0.1:70/in"
    ]


def test_nobody_waits_for_a_host_that_takes_everything_and_answers_nothing(store: Store) -> None:
    with receiving([Say(after=15)]) as hung, receiving() as receiver:
        settings = replace(settings_for(hung.address, receiver.address), subscribers=())
        desk = OutboxDesk(store, settings)
        for number in range(40):
            desk.tell(f"h{number}", number, also=f"{hung.address}/job/{number}")
        dispatcher = Dispatcher(desk.outbox, settings, schedule=SCHEDULE, seconds=10.0, every=0.1)
        dispatcher.start()
        hung.wait(8)
        begun = time.monotonic()
        for number in range(5):
            desk.tell("mine", number, also=f"{receiver.address}/in")
            receiver.wait(number + 1, 8.0)
        assert time.monotonic() - begun < 8.0, "though the first to the other host have not ended"
        assert {row.attempts for row in desk.rows() if row.to == hung.address} == {0}
        assert len(hung.came) == 8
        dispatcher.close()
        assert orders(receiver) == {"mine": [0, 1, 2, 3, 4]}
        tried = [row for row in desk.rows() if row.attempts]
        assert {(row.error, row.attempts) for row in tried if row.to == hung.address} == {("timeout", 1)}
        assert len(hung.came) == 8, "at the end what is on its way is waited for, and nothing begins"


def test_what_is_on_its_way_is_written_down_though_the_store_was_gone_meanwhile(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise StoreError("the store cannot be used now")

    with receiving([Say(after=1)]) as slow, receiving() as receiver:
        desk = OutboxDesk(store, replace(settings_for(slow.address, receiver.address), subscribers=()))
        desk.tell("slow", also=f"{slow.address}/in")
        desk.tell("mine", also=f"{receiver.address}/in")
        desk.at = max(desk.at, datetime.now(UTC))
        keep, due = desk.outbox.keep, desk.outbox.due

        def kept(results: Any, at: datetime) -> None:
            keep(results, at)
            monkeypatch.setattr(desk.outbox, "due", gone)

        monkeypatch.setattr(desk.outbox, "keep", kept)
        with pytest.raises(StoreError):
            desk.dispatcher.once()
        monkeypatch.setattr(desk.outbox, "due", due)
    assert [row.status for row in desk.rows()] == ["delivered", "delivered"]


def test_a_caller_s_own_address_gets_its_event_beside_the_subscribers(store: Store) -> None:
    with receiving() as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        desk.tell(also=f"{receiver.address}/own?x=1")
        desk.at = max(desk.at, datetime.now(UTC))
        assert desk.dispatcher.once() == 2
        assert {one.path for one in receiver.came} == {"/in", "/own?x=1"}
        assert len({one.id for one in receiver.came}) == 1


def test_of_many_dispatchers_one_delivers_and_another_takes_over(store: Store) -> None:
    with receiving() as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        others = [
            Dispatcher(desk.outbox, desk.settings, schedule=SCHEDULE, seconds=2.0, clock=lambda: desk.at)
            for _ in range(3)
        ]
        desk.tell()
        desk.dispatcher.once()
        desk.tell()
        desk.at = max(desk.at, datetime.now(UTC))
        assert [one.once() for one in others] == [0, 0, 0]
        desk.later(seconds=7)  # the first has not been heard of for the whole of its lease
        assert sum(one.once() for one in others) == 1
        assert len(receiver.came) == 2


def test_dispatchers_that_run_at_once_deliver_each_event_once(store: Store) -> None:
    with receiving() as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        running = [
            Dispatcher(desk.outbox, desk.settings, schedule=SCHEDULE, seconds=2.0, every=0.02)
            for _ in range(3)
        ]
        for one in running:
            one.start()
        writers = [threading.Thread(target=tell_ten, args=(desk, place)) for place in range(3)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        receiver.wait(30)
        for one in running:
            one.close()
        assert len(receiver.came) == len({one.id for one in receiver.came}) == 30
        assert orders(receiver) == {f"s{place}": list(range(10)) for place in range(3)}


def tell_ten(desk: OutboxDesk, place: int) -> None:
    for number in range(10):
        desk.tell(f"s{place}", number)


def orders(receiver: Receiver) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for one in receiver.came:
        found.setdefault(one.event["subject"], []).append(one.event["data"]["number"])
    return found


def test_what_was_delivered_long_ago_goes_and_numbers_are_never_used_again(store: Store) -> None:
    with receiving() as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        for subject in ("a", "b"):
            desk.tell(subject)
        desk.at = max(desk.at, datetime.now(UTC))
        desk.dispatcher.once()
        outbox = OutboxStore.of(store)
        assert outbox.forget(desk.at) == 0
        assert outbox.forget(desk.at + KEPT + timedelta(days=1)) == 1
        desk.tell("c")
        desk.at = max(desk.at, datetime.now(UTC))
        desk.dispatcher.once()
        assert [int(one.event["sequence"]) for one in receiver.came][-1] == 3


def test_what_was_given_up_may_be_sent_again_for_a_year_and_goes_then(store: Store) -> None:
    with receiving([Say(410)]) as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        for subject in ("a", "b"):
            desk.tell(subject)
        desk.at = max(desk.at, datetime.now(UTC))
        desk.dispatcher.once()
    assert [row.status for row in desk.rows()] == ["dead", "dead"]
    assert desk.outbox.forget(desk.at + DEAD_KEPT) == 0
    assert desk.outbox.forget(desk.at + DEAD_KEPT + timedelta(days=1)) == 1, (
        "the last holds the place of the next"
    )
    assert [row.subject for row in desk.rows()] == ["b"]

"""A large file is answered at once, worked on behind the answer, once, with the rights of its sender."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from serving import ingestion
from serving.access.actor import Actor, acting_as
from serving.api import files as files_api
from serving.api.jobs import _parts, prefers_async
from serving.application import Application, build
from serving.clock import utc_now
from serving.jobs import runner
from serving.jobs.runner import ATTEMPTS, Runner
from serving.store.connections import StoreError, StoreGoneError
from serving.store.jobs import KEPT, Jobs
from serving.store.outbox import OutboxStore
from serving.store.store import Store
from tests.serving.audit.logs import of_store
from tests.serving.conftest import NOW
from tests.serving.outbox.desk import settings_for
from tests.support import earlier_stores
from tests.support.asgi_client import AsgiClient
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, professional

ASYNC = {"Prefer": "respond-async"}


class Desk:
    """One process of the service, which does jobs when a test says so."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.application: Application = build(
            store, fake_champions(), clock=lambda: NOW, events=settings_for("http://127.0.0.1:9")
        )
        self.client = AsgiClient(self.application.asgi)
        self.runner = self.application.runner

    def send(self, data: bytes, query: str = "?name=a.837", **headers: str) -> httpx.Response:
        return self.client.send("POST", f"/v1/files{query}", content=data, headers={**ASYNC, **headers})

    def job(self, answer: httpx.Response) -> dict[str, Any]:
        return dict(self.client.get(answer.headers["location"]).json())

    def events(self) -> list[tuple[str, bytes]]:
        letters = OutboxStore.of(self.store).due(utc_now() + timedelta(days=1), limit=99)
        return [(one.target, one.body) for one in letters]


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    desk = Desk(Store(url))
    yield desk
    desk.application.close()


def test_a_file_is_answered_at_once_and_taken_later(desk: Desk, url: str) -> None:
    answer = desk.send(professional([BilledClaim("A-1"), BilledClaim("A-2")]))
    assert answer.status_code == 202
    assert answer.headers["preference-applied"] == "respond-async"
    assert answer.headers["location"] == f"/v1/jobs/{answer.json()['id']}"
    waiting = desk.client.get(answer.headers["location"])
    assert waiting.headers["retry-after"] == "2"
    assert (waiting.json()["status"], waiting.json()["stage"], waiting.json()["receipt"]) == (
        "queued", "waiting", None,
    )  # fmt: skip
    assert desk.client.get("/v1/items?status=all").json()["total"] == 0
    assert desk.runner.once()
    assert not desk.runner.once()
    done = desk.client.get(answer.headers["location"])
    assert "retry-after" not in done.headers
    job = done.json()
    assert (job["status"], job["stage"], job["records"], job["attempts"]) == ("done", "over", 2, 1)
    assert (job["receipt"]["already_taken"], job["receipt"]["counts"]["claims"]) == (False, 2)
    assert desk.client.get("/v1/items?status=all").json()["total"] == 2
    assert earlier_stores.contents(url)["jobs"][0]["body"] is None
    assert not of_store(desk.store).faults


def test_a_file_of_known_bytes_is_done_too(desk: Desk) -> None:
    desk.client.post_file(professional())
    answer = desk.send(professional())
    desk.runner.once()
    assert (desk.job(answer)["status"], desk.job(answer)["receipt"]["already_taken"]) == ("done", True)


def test_what_is_no_file_fails_with_the_problem_that_would_have_been_answered(desk: Desk) -> None:
    answer = desk.send(b"nothing of the kind", "?name=ZEBEDEE.csv")
    desk.runner.once()
    job = desk.job(answer)
    assert "ZEBEDEE" not in str(job["problem"])
    assert (job["status"], job["problem"]["code"], job["problem"]["status"]) == ("failed", "not-x12", 422)
    assert [b'"code":"not-x12"' in body for _, body in desk.events()] == [True]


def test_a_callback_is_told_beside_the_subscribers_and_no_patient_is_named(desk: Desk) -> None:
    own = "http://127.0.0.1:9/own"
    answer = desk.client.send(
        "POST", f"/v1/files?callback={own}", content=professional([BilledClaim("ZEBEDEE", last="ZEBEDEE")])
    )
    assert answer.status_code == 202
    assert "preference-applied" not in answer.headers
    desk.runner.once()
    events = desk.events()
    assert {target for target, _ in events} == {own, "http://127.0.0.1:9/in"}
    for _, body in events:
        assert b"ZEBEDEE" not in body
        assert b'"claims":1' in body
        assert f'"job":"{answer.json()["id"]}"'.encode() in body


def test_what_is_told_of_a_job_names_the_trace_of_the_request_that_left_it(desk: Desk) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    desk.send(professional(), traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    desk.send(b"nothing of the kind", "?name=b.csv")
    while desk.runner.once():
        pass
    told = [msgspec.json.decode(body) for _, body in desk.events()]
    traces = {event["type"]: event["traceparent"].split("-") for event in told}
    done, failed = traces["clearlane.job.done"], traces["clearlane.job.failed"]
    assert (done[:2], done[3]) == (["00", trace], "01")
    assert done[2] != "00f067aa0ba902b7"
    assert failed[1] not in (trace, 32 * "0")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:10/own", "https://evil.test/", "nothing", "http://127.0.0.1:9@evil.test/"]
)
def test_a_callback_that_is_not_allowed_is_refused(desk: Desk, address: str) -> None:
    answer = desk.client.send("POST", "/v1/files", content=professional(), params={"callback": address})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/callback")
    assert "evil" not in answer.text
    assert not desk.runner.once()


def test_a_large_file_is_a_job_without_asking(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_api, "LARGE", 500)
    answer = desk.client.send("POST", "/v1/files", content=professional())
    assert answer.status_code == 202
    assert "preference-applied" not in answer.headers


def test_the_same_key_is_answered_with_the_same_job(desk: Desk) -> None:
    key = {"Idempotency-Key": "k1"}
    first = desk.send(professional(), **key)
    desk.runner.once()
    second = desk.send(professional(), **key)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert not desk.runner.once()
    assert desk.send(professional(control="000000999"), **key).status_code == 422


def test_the_work_is_done_with_the_rights_of_the_sender(desk: Desk) -> None:
    other = Actor("south", frozenset({"engine"}), frozenset({"1245319599"}))
    jobs = Jobs.of(desk.store)
    with acting_as(other):
        from serving.jobs.records import NewJob

        job = jobs.make(NewJob("a.837", professional(), None), NOW, utc_now())
    desk.runner.once()
    found = jobs.get(job.id)
    assert (found.status, found.problem.code if found.problem else None) == ("failed", "other-facility")
    assert desk.client.get("/v1/items?status=all").json()["total"] == 0


def test_a_job_whose_process_was_lost_is_done_by_another_and_the_lost_one_keeps_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = desk.send(professional())
    slow = Runner(Jobs.of(desk.store), desk.store, fake_champions(), clock=lambda: NOW, lease=0.3)
    monkeypatch.setattr(Jobs, "keep", lambda *_: True)  # its heart stands still
    begun, go = threading.Event(), threading.Event()
    taken = ingestion.sort_records

    def waits(*given: Any) -> Any:
        if threading.current_thread().name == "slow":
            begun.set()
            assert go.wait(60)
        return taken(*given)

    monkeypatch.setattr(ingestion, "sort_records", waits)
    thread = threading.Thread(target=slow.once, name="slow")
    thread.start()
    assert begun.wait(60)
    assert not desk.runner.once(), "it is not lost yet"
    threading.Event().wait(0.5)
    assert desk.runner.once()
    go.set()
    thread.join()
    job = desk.job(answer)
    assert (job["status"], job["attempts"], job["receipt"]["already_taken"]) == ("done", 2, False)
    assert desk.client.get("/v1/items?status=all").json()["total"] == 1
    assert len(desk.events()) == 1
    assert not of_store(desk.store).faults


def test_a_file_that_ends_its_process_again_and_again_is_given_up(desk: Desk) -> None:
    answer = desk.send(professional())
    jobs = Jobs.of(desk.store)
    for _ in range(ATTEMPTS):
        assert jobs.take_up("dead", NOW, utc_now(), -1.0)
    assert desk.runner.once()
    job = desk.job(answer)
    assert (job["status"], job["problem"]["code"]) == ("failed", "internal")
    assert not desk.runner.once()


def raising(error: Exception) -> Callable[..., Any]:
    """A function that takes anything and fails."""

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def test_a_database_that_cannot_be_used_for_a_while_puts_the_job_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = desk.send(professional())

    unusable = raising(StoreError("not now"))
    with monkeypatch.context() as patch:
        patch.setattr(ingestion, "take", unusable)
        desk.runner.once()
    assert desk.job(answer)["status"] == "queued"
    assert not desk.runner.once(), "not at once"


def test_a_database_that_fails_more_often_than_a_process_may_die_ends_no_job(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = desk.send(professional())
    monkeypatch.setattr(runner, "LATER", timedelta(0))

    unusable = raising(StoreGoneError("not now"))
    with monkeypatch.context() as patch:
        patch.setattr(ingestion, "take", unusable)
        for _ in range(ATTEMPTS + 2):
            assert desk.runner.once()
    assert (desk.job(answer)["status"], desk.job(answer)["attempts"]) == ("queued", 0)
    assert desk.runner.once()
    assert (desk.job(answer)["status"], desk.job(answer)["attempts"]) == ("done", 1)


def test_a_database_that_cannot_be_told_that_a_job_is_put_back_is_told_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = desk.send(professional())
    monkeypatch.setattr(runner, "LATER", timedelta(0))

    unusable = raising(StoreGoneError("not now"))
    with monkeypatch.context() as patch:
        patch.setattr(ingestion, "take", unusable)
        patch.setattr(Jobs, "put_back", unusable)
        for _ in range(2):
            with pytest.raises(StoreGoneError):
                desk.runner.once()
    assert desk.runner.once()
    assert (desk.job(answer)["status"], desk.job(answer)["attempts"]) == ("done", 1)


def test_a_file_that_others_keep_coming_before_is_given_up_in_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = desk.send(professional())
    monkeypatch.setattr(runner, "LATER", timedelta(0))

    overtaken = raising(StoreError("other files kept coming in between"))
    monkeypatch.setattr(ingestion, "take", overtaken)
    for _ in range(ATTEMPTS + 1):
        assert desk.runner.once()
    assert desk.job(answer)["status"] == "failed"


def test_an_actor_with_a_limit_sees_its_own_jobs_alone(desk: Desk) -> None:
    answer = desk.send(professional())
    jobs = Jobs.of(desk.store)
    with (
        acting_as(Actor("south", frozenset({"engine"}), frozenset({"1245319599"}))),
        pytest.raises(Exception, match="no such job"),
    ):
        jobs.get(answer.json()["id"])
    assert jobs.get(answer.json()["id"]).status == "queued"


def test_more_files_than_may_wait_are_to_come_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.store.jobs.MOST_WAITING", 1)
    key = {"Idempotency-Key": "k2"}
    assert desk.send(professional()).status_code == 202
    answer = desk.send(professional(control="000000102"), **key)
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
    assert int(answer.headers["retry-after"]) > 0
    desk.runner.once()
    assert desk.send(professional(control="000000102"), **key).status_code == 202


def test_jobs_that_were_over_long_ago_go(desk: Desk) -> None:
    from serving.jobs.records import NewJob

    answer = desk.send(professional())
    desk.runner.once()
    Jobs.of(desk.store).make(NewJob("b", b"b", None), NOW + KEPT + timedelta(days=1), utc_now())
    assert desk.client.get(answer.headers["location"]).status_code == 404


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("respond-async", True),
        ("Respond-Async, wait=10", True),
        ('return=minimal; foo="a, b", respond-async;x=y', True),
        ("wait=10", False),
        ('foo="respond-async"', False),
        ('foo="a, respond-async, b"', False),
        ("", False),
    ],
)
def test_the_preference_is_read_as_its_rfc_says(header: str, asked: bool) -> None:
    from starlette.requests import Request

    scope = {"type": "http", "headers": [(b"prefer", header.encode())]}
    assert prefers_async(Request(scope)) is asked
    assert "".join(_parts(header)).count("async") == header.count("async")


def test_several_processes_do_each_job_once(desk: Desk, url: str) -> None:
    answers = [desk.send(professional([BilledClaim(f"N-{n}")], control=f"{n:09d}")) for n in range(1, 13)]
    runners = [
        Runner(Jobs.of(desk.store), desk.store, replace(fake_champions()), clock=lambda: NOW, every=0.05)
        for _ in range(3)
    ]
    for one in runners:
        one.start()
    for _ in range(600):
        if all(desk.job(answer)["status"] == "done" for answer in answers):
            break
        threading.Event().wait(0.1)
    for one in runners:
        one.close()
    assert {desk.job(answer)["attempts"] for answer in answers} == {1}
    assert desk.client.get("/v1/items?status=all").json()["total"] == 12
    assert len(earlier_stores.contents(url)["files"]) == 12

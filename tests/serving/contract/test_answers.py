"""A tour of all endpoints: what is really answered is what the committed document says of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import ValidationError

from features.patterns.report import write
from serving.application import build
from serving.contract.document import document
from serving.store.store import Store
from serving.worklists.reviewers import Reviewer, Team
from tests.serving.contract.answers import Tour, check
from tests.serving.outbox.desk import OutboxDesk, settings_for
from tests.support.automatic_lane import START, all_checked
from tests.support.builders import make_claim, make_claim_payment
from tests.support.pattern_reports import make_report
from tests.support.receiver import Say, receiving
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, rejection, remittance

LARGE, SMALL = "12000", "150"  # the one for a person, the other goes automatically
NOBODY = "0" * 24
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def receiver() -> Iterator[str]:
    """Who wants no events."""
    with receiving([Say(410)]) as found:
        yield found.address


@pytest.fixture
def tour(store: Store, tmp_path: Path, receiver: str) -> Iterator[Tour]:
    """A day's files: claims, one payment of each sort, a rejection."""
    write(make_report(), tmp_path)
    built = build(
        store,
        all_checked(),
        clock=lambda: START,
        patterns=tmp_path,
        team=Team((Reviewer("ann", 420),)),
        events=settings_for(receiver),
    )
    tour = Tour(built)
    billed = [BilledClaim("A-1", LARGE), BilledClaim("A-2", SMALL), BilledClaim("A-3", SMALL)]
    paid = [
        PaidClaim("A-1", LARGE, payer_claim_number="N1"),
        PaidClaim("A-2", SMALL, payer_claim_number="N2"),
        PaidClaim("A-3", SMALL, payer_claim_number="N3", denied="197", status="4"),
    ]
    for name, data in {
        "a.837": professional(billed),
        "a.835": remittance(paid),
        "a.277": rejection(),
    }.items():
        tour.ask("POST", f"/v1/files?name={name}", 201, content=data)
    yield tour
    built.close()


def body(value: Any, **headers: str) -> dict[str, Any]:
    return {"content": msgspec.json.encode(value), "headers": {**JSON, **headers}}


def score(tour: Tour) -> None:
    """Claims and payments that are only asked about."""
    payment = {"claim_payment": make_claim_payment(), "claims": [make_claim()]}
    tour.ask("POST", "/v1/denial-risk", 200, **body({"items": [{"claim": make_claim()}]}))
    tour.ask("POST", "/v1/denial-risk", 422, **body({"items": []}))
    tour.ask("POST", "/v1/denial-risk", 400, content=b"{", headers=JSON)
    tour.ask("POST", "/v1/denial-risk", 415, content=b"{}", headers={"Content-Type": "text/plain"})
    tour.ask("POST", "/v1/remittance-match", 200, **body({"items": [payment], "evidence": True}))
    tour.ask("POST", "/v1/remittance-match", 422, **body({"items": [{"claims": []}]}))


def send_files(tour: Tour) -> None:
    """The same again, one that is none, and jobs that come to both ends."""
    tour.ask("POST", "/v1/files?name=a.277", 200, content=rejection())
    tour.ask("POST", "/v1/files", 422, content=b"no X12")
    tour.ask("POST", "/v1/files", 413, content=b"x" * 27_000_000)
    jobs = [
        tour.ask("POST", "/v1/files", 202, content=data, headers={"Prefer": "respond-async"}).json()["id"]
        for data in (professional(control="000000909"), b"no X12 either")
    ]
    tour.ask("GET", f"/v1/jobs/{jobs[0]}", 200)
    while tour.application.runner.once():
        pass
    ends = [tour.ask("GET", f"/v1/jobs/{job}", 200).json()["status"] for job in jobs]
    assert ends == ["done", "failed"]
    tour.ask("GET", f"/v1/jobs/{NOBODY}", 404)


def look(tour: Tour) -> None:
    """Lists and items of every kind."""
    rows = tour.ask("GET", "/v1/items?status=all&limit=200", 200).json()["rows"]
    assert {row["kind"] for row in rows} == {
        "denial-risk", "remittance-match", "rejected-claim", "denied-claim",
    }  # fmt: skip
    for row in rows:
        found = tour.ask("GET", f"/v1/items/{row['id']}", 200)
        known = {"If-None-Match": found.headers["etag"]}
        tour.ask("GET", f"/v1/items/{row['id']}", 304, headers=known)
    tour.ask("GET", "/v1/items?offset=1", 200)
    tour.ask("GET", "/v1/items?lane=fast", 422)
    tour.ask("GET", "/v1/items?after=zzzz", 404)
    tour.ask("GET", f"/v1/items/{NOBODY}", 404)
    item = next(row["id"] for row in rows if row["kind"] == "remittance-match")
    claim = tour.ask("GET", f"/v1/items/{item}", 200).json()["candidates"][0]["reference"]
    tour.ask("GET", f"/v1/fhir/Claim/{claim}", 200)
    tour.ask("GET", f"/v1/fhir/Claim/{NOBODY}", 404)
    tour.ask("GET", f"/v1/fhir/ExplanationOfBenefit/{item}", 200)
    tour.ask("GET", f"/v1/fhir/ExplanationOfBenefit/{NOBODY}", 404)


def decide(tour: Tour) -> None:
    """A decision, taken back, and made again; a verdict; a blind check."""
    (row,) = [
        row
        for row in tour.ask("GET", "/v1/items?kind=remittance-match", 200).json()["rows"]
        if row["claim_id"] == "A-1"
    ]
    path, why = f"/v1/items/{row['id']}", {"reviewer": "ann", "reason": "a test"}
    etag = {"If-Match": tour.ask("GET", path, 200).headers["etag"]}
    tour.ask("POST", f"{path}/decision", 428, **body({"action": "accept", **why}))
    tour.ask("POST", f"{path}/decision", 400, **body({"action": "accept", **why}, **{"If-Match": "x"}))
    tour.ask("POST", f"{path}/decision", 412, **body({"action": "accept", **why}, **{"If-Match": '"x"'}))
    tour.ask("POST", f"{path}/decision", 422, **body({"action": "dance", **why}, **etag))
    for _ in range(2):
        key = {"Idempotency-Key": "k1"}
        done = tour.ask("POST", f"{path}/decision", 200, **body({"action": "accept", **why}, **etag, **key))
    assert done.headers["idempotency-replayed"] == "true"
    tour.ask("POST", f"{path}/decision", 409, **body({"action": "none", **why}, **etag))
    tour.ask("POST", f"{path}/undo", 409, **body(why, **etag))
    tour.ask("POST", f"{path}/undo", 200, **body(why, **{"If-Match": done.headers["etag"]}))
    tour.ask("POST", f"/v1/items/{NOBODY}/undo", 404, **body(why, **etag))
    waiting = tour.ask("GET", "/v1/blind-checks?limit=200", 200).json()["rows"]
    for one in waiting:
        tour.ask("GET", f"/v1/blind-checks/{one['id']}", 200)
    tour.ask("GET", "/v1/blind-checks?after=zzzz", 404)
    tour.ask("GET", f"/v1/blind-checks/{NOBODY}", 404)
    checked = next(one["id"] for one in waiting if one["kind"] == "remittance-match")
    check_of = {"action": "none", **why}
    tour.ask("POST", f"/v1/blind-checks/{checked}", 200, **body(check_of))
    tour.ask("POST", f"/v1/blind-checks/{checked}", 409, **body(check_of))
    verdict = {"source": "reversal", "wrong": True, **why}
    tour.ask("POST", f"/v1/items/{checked}/verdict", 204, **body(verdict))
    tour.ask("POST", f"/v1/items/{NOBODY}/verdict", 404, **body(verdict))


def account(tour: Tour) -> None:
    """Postings and their batches."""
    batch = tour.ask("POST", "/v1/postings/batches", 201).json()["id"]
    tour.ask("POST", "/v1/postings/batches", 204)
    tour.ask("POST", "/v1/postings/batches", 422, headers={"Idempotency-Key": "two words"})
    tour.ask("GET", "/v1/postings/batches", 200)
    tour.ask("GET", "/v1/postings/batches?after=zzzz", 404)
    for path in ("/v1/postings/batches/{}", "/v1/postings/batches/{}/csv"):
        tour.ask("GET", path.format(batch), 200)
        tour.ask("GET", path.format(NOBODY), 404)


def deliver(tour: Tour, store: Store, receiver: str) -> None:
    """What was told, refused, and is to be told again."""
    OutboxDesk(store, settings_for(receiver)).dispatcher.once()
    dead = tour.ask("GET", "/v1/outbox?status=dead", 200).json()["rows"]
    tour.ask("POST", f"/v1/outbox/{dead[0]['id']}/retry", 204)
    tour.ask("POST", f"/v1/outbox/{dead[0]['id']}/retry", 409)
    tour.ask("POST", f"/v1/outbox/{NOBODY}/retry", 404)
    tour.ask("GET", "/v1/outbox?status=odd", 422)


def watch(tour: Tour) -> None:
    """What leads, auditors and machines look at."""
    for path in ("/v1/worklist?reviewer=ann", "/v1/backlog", "/v1/certificates", "/v1/monitor", "/v1/incidents",
                 "/v1/shadow", "/v1/patterns", "/v1/audit?limit=200", "/v1/openapi.json", "/metrics"):  # fmt: skip
        tour.ask("GET", path, 200)
        tour.ask("GET", f"{path.partition('?')[0]}?unknown=1", 422)
    tour.ask("GET", "/v1/worklist?reviewer=eve", 404)
    tour.ask("GET", "/v1/audit?after=zzzz", 404)


def test_every_operation_answers_as_the_document_says(tour: Tour, store: Store, receiver: str) -> None:
    score(tour)
    send_files(tour)
    look(tour)
    decide(tour)
    account(tour)
    deliver(tour, store, receiver)
    watch(tour)
    refused = {name for name, status in tour.seen if status >= 400}
    missing = {
        (operation["operationId"], int(status))
        for operations in document()["paths"].values()
        for operation in operations.values()
        for status in operation["responses"]
        if int(status) < 400
    } - tour.seen
    assert missing == set(), "these answers of the document were never seen"
    named = {one["operationId"] for operations in document()["paths"].values() for one in operations.values()}
    assert refused == named


def test_an_answer_that_does_not_fit_is_noticed(tour: Tour) -> None:
    answer = tour.client.get("/v1/items")
    operation = document()["paths"]["/v1/items"]["get"]
    check(operation, answer)
    answer._content = answer.content.replace(b'"rows"', b'"lines"')
    with pytest.raises(ValidationError):
        check(operation, answer)
    del answer.headers["traceparent"]
    with pytest.raises(AssertionError, match="traceparent is missing"):
        check(operation, answer)

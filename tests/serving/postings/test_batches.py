"""Accepted matches leave in balanced batches, each once; what was taken back is reversed."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from serving.outbox.sending import Answered
from serving.store.audit_reading import AuditStore
from serving.store.outbox import OutboxStore, Result
from serving.store.store import Store
from tests.serving.audit.logs import of_store
from tests.serving.postings.desk import AUTOMATIC, LARGE, PostingDesk, balances
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance


@pytest.fixture
def desk(url: str) -> Iterator[PostingDesk]:
    desk = PostingDesk(Store(url))
    yield desk
    desk.application.close()


def test_what_went_automatically_and_what_was_accepted_is_posted_and_nothing_else(desk: PostingDesk) -> None:
    auto, accepted, refused, _ = desk.paid("150", LARGE, "12001", "12002")
    assert desk.decide(accepted) == 200
    assert desk.decide(refused, "none") == 200
    head = desk.close()
    assert head is not None
    assert (head["number"], head["postings"], head["lines"]) == (1, 2, 4)
    assert head["debits"] == head["credits"] == "12150"
    batch = desk.client.get(f"/v1/postings/batches/{head['id']}").json()
    assert batch["head"] == head
    assert [line["line"] for line in batch["lines"]] == [1, 2, 3, 4]
    assert [(line["item"], line["account"], line["debit"], line["credit"]) for line in batch["lines"]] == [
        (auto, "cash", "150", "0"),
        (auto, "accounts-receivable", "0", "150"),
        (accepted, "cash", LARGE, "0"),
        (accepted, "accounts-receivable", "0", LARGE),
    ]
    assert {(line["posting"], line["posted_by"]) for line in batch["lines"]} == {(1, AUTOMATIC), (2, "ann")}
    assert {line["claim_id"] for line in batch["lines"]} == {"C00000", "C00001"}
    assert {line["trace_number"] for line in batch["lines"]} == {"TRN0000004"}
    assert desk.close() is None


def test_a_decision_taken_back_is_reversed_in_the_next_batch_and_may_be_decided_anew(
    desk: PostingDesk,
) -> None:
    (item,) = desk.paid(LARGE)
    desk.decide(item)
    assert desk.close() is not None
    assert desk.undo(item) == 200
    shown = desk.item(item)
    assert (shown["row"]["status"], shown["decided"]) == ("open", None)
    assert desk.store.postings([one["reference"] for one in shown["candidates"]]) == {}
    second = desk.close()
    assert second is not None
    lines = desk.batches.get(second["id"]).lines
    assert [(one.sort, one.reverses, one.account, str(one.debit), str(one.credit)) for one in lines] == [
        ("reversal", 1, "cash", "0", LARGE),
        ("reversal", 1, "accounts-receivable", LARGE, "0"),
    ]
    assert {one.posted_by for one in lines} == {"bob"}
    assert balances(desk.every_batch()) == {}
    assert desk.decide(item) == 200
    assert desk.close() is not None
    assert sorted(balances(desk.every_batch()).values()) == [Decimal(-12000), Decimal(12000)]
    actions = [one.action for one in AuditStore.of(desk.store).entries() if one.subject == item]
    assert [one for one in actions if one != "view"] == ["score", "decision", "undo", "decision"]
    assert not of_store(desk.store).faults


def test_what_cannot_be_taken_back_is_refused(desk: PostingDesk) -> None:
    auto, item = desk.paid("150", LARGE)
    assert desk.undo(auto) == 409
    assert desk.undo(item) == 409
    before = desk.etag(item)
    desk.decide(item)
    assert desk.undo(item, **{"If-Match": before}) == 409
    answer = desk.client.post_json(f"/v1/items/{item}/undo", {"reason": " "}, **{"If-Match": desk.etag(item)})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reviewer")
    assert desk.undo(item) == 200
    assert desk.undo(item) == 409


def test_a_decision_that_made_a_denied_claim_stays(default_url: str) -> None:
    desk = PostingDesk(Store(default_url), replace(fake_champions(), certificates={}))
    claims = professional([BilledClaim("D-1", LARGE)])
    assert desk.client.post_file(claims).is_success
    assert desk.client.post_file(remittance([PaidClaim("D-1", LARGE, denied="197")])).is_success
    rows = desk.client.get("/v1/items?kind=remittance-match").json()["rows"]
    assert desk.decide(rows[0]["id"]) == 200
    assert len(desk.client.get("/v1/items?kind=denied-claim").json()["rows"]) == 1
    assert desk.undo(rows[0]["id"]) == 409
    assert desk.close() is None, "a denial moves no money, and nothing is written off"
    desk.application.close()


def test_the_csv_is_what_the_digest_says_and_holds_no_formula(desk: PostingDesk) -> None:
    name = "=cmd|'/c calc'!A0"
    assert desk.client.post_file(professional([BilledClaim(name, "150")])).is_success
    assert desk.client.post_file(remittance([PaidClaim(name, "150")])).is_success
    head = desk.close()
    assert head is not None
    answer = desk.client.get(f"/v1/postings/batches/{head['id']}/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="batch-000001.csv"'
    assert hashlib.sha256(answer.content).hexdigest() == head["digest"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["claim_id"] for row in rows] == [f"'{name}"] * 2
    assert [(row["batch"], row["account"], row["debit"], row["credit"]) for row in rows] == [
        ("1", "cash", "150", "0"),
        ("1", "accounts-receivable", "0", "150"),
    ]


def test_the_event_of_a_batch_is_written_with_it_and_names_no_patient(desk: PostingDesk) -> None:
    desk.store.tells(["https://erp.example.org/in"], timedelta(days=1))
    desk.paid("150")
    head = desk.close()
    assert head is not None
    (letter,) = OutboxStore.of(desk.store).due(desk.at.replace(year=2100), limit=9)
    assert b"C00000" not in letter.body
    assert f'"batch":"{head["id"]}"'.encode() in letter.body
    assert b'"number":1,"postings":1,"lines":2' in letter.body


def test_that_an_item_was_decided_and_undone_is_told_once_with_it_and_names_no_patient(
    desk: PostingDesk,
) -> None:
    desk.store.tells(["https://erp.example.org/in"], timedelta(days=1))
    (item,) = desk.paid(LARGE)
    outbox = OutboxStore.of(desk.store)
    assert outbox.counts()["waiting"] == 0
    etag = desk.etag(item)
    assert desk.decide(item, **{"If-Match": etag}) == desk.decide(item, **{"If-Match": etag}) == 200
    assert desk.decide(item, "none", **{"If-Match": etag}) == 409
    assert desk.undo(item) == 200
    assert desk.undo(item) == 409
    told = [(row.type, row.subject) for row in outbox.page(None, limit=9, after=None)[0][::-1]]
    assert told == [("clearlane.item.decided", item), ("clearlane.item.undone", item)]
    same = {"item": item, "kind": "remittance-match", "action": "accept"}
    for version, status in ((2, "decided"), (3, "open")):
        (letter,) = outbox.due(desk.at.replace(year=2100), limit=9)  # the first of the item goes first
        assert msgspec.json.decode(letter.body)["data"] == {**same, "version": version, "status": status}
        assert b"C00000" not in letter.body
        outbox.keep([Result(letter, Answered(204))], desk.at)


def test_closing_again_with_the_same_key_answers_with_the_same_batch(desk: PostingDesk) -> None:
    key = {"Idempotency-Key": "night-1"}
    desk.paid("150")
    first = desk.client.send("POST", "/v1/postings/batches", headers=key)
    desk.paid("160")
    second = desk.client.send("POST", "/v1/postings/batches", headers=key)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.headers["idempotency-replayed"] == "true"
    listed = desk.client.get("/v1/postings/batches").json()
    assert (len(listed["rows"]), listed["waiting"]) == (1, 1)


def test_batches_are_limited_and_follow_one_another_without_a_gap(desk: PostingDesk) -> None:
    desk.paid(*("150",) * 7)
    for _ in range(4):
        desk.batches.close(desk.at, most=3)
    batches = desk.every_batch()
    assert [batch.head.number for batch in batches] == [1, 2, 3]
    assert [sorted({line.posting for line in batch.lines}) for batch in batches] == [
        [1, 2, 3],
        [4, 5, 6],
        [7],
    ]
    pages = desk.client.get("/v1/postings/batches?limit=2").json()
    rest = desk.client.get(f"/v1/postings/batches?limit=2&after={pages['next']}").json()
    assert [row["number"] for row in (*pages["rows"], *rest["rows"])] == [3, 2, 1]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE postings SET made_by = 'x'",
        "DELETE FROM postings",
        "UPDATE posting_batches SET debits = '1'",
        "DELETE FROM posting_batches",
        "DELETE FROM undoings",
    ],
)
def test_the_database_itself_keeps_them_as_they_are(desk: PostingDesk, statement: str) -> None:
    (item,) = desk.paid(LARGE)
    desk.decide(item)
    desk.undo(item)
    desk.close()
    with pytest.raises(DBAPIError, match="only added"), desk.store._database.writing() as connection:
        connection.execute(text(statement))


def test_the_same_file_sent_twice_posts_once(desk: PostingDesk) -> None:
    file = remittance([PaidClaim("A-1", "150")])
    desk.client.post_file(professional([BilledClaim("A-1", "150")]))
    for _ in range(3):
        desk.client.post_file(file)
    head = desk.close()
    assert head is not None
    assert head["postings"] == 1


def test_a_decision_on_an_item_that_was_moved_meanwhile_is_still_its_last_word(desk: PostingDesk) -> None:
    (item,) = desk.paid(LARGE)
    reference = desk.item(item)["candidates"][0]["reference"]
    with desk.store._database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO item_events (item_id, item_version, at, from_lane, to_lane, why, policy_version) "
                "VALUES (:item, 2, '2024-04-03 10:00:00', 'review', 'escalate', '[]', 'p')"
            ),
            {"item": item},
        )
        connection.execute(text("UPDATE items SET version = 2 WHERE id = :item"), {"item": item})
    assert desk.decide(item, **{"If-Match": '"1"'}) == 200
    assert list(desk.store.postings([reference])) == [reference]

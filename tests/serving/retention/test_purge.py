"""What is over and old goes, whatever is not over or needed by it stays, and the log says what went; both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from features.settings import Settings
from serving.access.actor import ANONYMOUS, acting_as
from serving.audit.chain import Logged
from serving.audit.model_finding import ModelFinder
from serving.audit.replaying import replay
from serving.jobs.records import NewJob
from serving.problem_details import ProblemDetails
from serving.retention.purge import Purge, Purged
from serving.store import purging, retention
from serving.store.audit_reading import AuditStore
from serving.store.jobs import Jobs
from serving.store.replaying import ReplayStore
from serving.store.schema import claims, items
from serving.store.store import Store
from tests.serving.audit.logs import KEY, of_store
from tests.support.automatic_lane import AutomaticDesk, all_checked
from tests.support.earlier_stores import contents
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

CANARY = "ZQXBIRD"
DAYS = 400
WORDS = "TOLD BY THE NEIGHBOUR OF " + CANARY


@pytest.fixture
def desk(url: str) -> Iterator[AutomaticDesk]:
    opened = AutomaticDesk(Store(url, audit_key=KEY), all_checked(probability=0.0))
    yield opened
    opened.application.close()


def send(desk: AutomaticDesk, data: bytes, name: str = f"{CANARY}.x12") -> None:
    answer = desk.client.post_file(data, name)
    assert answer.status_code in (200, 201), answer.text


def work(desk: AutomaticDesk, *names: str, charge: str = "150", last: str = CANARY) -> None:
    """Claims of patients with the canary's name, and their payments; all of it is decided where it has to be."""
    desk.number += 1
    who = {"last": last, "first": last, "member": f"W{last}"}
    billed = [BilledClaim(name, charge=charge, **who) for name in names]
    paid = [PaidClaim(name, charge=charge, payer_claim_number=f"ICN{name}", **who) for name in names]
    send(desk, professional(billed, control=f"{desk.number:09d}"))
    send(desk, remittance(paid, trace=f"TRN{desk.number:07d}", control=f"{desk.number:09d}"))
    decide_all(desk)


def rows(desk: AutomaticDesk, status: str = "all") -> list[dict[str, Any]]:
    return list(desk.client.get(f"/v1/items?status={status}&limit=200").json()["rows"])


def decide_all(desk: AutomaticDesk) -> None:
    for row in rows(desk, "open"):
        item = desk.client.get(f"/v1/items/{row['id']}")
        action = "accept" if row["kind"] == "remittance-match" else "none"
        body = {"action": action, "reviewer": "ann", "reason": WORDS}
        answer = desk.client.post_json(
            f"/v1/items/{row['id']}/decision", body, **{"If-Match": item.headers["etag"]}
        )
        assert answer.status_code == 200, answer.text


def later(desk: AutomaticDesk, days: int = DAYS + 10) -> None:
    """So much time passes, and the service sees to what it brings."""
    desk.at += timedelta(days=days)
    while desk.application.monitor.observe():
        pass


def purge(desk: AutomaticDesk, days: int = DAYS, kind: str | None = None) -> Purged:
    done = Purged()
    for one in Purge(desk.store, days, desk.at, kind=kind).steps():
        done.add(one)
    return done


def kept(desk: AutomaticDesk) -> list[dict[str, Any]]:
    """What a purge leaves."""
    purge(desk)
    return rows(desk)


def preview(desk: AutomaticDesk) -> Purged:
    return Purge(desk.store, DAYS, desk.at).preview()


def entries(desk: AutomaticDesk, action: str) -> list[Logged]:
    return [one for one in AuditStore.of(desk.store).entries() if one.action == action]


def bytes_of(url: str) -> bytes:
    """All of SQLite's files."""
    name = make_url(url).database or ""
    return b"".join(path.read_bytes() for path in Path(name).parent.glob(Path(name).name + "*"))


def test_what_is_over_and_old_goes_from_every_table_and_from_the_files(desk: AutomaticDesk, url: str) -> None:
    for number in range(6):
        work(desk, *(f"N{number}{place}" for place in range(8)), charge="150" if number % 2 else "50")
    before = desk.client.get("/v1/items?status=all&limit=1").json()["total"]
    assert CANARY in repr(contents(url))
    later(desk)
    expected = preview(desk)
    assert CANARY in repr(contents(url)), "to look changes nothing"
    done = purge(desk)
    assert (done.items, done.claims, done.files) == (expected.items, expected.claims, expected.files)
    assert (done.items.total(), done.claims, done.files) == (before, 48, 12)
    assert CANARY not in repr(contents(url))
    if url.startswith("sqlite"):
        assert desk.store.give_back(whole=True)
        assert CANARY.encode() not in bytes_of(url)
    assert of_store(desk.store, key=KEY).whole


def test_a_preview_counts_the_names_of_files_of_which_nothing_would_be_left(desk: AutomaticDesk) -> None:
    work(desk, "A1", "A2")
    desk.number += 1
    send(desk, professional([BilledClaim("B1", charge="150")], control=f"{desk.number:09d}"))  # stays open
    later(desk)
    work(desk, "C1", last="SOMEBODY", charge="777")
    expected, done = preview(desk), purge(desk)
    assert (done.items, done.claims, done.files) == (expected.items, expected.claims, expected.files)
    assert (done.claims, done.files) == (2, 2)
    assert preview(desk).files == 0


def test_sqlite_overwrites_what_goes_even_where_the_file_stays_as_large(
    desk: AutomaticDesk, url: str
) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL's own vacuum does this")
    for number in range(5):
        work(desk, *(f"N{number}{place}" for place in range(9)))
    desk.store.give_back(whole=False)
    size = len(bytes_of(url))
    later(desk)
    purge(desk)
    assert desk.store.give_back(whole=False)
    assert CANARY.encode() not in bytes_of(url)
    assert len(bytes_of(url)) >= size


def test_decisions_verdicts_and_counts_stay(desk: AutomaticDesk, url: str) -> None:
    work(desk, "A1", "A2")
    work(desk, "B1", charge="50")
    kept = ("decisions", "item_events", "watched", "audit_log", "files", "remittances", "item_facilities")
    before = contents(url)
    later(desk)
    purge(desk)
    after = contents(url)
    assert len(before["decisions"]) == 2
    for table in kept:
        assert len(after[table]) >= len(before[table]), table
    assert all(row["reason"] is None for row in after["decisions"])
    blank = {"reason": None}
    assert [{**row, **blank} for row in before["decisions"]] == sorted(
        after["decisions"], key=lambda row: row["number"]
    )
    assert after["audit_log"][: len(before["audit_log"])] == before["audit_log"]
    assert {row["id"]: row["counts"] for row in before["files"]} == {
        row["id"]: row["counts"] for row in after["files"]
    }
    names = {row["id"]: (row["lane"], row["status"], row["policy_version"]) for row in before["items"]}
    assert {row["id"]: (row["lane"], row["status"], row["policy_version"]) for row in after["items"]} == names


def test_the_log_and_what_was_in_force_outlast_a_purge_and_are_deleted_by_nobody(
    desk: AutomaticDesk, url: str, tmp_path: Path
) -> None:
    settings = Settings.from_environment({"CLEARLANE_HOME": str(tmp_path)})
    ReplayStore.of(desk.store).put_in_force(all_checked(probability=0.0), settings)
    work(desk, "A1", "A2")
    before = contents(url)
    assert before["configurations"]
    later(desk)
    assert purge(desk).items.total() > 0
    after = contents(url)
    assert after["configurations"] == before["configurations"]
    assert after["audit_log"][: len(before["audit_log"])] == before["audit_log"]
    for statement in (
        *("DELETE FROM audit_log", "UPDATE audit_log SET actor = 'eve'"),
        *("DELETE FROM configurations", "UPDATE configurations SET id = 'eve'"),
    ):
        with pytest.raises(DBAPIError, match="are only added"), desk.store._database.writing() as connection:
            connection.execute(text(statement))
    assert contents(url) == after


def test_each_transaction_has_its_entry_and_a_second_purge_finds_nothing(desk: AutomaticDesk) -> None:
    work(desk, *(f"A{number}" for number in range(3)))
    later(desk)
    done = purge(desk)
    said = [msgspec.json.decode(one.after or "") for one in entries(desk, "purge")]
    assert {one["days"] for one in said} == {DAYS}
    assert sum(sum(one.get("items", {}).values()) for one in said) == done.items.total() > 0
    assert sum(one.get("claims", 0) for one in said) == done.claims == 3
    assert CANARY not in repr(said)
    assert purge(desk).nothing
    assert len(entries(desk, "purge")) == len(said)
    assert of_store(desk.store, key=KEY).whole


def test_what_is_younger_or_open_stays_and_so_does_what_it_needs(desk: AutomaticDesk) -> None:
    work(desk, "A1")
    work(desk, "QRSTUVW7", last="MILLERTON")
    later(desk, DAYS - 5)
    work(desk, "B1")
    desk.at += timedelta(days=10)
    # More is paid to the first claim, so much that a person has to see it: A1 and what was paid to it stay.
    again = PaidClaim(
        "A1", charge="12000", payer_claim_number="OTHER", last=CANARY, first=CANARY, member=f"W{CANARY}"
    )
    send(desk, remittance([again], trace="TRN9999999", control="000000999"))
    (waiting,) = [row for row in rows(desk, "open") if row["kind"] == "remittance-match"]
    shown = desk.client.get(f"/v1/items/{waiting['id']}").json()
    done = purge(desk)
    assert dict(done.items) == {"denial-risk": 1, "remittance-match": 1}, "of the other patient"
    assert desk.client.get(f"/v1/items/{waiting['id']}").json() == shown
    assert {row["claim_id"] for row in rows(desk)} == {"A1", "B1"}
    decide_all(desk)
    later(desk)
    assert purge(desk).claims == 3
    assert rows(desk) == []


def test_what_waits_for_its_blind_check_or_for_its_answer_stays(url: str) -> None:
    desk = AutomaticDesk(Store(url), all_checked())
    work(desk, "A1", charge="50")
    drawn = desk.client.get("/v1/blind-checks?limit=200").json()["rows"]
    assert {row["kind"] for row in drawn} == {"denial-risk", "remittance-match"}
    desk.at += timedelta(days=DAYS + 10)
    assert purge(desk).items.total() == 0, "nobody has asked for the answers, or looked at what was drawn"
    for row in drawn:
        desk.check(row["id"], "hold" if row["kind"] == "denial-risk" else "none", reason=WORDS)
    assert {row["kind"] for row in kept(desk)} == {"denial-risk", "remittance-match"}, "the answer is lacking"
    later(desk, 1)
    assert kept(desk) == []
    assert CANARY not in repr(contents(url))
    desk.application.close()


def test_a_purged_item_says_so_and_takes_no_decision(desk: AutomaticDesk) -> None:
    work(desk, "A1", charge="50")
    names = {row["id"]: row for row in rows(desk)}
    later(desk)
    purge(desk)
    for name in names:
        answer = desk.client.get(f"/v1/items/{name}")
        assert answer.status_code == 404
        assert "was removed on" in answer.json()["detail"]
        body = {"action": "accept", "reviewer": "ann", "reason": WORDS}
        assert (
            desk.client.post_json(f"/v1/items/{name}/decision", body, **{"If-Match": '"1"'}).status_code
            == 404
        )
        said = {"source": "reversal", "wrong": True, "reviewer": "ann", "reason": WORDS}
        assert desk.client.post_json(f"/v1/items/{name}/verdict", said).status_code == 404
        assert desk.client.get(f"/items/{name}").status_code == 404


def test_the_same_records_sent_again_make_no_items_anew(desk: AutomaticDesk, url: str) -> None:
    work(desk, "A1", "A2")
    later(desk)
    purge(desk)
    before = len(contents(url)["items"])
    who = {"last": CANARY, "first": CANARY, "member": f"W{CANARY}"}
    # Another file, in which the same claims stand beside a new one.
    billed = [BilledClaim(name, charge="150", **who) for name in ("A1", "A2")]
    send(desk, professional([*billed, BilledClaim("NEW", charge="150")], control="000000001"))
    assert len(contents(url)["items"]) == before + 1
    assert [row["claim_id"] for row in rows(desk)] == ["NEW"]


def test_one_kind_alone(desk: AutomaticDesk) -> None:
    work(desk, "A1", charge="50")
    later(desk)
    done = purge(desk, kind="remittance-match")
    assert (dict(done.items), done.claims, done.files) == ({"remittance-match": 1}, 0, 0)
    assert {row["kind"] for row in rows(desk)} == {"denial-risk"}
    assert purge(desk).claims == 1


def test_two_purges_beside_a_service_that_takes_files(desk: AutomaticDesk, url: str) -> None:
    for number in range(3):
        # Of another charge than the payments that come meanwhile: an open item keeps the claims that it may be of.
        work(desk, *(f"A{number}{place}" for place in range(6)), charge="987")
    later(desk)
    at = desk.at
    others = [Store(url, audit_key=KEY) for _ in range(2)]

    def run(store: Store) -> Purged:
        done = Purged()
        for one in Purge(store, DAYS, at).steps():
            done.add(one)
        return done

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(run, store) for store in others]
        for number in range(3):
            desk.pay(1 + number)
        done = [one.result() for one in running]
    for store in others:
        store.close()
    assert sum(one.claims for one in done) == 18
    assert CANARY not in repr(contents(url))
    assert of_store(desk.store, key=KEY).whole
    with desk.store._database.reading() as connection:
        assert len(connection.execute(select(claims.c.reference)).all()) == 6


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decisions SET reason = 'other'",
        "UPDATE decisions SET reason = NULL",
        "UPDATE decisions SET reviewer = 'eve'",
        "UPDATE decisions SET reason = NULL, action = 'accept'",
        "UPDATE decisions SET reason = NULL, number = number + 100",
        "DELETE FROM decisions",
    ],
)
def test_the_database_lets_no_more_be_emptied_than_what_was_written_of_purged_items(
    desk: AutomaticDesk, statement: str
) -> None:
    work(desk, "A1")
    with pytest.raises(DBAPIError, match="decisions are only added"), desk.store._database.writing() as one:
        one.execute(text(statement))
    if statement.endswith("SET reason = NULL"):
        return
    later(desk)
    purge(desk)
    with pytest.raises(DBAPIError, match="decisions are only added"), desk.store._database.writing() as one:
        one.execute(text(statement))


def test_a_deadline_that_is_ahead_keeps_an_item(desk: AutomaticDesk) -> None:
    work(desk, "A1")
    later(desk)
    with desk.store._database.writing() as one:
        one.execute(items.update().values(lapses=desk.at.date() + timedelta(days=3)))
    assert purge(desk).items.total() == 0
    desk.at += timedelta(days=4)
    assert purge(desk).items.total() > 0


def test_a_decision_that_is_taken_back_keeps_its_item_until_it_is_made_anew(
    desk: AutomaticDesk, url: str
) -> None:
    work(desk, "A1")
    (decided,) = [row for row in rows(desk, "decided") if row["kind"] == "denial-risk"]
    later(desk)
    before = desk.at - timedelta(days=DAYS)
    with desk.store._database.reading() as one:
        found = retention.over_since(one, before, desk.at, kind=None, behind="", limit=9)
    assert decided["id"] in found
    answer = undo(desk, decided["id"])
    assert answer.status_code == 200, answer.text
    with desk.store._database.writing() as one:
        assert purging.purge_items(one, [decided["id"]], before, desk.at) == {}
    assert {row["kind"] for row in kept(desk)} >= {"denial-risk"}
    decide_all(desk)
    later(desk, DAYS - 5)
    assert "denial-risk" in {row["kind"] for row in kept(desk)}, "it was decided lately"
    later(desk, 10)
    assert kept(desk) == []
    assert CANARY not in repr(contents(url))
    assert [row["reason"] for row in contents(url)["undoings"]] == [""]
    assert undo(desk, decided["id"]).status_code == 404


def undo(desk: AutomaticDesk, name: str) -> Any:
    with desk.store._database.reading() as one:
        version = one.execute(select(items.c.version).where(items.c.id == name)).scalar_one()
    body = {"reviewer": "ann", "reason": WORDS}
    return desk.client.post_json(f"/v1/items/{name}/undo", body, **{"If-Match": f'"{version}"'})


def test_a_replay_says_that_its_inputs_were_purged(desk: AutomaticDesk) -> None:
    work(desk, "A1")
    name = rows(desk)[0]["id"]
    later(desk)
    purge(desk)
    said = replay(
        ReplayStore.of(desk.store).kept(name), ModelFinder(Settings.from_environment({})), lambda _: None
    )
    assert said.verdict == "missing"
    assert said.missing == (f"its inputs were purged on {desk.at:%Y-%m-%d}, as they were old",)


def test_jobs_that_are_over_go_with_the_names_of_their_files(desk: AutomaticDesk, url: str) -> None:
    kept_jobs = Jobs.of(desk.store)
    with acting_as(ANONYMOUS):
        kept_jobs.make(NewJob(f"{CANARY}.x12", WORDS.encode(), None), desk.at, desk.at)
    later(desk, 60)
    assert purge(desk).jobs == 0, "it waits still"
    job = kept_jobs.take_up("me", desk.at, desk.at, 60)
    assert job is not None
    kept_jobs.fail(job, ProblemDetails("urn:t", "t", 422, "d", "c"), desk.at)
    assert purge(desk).jobs == 0
    later(desk, 31)
    assert purge(desk).jobs == 1
    assert CANARY not in repr(contents(url))

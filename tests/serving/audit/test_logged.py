"""What is done in the service stands in the log: who, what, before and after, under which versions; no patient data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from serving.access.actor import Actor, acting_as
from serving.ageing.rounds import Rounds
from serving.audit.chain import Logged
from serving.audit.entries import view_entry
from serving.store.audit_reading import AuditStore
from serving.store.connections import StoreError
from serving.store.store import Store
from tests.serving.audit.logs import KEY, of_store
from tests.support.automatic_lane import AutomaticDesk

LARGE = "12000"  # above the ceiling: a person decides


@pytest.fixture
def desk(url: str) -> Any:
    store = Store(url, audit_key=KEY)
    made = AutomaticDesk(store)
    yield made
    made.application.close()


def entries(desk: AutomaticDesk, action: str) -> list[Logged]:
    return [one for one in AuditStore.of(desk.store).entries() if one.action == action]


def after(entry: Logged) -> dict[str, Any]:
    return dict(msgspec.json.decode(entry.after or "{}"))


def test_a_day_stands_in_a_log_that_is_whole(desk: AutomaticDesk) -> None:
    names = desk.pay(8)
    files, scores = entries(desk, "file"), entries(desk, "score")
    assert [after(one)["items"] for one in files] == [8, 8]
    assert {one.subject for one in scores} >= set(names)
    assert all(one.policy and one.input and after(one)["outcome"] for one in scores)
    (automatic,) = [one for one in scores if one.subject == names[0]]
    assert (after(automatic)["lane"], automatic.model) == ("auto", "remittance-match-fake")
    assert automatic.certificate == desk.item(names[1])["versions"]["certificate"] or automatic.certificate

    checked = desk.waiting()[0]
    desk.client.get(f"/v1/blind-checks/{checked}")
    desk.check(checked, "none", reason="ANN TOLD OF JANE DOE")
    (view,) = [one for one in entries(desk, "view") if after(one).get("blind")]
    (check,) = entries(desk, "blind-check")
    assert view.subject == check.subject == checked
    assert (after(check)["wrong"], after(check)["reviewer"]) == (True, "ann")

    body = {"source": "reversal", "wrong": True, "reviewer": "ann"}
    assert desk.client.post_json(f"/v1/items/{names[-1]}/verdict", body).status_code == 204
    (verdict,) = entries(desk, "verdict")
    assert (verdict.subject, after(verdict)["source"]) == (names[-1], "reversal")
    assert of_store(desk.store, key=KEY).whole


def test_a_revocation_stands_behind_the_check_that_raised_it(desk: AutomaticDesk) -> None:
    desk.pay(40)
    for name in desk.waiting():
        if desk.check(name, "none").get("incident"):
            break
    (revoked,) = entries(desk, "revocation")
    checks = entries(desk, "blind-check")
    assert revoked.number == checks[-1].number + 1
    assert after(revoked)["wrong"] == len(checks)
    assert revoked.subject == checks[-1].certificate
    assert of_store(desk.store, key=KEY).whole


def test_a_decision_is_logged_with_what_the_item_was(desk: AutomaticDesk) -> None:
    desk.pay(1)
    rows = desk.client.get("/v1/items?kind=denial-risk").json()["rows"]
    name = rows[0]["id"]
    item = desk.client.get(f"/v1/items/{name}")
    body = {"action": "accept", "reviewer": "ann", "reason": "JANE DOE CALLED"}
    with acting_as(Actor("desk-key", frozenset({"reviewer"}))):
        answer = desk.client.post_json(
            f"/v1/items/{name}/decision", body, **{"If-Match": item.headers["etag"]}
        )
    assert answer.status_code == 200, answer.text
    (decision,) = entries(desk, "decision")
    assert decision.subject == name
    assert msgspec.json.decode(decision.before or "") == {
        "lane": rows[0]["lane"],
        "status": "open",
        "version": 1,
    }
    said = after(decision)
    assert (said["action"], said["status"], said["version"], said["seen"]) == ("accept", "decided", 2, 1)
    again = desk.client.post_json(f"/v1/items/{name}/decision", body, **{"If-Match": item.headers["etag"]})
    assert again.status_code == 200
    assert len(entries(desk, "decision")) == 1, "the same decision sent again is no second one"


def test_moves_of_time_are_logged_as_done_by_the_service(desk: AutomaticDesk) -> None:
    desk.pay(1)
    later = desk.at + timedelta(days=30)
    moved = Rounds(desk.store, desk.champions.policy, clock=lambda: later).once()
    moves = entries(desk, "move")
    assert len(moves) == moved > 0
    assert {one.actor for one in moves} == {"clearlane"}
    assert all(after(one)["lane"] == "escalate" for one in moves)


def test_the_actor_of_an_entry_is_whoever_the_work_is_done_for(store: Store) -> None:
    log = AuditStore.of(store)
    with acting_as(Actor("ann", frozenset({"reviewer"}))):
        log.add(view_entry("item"))
    log.add(view_entry("item"))
    assert [one.actor for one in log.entries()] == ["ann", "clearlane"]


def test_nothing_of_a_patient_stands_in_the_log_in_clear(desk: AutomaticDesk) -> None:
    desk.pay(2)
    name = desk.waiting()[0]
    desk.client.get(f"/v1/blind-checks/{name}")
    desk.check(name, "none", reason="JANE DOE CALLED")
    written = "\n".join(repr(one) for one in AuditStore.of(desk.store).entries())
    for planted in ("DOE", "JANE", "W123456789", "C00000", "ICNC", "LAKESIDE", "CALLED", "20240305", "a.x12"):
        assert planted not in written


def test_what_does_not_come_about_leaves_no_entry(desk: AutomaticDesk) -> None:
    desk.pay(1)
    before = AuditStore.of(desk.store).count()
    assert desk.client.get("/v1/items/nothing").status_code == 404
    assert desk.client.post_json("/v1/blind-checks/nothing", {"action": "none", "reviewer": "ann"}).is_error
    assert AuditStore.of(desk.store).count() == before


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'eve'", "DELETE FROM audit_log"])
def test_the_database_itself_refuses_to_change_the_log(desk: AutomaticDesk, statement: str) -> None:
    desk.pay(1)
    with pytest.raises(DBAPIError, match="audit log are only added"), desk.store._database.writing() as one:
        one.execute(text(statement))


def test_nothing_is_added_without_the_key_to_a_log_that_was_made_with_one(url: str) -> None:
    keyless, keyed = Store(url), Store(url, audit_key=KEY)
    AuditStore.of(keyless).add(view_entry("before the key came"))
    AuditStore.of(keyed).add(view_entry("with the key"))
    with pytest.raises(StoreError, match="CLEARLANE_AUDIT_KEY"):
        AuditStore.of(keyless).add(view_entry("without it"))
    AuditStore.of(keyed).add(view_entry("with the key again"))
    assert AuditStore.of(keyed).count() == 3
    assert of_store(keyed, key=KEY, keyed_from=2).whole
    for store in (keyless, keyed):
        store.close()

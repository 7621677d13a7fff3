"""Verdicts that the product takes from what it sees: payers' answers count, what people post stands beside."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, text

from models.monitoring import ANSWERS_DUE, DetectorState, detector_of_answers
from models.policy import load_policy
from serving.store.monitor import MonitorStore
from serving.store.monitor_tables import checks
from serving.store.store import Store
from tests.support.automatic_lane import AutomaticDesk, all_checked
from tests.support.earlier_stores import forget_revision
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

ALPHA = load_policy().alpha("denial-risk")
DUE = ANSWERS_DUE + timedelta(days=1)  # when the day of a claim is over for so long


@pytest.fixture
def desk(url: str) -> Iterator[AutomaticDesk]:
    opened = AutomaticDesk(Store(url), all_checked(probability=0.0))  # nobody is drawn
    yield opened
    opened.application.close()


def release(desk: AutomaticDesk, *names: str) -> list[str]:
    """Claims that go out without a look; their items."""
    desk.number += 1
    before = released(desk)
    billed = [BilledClaim(name, charge="50") for name in names]
    assert desk.client.post_file(professional(billed, control=f"{desk.number:09d}")).is_success
    found = released(desk) - before
    assert len(found) == len(names)
    return sorted(found)


def released(desk: AutomaticDesk) -> set[str]:
    answer = desk.client.get("/v1/items?kind=denial-risk&status=automatic&limit=200").json()
    return {row["id"] for row in answer["rows"]}


def answer(desk: AutomaticDesk, *paid: str, denied: tuple[str, ...] = ()) -> None:
    """The payer's answers to claims."""
    desk.number += 1
    told = [PaidClaim(name, charge="50", payer_claim_number=f"ICN{name}") for name in paid]
    told += [
        PaidClaim(name, charge="50", payer_claim_number=f"ICN{name}", denied="197", status="4")
        for name in denied
    ]
    data = remittance(told, trace=f"TRN{desk.number:07d}", control=f"{desk.number:09d}")
    assert desk.client.post_file(data).is_success


def observe(desk: AutomaticDesk) -> int:
    return desk.application.monitor.observe()


def watch(desk: AutomaticDesk, kind: str) -> dict[str, Any]:
    (found,) = [one for one in desk.client.get("/v1/monitor").json()["rows"] if one["cell"]["kind"] == kind]
    return dict(found)


def verdicts(desk: AutomaticDesk) -> list[tuple[str, str | None, bool, bool]]:
    """Source, what was said, whether that is wrong, and whether it moved the detector."""
    columns = (checks.c.source, checks.c.action, checks.c.wrong, checks.c.level)
    with desk.store._database.reading() as connection:
        rows = connection.execute(select(*columns).order_by(checks.c.number)).all()
    return [(row.source, row.action, row.wrong, row.level is not None) for row in rows]


def state(desk: AutomaticDesk) -> DetectorState:
    """In which the last answers left their detector."""
    query = select(checks.c.state).where(checks.c.source == "answer", checks.c.state.is_not(None))
    with desk.store._database.reading() as connection:
        text = connection.execute(query.order_by(checks.c.number.desc()).limit(1)).scalar_one()
    return msgspec.json.decode(text, type=DetectorState)


def bet_on_days(*days: tuple[int, int]) -> DetectorState:
    """What the detector remembers after days of so many claims, so many of them denied."""
    detector = detector_of_answers(ALPHA)
    for sent, denied in days:
        detector.update_together(sent, denied)
    return detector.state


def denied_for_days(desk: AutomaticDesk, days: int, name: str = "D") -> None:
    """Two claims a day, all denied."""
    for day in range(days):
        names = (f"{name}A{day}", f"{name}B{day}")
        release(desk, *names)
        answer(desk, denied=names)
        desk.at += timedelta(days=1)


def test_a_released_claim_is_judged_by_its_answer_when_it_is_old_enough_and_not_before(
    desk: AutomaticDesk,
) -> None:
    release(desk, "D1", "D2", "D3")
    sent = desk.at
    desk.at += timedelta(days=5)
    answer(desk, "D1", denied=("D2",))
    assert observe(desk) == 0  # quick answers are not like the others
    midnight = datetime.combine(sent.date() + DUE, time.min, tzinfo=UTC)
    desk.at = midnight - timedelta(seconds=1)
    assert observe(desk) == 0
    desk.at = midnight
    assert (observe(desk), observe(desk)) == (3, 0)
    found = verdicts(desk)
    assert sorted(one[:3] for one in found) == [
        ("answer", "denied", True),
        ("answer", "paid", False),
        ("answer", "unanswered", False),
    ]
    assert [moved for *_, moved in found] == [False, False, True]  # one bet on the day's share
    assert state(desk) == bet_on_days((3, 1))
    found = watch(desk, "denial-risk")
    assert (found["checked"], found["answered"], found["wrong"], found["rate"]) == (2, 2, 1, 0.5)
    assert len(found["levels"]) == 1


def test_days_are_bet_on_in_their_order_whoever_asks_for_how_many_at_once(desk: AutomaticDesk) -> None:
    for day in range(3):
        names = [f"D{day}{number}" for number in range(5)]
        release(desk, *names)
        answer(desk, *names[day:], denied=tuple(names[:day]))
        desk.at += timedelta(days=1)
    kept = MonitorStore.of(desk.store)
    desk.at += DUE
    while kept.take_answers(desk.at, limit=4).asked:
        pass
    assert state(desk) == bet_on_days((5, 0), (5, 1), (5, 2))


def test_denials_of_released_claims_revoke_the_certificate_without_anyone_checking(
    desk: AutomaticDesk,
) -> None:
    denied_for_days(desk, 6)
    desk.at += DUE
    assert observe(desk) == 12
    assert observe(desk) == 0
    (found,) = desk.client.get("/v1/incidents").json()["rows"]
    assert found["incident"]["cell"]["kind"] == "denial-risk"
    assert "answered by their payers 6 were wrong" in found["incident"]["why"]  # at the alarm
    assert found["second_look_total"] == 12
    desk.number += 1
    data = professional([BilledClaim("D99", charge="50")], control=f"{desk.number:09d}")
    assert desk.client.post_file(data).json()["counts"]["lanes"] == {"review": 1}


def test_denials_revoke_the_certificate_before_they_are_due_where_they_are_enough(
    desk: AutomaticDesk,
) -> None:
    denied_for_days(desk, 2)
    assert observe(desk) == 0
    assert desk.client.get("/v1/incidents").json()["rows"] == []
    release(desk, "O1", "O2")  # without an answer, so they count as right
    desk.at += timedelta(days=1)
    denied_for_days(desk, 3, "E")
    assert observe(desk) == 0
    (found,) = desk.client.get("/v1/incidents").json()["rows"]
    why = found["incident"]["why"]
    assert why.startswith("Of 12 claims whose answers are not all due 10 are denied already;")
    assert found["incident"]["changed_at"].startswith("2024-04-03")
    assert found["second_look_total"] == 12
    desk.at += timedelta(days=1)
    observe(desk)
    desk.at += DUE
    assert observe(desk) == 12  # the alarm that comes when they are due is no other one
    assert len(desk.client.get("/v1/incidents").json()["rows"]) == 1


def test_claims_of_today_are_not_looked_at_for_their_day_is_not_over(desk: AutomaticDesk) -> None:
    denied_for_days(desk, 2)
    names = [f"T{number}" for number in range(8)]
    release(desk, *names)
    answer(desk, denied=tuple(names))
    observe(desk)
    assert desk.client.get("/v1/incidents").json()["rows"] == []
    desk.at += timedelta(days=1)
    observe(desk)
    assert len(desk.client.get("/v1/incidents").json()["rows"]) == 1


def test_paid_claims_want_no_second_look(desk: AutomaticDesk) -> None:
    good = [f"P{number}" for number in range(3)]
    release(desk, *good)
    desk.at += timedelta(minutes=1)
    answer(desk, *good)
    denied_for_days(desk, 6)
    desk.at += DUE
    observe(desk)
    (found,) = desk.client.get("/v1/incidents").json()["rows"]
    assert found["second_look_total"] == 12


def test_a_claim_that_was_checked_blindly_is_judged_by_its_answer_too_which_takes_the_checks_place(
    url: str,
) -> None:
    desk = AutomaticDesk(Store(url))  # all are drawn
    first, second = release(desk, "D1", "D2")
    desk.check(first, "hold")
    assert watch(desk, "denial-risk")["rate"] == 1.0
    answer(desk, "D1", "D2")
    desk.at += DUE
    assert observe(desk) == 2
    assert sorted(one for one in verdicts(desk) if one[0] == "answer") == [
        ("answer", "paid", False, False),
        ("answer", "paid", False, True),
    ]
    found = watch(desk, "denial-risk")
    assert (found["checked"], found["answered"], found["wrong"]) == (2, 2, 0)
    assert state(desk) == bet_on_days((2, 0))
    assert second not in desk.waiting()  # its answer is in
    late = {"action": "hold", "reviewer": "ben"}
    assert desk.client.post_json(f"/v1/blind-checks/{second}", late).status_code == 409
    desk.application.close()


def test_a_blind_check_stands_for_the_claims_without_an_answer_and_an_answer_for_itself(url: str) -> None:
    desk = AutomaticDesk(Store(url), all_checked(probability=0.25))
    names = release(desk, *(f"O{number}" for number in range(8)))
    answer(desk, *(f"O{number}" for number in range(8)))
    desk.at += DUE
    young = release(desk, *(f"Y{number}" for number in range(40)))
    assert observe(desk) == len(names)
    drawn = [name for name in desk.waiting() if name in young]
    for number, name in enumerate(drawn):
        desk.check(name, "hold" if number == 0 else "release")
    found = watch(desk, "denial-risk")
    assert found["rate"] == pytest.approx(4 / (8 + 4 * len(drawn)))
    assert (found["automatic"], found["answered"], found["wrong"]) == (48, 8, 1)
    desk.application.close()


def test_several_processes_judge_a_claim_once(desk: AutomaticDesk, url: str) -> None:
    release(desk, *(f"D{number}" for number in range(60)))
    answer(desk, *(f"D{number}" for number in range(60)))
    at = desk.at + DUE
    stores = [Store(url) for _ in range(3)]

    def ask(store: Store) -> int:
        kept, total = MonitorStore.of(store), 0
        while asked := kept.take_answers(at, limit=7).asked:
            total += asked
        return total

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(ask, stores)) == 60
    for store in stores:
        store.close()
    assert watch(desk, "denial-risk")["answered"] == 60


def test_a_store_of_an_earlier_release_gets_the_index_by_which_claims_come_up(
    desk: AutomaticDesk, url: str
) -> None:
    release(desk, "D1")
    with desk.store._database.engine.begin() as connection:
        connection.execute(text("DROP INDEX watched_by_age"))
        forget_revision(connection)
    again = Store(url)
    assert MonitorStore.of(again).take_answers(desk.at + DUE, limit=9).found == {"unanswered": 1}
    with again._database.engine.begin() as connection:
        connection.execute(text("DROP INDEX watched_by_age"))  # it was made when the store was opened
    again.close()


def came_again(desk: AutomaticDesk, claim: str, **changes: str) -> str:
    """Another payment that a person has to see; its item."""
    before = desk.items()
    desk.number += 1
    given = {"charge": "150", "payer_claim_number": f"ICN{claim}", **changes}
    data = remittance(
        [PaidClaim(claim, **given)], trace=f"TRN{desk.number:07d}", control=f"{desk.number:09d}"
    )
    assert desk.client.post_file(data).is_success
    (name,) = desk.items() - before
    return name


def choose(desk: AutomaticDesk, name: str, claim: str) -> None:
    """A person posts a payment to a claim, by the claim's number."""
    item = desk.item(name)
    (reference,) = [one["reference"] for one in item["candidates"] if one["claim"]["claim_id"] == claim]
    best = item["candidates"][0]["reference"] == reference and item["none_probability"] < 0.5
    body = {
        "action": "accept" if best else "choose",
        "claim_reference": reference,
        "reviewer": "ben",
        "reason": "by hand",
    }
    seen = {"If-Match": f'"{item["row"]["version"]}"'}
    answer = desk.client.post_json(f"/v1/items/{name}/decision", body, **seen)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("claim", "wrong"), [("C00000", False), ("C00001", True)])
@pytest.mark.parametrize(
    ("again", "source"),
    [({"status": "22", "charge": "-150"}, "reversal"), ({}, "override")],
    ids=["taken back", "sent again"],
)
def test_what_a_person_posts_of_an_automatic_payment_stands_beside_the_estimate(
    desk: AutomaticDesk, claim: str, wrong: bool, again: dict[str, str], source: str
) -> None:
    desk.pay(2)
    name = came_again(desk, "C00000", **again)
    assert desk.item(name)["row"]["status"] == "open"
    assert verdicts(desk) == []  # a takeback alone says nothing of the match
    choose(desk, name, claim)
    assert verdicts(desk) == [(source, None, wrong, False)]
    found = watch(desk, "remittance-match")
    assert (found["wrong_otherwise"], found["checked"], found["rate"]) == (int(wrong), 0, None)

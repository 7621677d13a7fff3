"""Rounds over the queue, on both databases: what has waited too long moves, once, and no decision is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from features.errors import ConflictError
from models.policy import load_policy
from models.policy_table import KINDS
from serving import ingestion
from serving.ageing.looking import look
from serving.ageing.rounds import Rounds
from serving.items import Decision, ItemFilter, ItemRow
from serving.store import schema
from serving.store.store import Store
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, professional

CAME = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)
HOLD = Decision("none", "ann", reason="to be corrected")


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = CAME

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rounds(store: Store, clock: Clock) -> Rounds:
    return Rounds(store, fake_champions().policy, clock=clock)


def take_claims(store: Store, count: int = 1, *, charge: str = "2750") -> None:
    """Claims of a denial risk that a person has to see, due in a day."""
    data = professional([BilledClaim(f"A-{number}", charge=charge) for number in range(count)])
    ingestion.take(data, name="a.x12", store=store, champions=fake_champions(), at=CAME)


def rows(store: Store, at: datetime = CAME) -> tuple[ItemRow, ...]:
    return store.page(ItemFilter(), offset=0, limit=200, at=at).rows


def test_an_item_that_is_past_its_hours_goes_to_the_strictest_lane(
    store: Store, rounds: Rounds, clock: Clock
) -> None:
    take_claims(store)
    (before,) = rows(store)
    assert (rounds.once(), before.lane, before.queue) == (0, "review", "denial-risk-review")
    clock.now = before.due_at - timedelta(seconds=1)
    assert rounds.once() == 0
    clock.now = before.due_at
    assert rounds.once() == 1
    item = store.get(before.id)
    assert (item.row.lane, item.row.version, item.row.status) == ("escalate", 2, "open")
    assert item.row.due_at <= before.due_at
    assert item.reasons[0].code == "waited-too-long"
    (move,) = item.moves
    assert (move.at, move.from_lane, move.to_lane, move.version) == (clock.now, "review", "escalate", 2)
    assert (move.from_queue, move.to_queue) == ("denial-risk-review", item.row.queue)


def test_under_the_policy_that_ships_late_items_go_to_the_leads_of_their_desk(
    store: Store, rounds: Rounds, clock: Clock
) -> None:
    take_claims(store)
    clock.now = CAME + timedelta(days=2)
    assert rounds.once() == 1
    (row,) = rows(store)
    assert (row.lane, row.queue) == ("escalate", "billing-leads")


def test_every_desk_that_ships_says_where_late_items_go() -> None:
    desks = load_policy().desks
    assert set(desks) == set(KINDS)
    assert all(desk.escalate_to for desk in desks.values())


def test_an_item_moves_once_however_often_one_looks(store: Store, rounds: Rounds, clock: Clock) -> None:
    take_claims(store, 3)
    clock.now = CAME + timedelta(days=2)
    assert rounds.once() == 3
    for days in (3, 30, 60):
        clock.now = CAME + timedelta(days=days)
        rounds.once()
    assert {row.lane for row in rows(store)} == {"escalate"}
    assert all(row.version <= 3 for row in rows(store))


def test_what_is_not_due_is_not_read_again(store: Store, rounds: Rounds) -> None:
    take_claims(store, 5)
    rounds.once()
    assert store.due(CAME + timedelta(hours=1), limit=10) == []
    assert len(store.due(CAME + timedelta(days=1), limit=10)) == 5


def test_several_processes_move_an_item_once(url: str, store: Store) -> None:
    take_claims(store, 40)
    others = [Store(url) for _ in range(3)]
    policy = fake_champions().policy
    late = CAME + timedelta(days=2)
    with ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(Rounds(one, policy, clock=lambda: late).once) for one in others]
        moved = sum(run.result() for run in runs)
    for one in others:
        one.close()
    assert moved == 40
    engine = create_engine(url)
    with engine.connect() as connection:
        events = connection.execute(select(schema.item_events.c.item_id)).scalars().all()
    engine.dispose()
    assert (len(events), len(set(events))) == (40, 40)


def test_a_reviewer_who_had_the_page_open_does_not_lose_the_decision(
    store: Store, rounds: Rounds, clock: Clock
) -> None:
    take_claims(store)
    (seen,) = rows(store)
    clock.now = CAME + timedelta(days=2)
    assert rounds.once() == 1
    store.decide(seen.id, HOLD, version=seen.version, at=clock.now)
    item = store.get(seen.id)
    assert (item.row.status, item.row.version, item.row.lane) == ("decided", 3, "escalate")
    store.decide(seen.id, HOLD, version=seen.version, at=clock.now)  # sent again: the answer was lost
    with pytest.raises(ConflictError):
        store.decide(seen.id, Decision("accept", "bob", reason="other"), version=2, at=clock.now)


def test_a_version_that_never_was_takes_no_decision(store: Store, rounds: Rounds, clock: Clock) -> None:
    take_claims(store)
    (seen,) = rows(store)
    clock.now = CAME + timedelta(days=2)
    rounds.once()
    for version in (0, 3):
        with pytest.raises(ConflictError):
            store.decide(seen.id, HOLD, version=version, at=clock.now)


def test_an_item_decided_between_look_and_writing_stays_as_it_was_decided(store: Store) -> None:
    take_claims(store)
    late = CAME + timedelta(days=2)
    looks = [look(one, fake_champions().policy, late) for one in store.due(late, limit=5)]
    store.decide(looks[0].seen.id, HOLD, version=1, at=late)
    assert store.keep_looks(looks, late) == []
    assert store.get(looks[0].seen.id).row.lane == "review"


def test_what_was_decided_is_never_looked_at(store: Store) -> None:
    take_claims(store)
    (row,) = rows(store)
    store.decide(row.id, HOLD, version=1, at=CAME)
    assert store.due(CAME + timedelta(days=900), limit=9) == []


def test_another_policy_makes_everything_due_once(store: Store, rounds: Rounds) -> None:
    take_claims(store, 4)
    rounds.once()
    version = fake_champions().policy.version
    assert store.have_looked_at(version, CAME) == 0
    assert store.have_looked_at("policy-other", CAME) == 4
    assert len(store.due(CAME, limit=9)) == 4


@pytest.mark.parametrize("statement", ["UPDATE item_events SET why = '[]'", "DELETE FROM item_events"])
def test_moves_are_only_ever_added(
    url: str, store: Store, rounds: Rounds, clock: Clock, statement: str
) -> None:
    take_claims(store)
    clock.now = CAME + timedelta(days=2)
    assert rounds.once() == 1
    engine = create_engine(url)
    with pytest.raises(DBAPIError, match="only added"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_rounds_run_by_themselves_until_they_are_closed(
    store: Store, clock: Clock, wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    take_claims(store)
    clock.now = CAME + timedelta(days=2)
    running = Rounds(store, fake_champions().policy, clock=clock, every=0.05)
    running.start()
    try:
        wait_for(lambda: rows(store)[0].lane == "escalate")
    finally:
        running.close()

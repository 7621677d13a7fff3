"""Worklists and the backlog over a real store, by the API and on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from features.errors import BadInputError
from serving import ingestion
from serving.ageing.rounds import Rounds
from serving.application import Application, build
from serving.items import Decision
from serving.store.store import Store
from serving.worklists.backlog import Backlogs
from serving.worklists.planning import Worklists
from serving.worklists.reviewers import Reviewer, Team, read_team
from tests.support.asgi_client import AsgiClient
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

CAME = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)
ANN = Reviewer("ann", 12, queues=("denial-risk-*",))
BOB = Reviewer("bob", 420, queues=("denial-risk-review", "remittance-match-*"))
TEAM = Team((ANN, BOB))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def filled(store: Store) -> Store:
    """Six claims that a person has to see, worth more one by one, and two payments of one claim."""
    claims = professional(
        [BilledClaim(f"A-{number}", charge=str(2000 + 100 * number)) for number in range(6)]
    )
    ingestion.take(claims, name="a.x12", store=store, champions=fake_champions(), at=CAME)
    paid = remittance([PaidClaim("Z-1"), PaidClaim("Z-1")])
    ingestion.take(paid, name="b.x12", store=store, champions=fake_champions(), at=CAME)
    return store


@pytest.fixture
def client(filled: Store) -> Iterator[AsgiClient]:
    built: Application = build(filled, fake_champions(), clock=lambda: CAME, team=TEAM)
    yield AsgiClient(built.asgi)
    for workers in built.workers:
        workers.close()


def test_the_dearest_items_that_fit_make_a_day_and_nobody_gets_what_another_has(filled: Store) -> None:
    lists = Worklists(filled, TEAM, clock=lambda: CAME)
    ann, bob = lists.of("ann"), lists.of("bob")
    assert [row.amount for row in ann.items] == [2500, 2400]
    assert (ann.minutes, ann.capacity) == (12, 12)
    assert ann.expected == sum(row.expected or 0 for row in ann.items)
    assert {row.id for row in ann.items}.isdisjoint({row.id for row in bob.items})
    assert {row.queue for row in ann.items} == {"denial-risk-review"}
    assert len(bob.items) == 6
    assert (bob.waiting, bob.waiting_items) == ((), 0)


def test_what_does_not_fit_is_named_with_its_minutes_and_money(filled: Store) -> None:
    alone = Worklists(filled, Team((ANN,)), clock=lambda: CAME).of("ann")
    assert (len(alone.items), len(alone.waiting), alone.waiting_items) == (2, 4, 4)
    assert alone.waiting_minutes == pytest.approx(24)
    assert alone.waiting_expected == sum(row.expected or 0 for row in alone.waiting)
    assert [row.amount for row in alone.waiting] == [2300, 2200, 2100, 2000]


def test_what_was_decided_today_takes_its_minutes_of_the_day(filled: Store) -> None:
    team = Team((ANN,))
    first = Worklists(filled, team, clock=lambda: CAME).of("ann").items[0]
    later = CAME + timedelta(hours=1)
    filled.decide(first.id, Decision("none", "ann", reason="to be corrected"), version=1, at=later)
    after = Worklists(filled, team, clock=lambda: later).of("ann")
    assert (after.worked, len(after.items)) == (6, 1)
    tomorrow = CAME + timedelta(days=1)
    assert Worklists(filled, team, clock=lambda: tomorrow).of("ann").worked == 0


def test_the_backlog_counts_open_items_by_queue_and_age_against_their_hours(filled: Store) -> None:
    fresh = Backlogs(filled, clock=lambda: CAME).now()
    assert (fresh.items, fresh.overdue) == (8, 0)
    old = Backlogs(filled, clock=lambda: CAME + timedelta(days=8)).now()
    (claims,) = [one for one in old.queues if one.queue == "denial-risk-review"]
    assert (claims.items, claims.overdue, str(claims.dollars)) == (6, 6, "13500.00")
    assert [band.items for band in claims.ages] == [0, 0, 0, 6, 0, 0]
    assert old.overdue_dollars == old.dollars


def test_both_are_there_over_http_and_as_pages(client: AsgiClient) -> None:
    found = (client.get("/v1/worklist?reviewer=ann")).json()
    assert (found["reviewer"], len(found["items"])) == ("ann", 2)
    backlog = (client.get("/v1/backlog")).json()
    assert backlog["items"] == 8
    page = (client.get("/worklist?reviewer=ann")).text
    assert "Worklist of ann" in page
    assert found["items"][0]["id"] in page
    assert "denial-risk-review" in (client.get("/backlog")).text


def test_a_stranger_has_no_worklist(client: AsgiClient) -> None:
    assert (client.get("/v1/worklist?reviewer=eve")).status_code == 404
    assert (client.get("/v1/worklist")).status_code == 422
    page = client.get("/worklist?reviewer=eve")
    assert page.status_code == 200
    assert "Pick one" in page.text


TOML = '[[reviewer]]\nname = "ann"\nqueues = ["a-*"]\nminutes_a_day = 420\n'


def test_the_file_of_reviewers_is_read(tmp_path: Path) -> None:
    path = tmp_path / "reviewers.toml"
    path.write_text(TOML, encoding="utf-8")
    assert read_team(path) == Team((Reviewer("ann", 420, queues=("a-*",)),))
    assert read_team(None) == Team()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TOML + TOML, "stands twice"),
        (TOML.replace("420", "2000"), "2000"),
        (TOML.replace('queues = ["a-*"]\n', ""), "no queue"),
        (TOML.replace("queues", "queue"), "queue"),
        ("[[reviewer", "not as it should be"),
    ],
)
def test_a_wrong_file_of_reviewers_is_refused_with_what_is_wrong(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "reviewers.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=said):
        read_team(path)


def test_an_item_says_when_and_why_it_was_moved(filled: Store) -> None:
    late = CAME + timedelta(days=2)
    rounds = Rounds(filled, fake_champions().policy, clock=lambda: late)
    assert rounds.once() > 0
    built = build(filled, fake_champions(), clock=lambda: late)
    page = AsgiClient(built.asgi)
    (row, *_) = page.get("/v1/items?kind=denial-risk").json()["rows"]
    assert page.get(f"/v1/items/{row['id']}").json()["moves"][0]["to_lane"] == "escalate"
    assert "waited longer than its service level" in page.get(f"/items/{row['id']}").text
    for workers in built.workers:
        workers.close()

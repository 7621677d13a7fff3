"""Denied claims in the queue: where they come from, who gets them, what is decided, and that none comes twice."""

from __future__ import annotations

import dataclasses
import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from features.errors import BadInputError
from models.policy import DEFAULT, policy_of
from serving.access.actor import Actor, acting_as
from serving.application import build
from serving.denied.records import DeniedClaim
from serving.items import Decision, ItemDetail
from serving.store.store import Store
from tests.support.asgi_client import AsgiClient
from tests.support.denied_desk import DENIED, NOW, Desk
from tests.support.fake_champions import fake_champions
from tests.support.fake_recovery import FakeRecovery
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

UNKNOWN = "XX-9"  # a claim number that no claim has


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, dataclasses.replace(fake_champions(), denial_recovery=FakeRecovery()))


def denied_of(item: ItemDetail) -> DeniedClaim:
    assert isinstance(item.subject, DeniedClaim)
    return item.subject


def test_a_denial_of_a_claim_that_is_known_waits_for_a_denial_specialist(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    receipt = desk.take(remittance([DENIED]))
    assert receipt.counts.lanes == {"auto": 1, "review": 1}
    (row,) = desk.rows()
    assert (row.status, row.lane, row.queue) == ("open", "review", "denial-specialists")
    assert (row.claim_id, row.amount, row.expected) == ("A-1001", Decimal("275"), Decimal("165.00"))
    assert (row.minutes, row.deadline) == (15.0, date(2024, 4, 2) + timedelta(days=180))


def test_the_item_says_what_was_refused_why_and_what_may_be_done(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    item = desk.item(desk.rows()[0].id)
    denied = denied_of(item)
    assert (denied.category, denied.reasons) == ("authorization", ("CO-197",))
    assert [option.action for option in denied.options] == ["corrected", "appeal", "write-off-proposal"]
    assert item.versions.model == "denial-recovery-fake"


@pytest.mark.parametrize(
    ("carc", "queue"),
    [("97", "coding-specialists"), ("50", "coding-specialists"), ("27", "denial-specialists")],
)
def test_what_is_about_codes_goes_to_coders(desk: Desk, carc: str, queue: str) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance([PaidClaim(denied=carc, status="4")]))
    assert [row.queue for row in desk.rows()] == [queue]
    assert len(desk.rows(queue=queue)) == 1


def test_a_payment_without_a_denial_and_a_denial_without_its_claim_make_no_item(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance())
    desk.take(
        remittance(
            [PaidClaim(UNKNOWN, denied="197", payer_claim_number="ICN7")], trace="T2", control="000000209"
        )
    )
    assert desk.rows() == ()


def uncertified(store: Store) -> Desk:
    """A desk where a person decides every payment."""
    champions = dataclasses.replace(fake_champions(), denial_recovery=FakeRecovery(), certificates={})
    return Desk(store, champions)


def test_a_denial_that_a_reviewer_posts_becomes_an_item_with_the_decision(store: Store) -> None:
    desk = uncertified(store)
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    (payment,) = desk.rows("remittance-match")
    assert desk.rows() == ()
    desk.decide(payment.id, "accept")
    (row,) = desk.rows()
    assert denied_of(desk.item(row.id)).payment_item == payment.id


def test_a_payment_that_a_reviewer_gives_to_no_claim_makes_no_item(store: Store) -> None:
    desk = uncertified(store)
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    desk.decide(desk.rows("remittance-match")[0].id, "none", reason="another provider's")
    assert desk.rows() == ()


def test_the_same_decision_sent_again_makes_no_second_item(store: Store) -> None:
    desk = uncertified(store)
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    (payment,) = desk.rows("remittance-match")
    for _ in range(2):
        desk.queue._decide(payment.id, Decision("accept", "ann"), payment.version)
    assert len(desk.rows()) == 1


def test_the_same_remittance_twice_makes_no_second_item(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    desk.take(remittance([DENIED]))
    desk.take(remittance([DENIED], control="000000777"))
    assert len(desk.rows()) == 1


def test_a_denial_that_comes_again_in_another_remittance_is_the_same_item_when_it_is_posted(
    desk: Desk,
) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    desk.take(remittance([DENIED], trace="TRN77", control="000000777"))
    (again,) = desk.rows("remittance-match", status="open")
    desk.decide(again.id, "accept")
    assert len(desk.rows()) == 1


def test_a_correction_that_is_denied_again_shows_the_first_denial_and_what_was_done(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    (first,) = desk.rows()
    desk.decide(first.id, "corrected")
    correction = BilledClaim("A-2002", original="ICN900001")
    desk.take(professional([correction], control="000000404"), backlog=True)
    paid = PaidClaim("A-2002", denied="16", status="4", payer_claim_number="ICN900002")
    desk.take(remittance([paid], trace="TRN9", control="000000405"))
    (row,) = desk.rows(status="open")
    (earlier,) = desk.item(row.id).earlier_denials
    assert (earlier.item_id, earlier.reasons, earlier.action) == (first.id, ("CO-197",), "corrected")
    assert desk.item(first.id).earlier_denials == ()


def test_a_claim_that_was_paid_since_says_so(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    later = remittance([PaidClaim(payer_claim_number="ICN900009")], trace="TRN9", control="000000406")
    desk.take(later.replace(b"*20240402~", b"*20240502~"))
    (row,) = desk.rows()
    assert [payment.paid for payment in desk.item(row.id).paid_since] == [Decimal("275")]


NORTH, SOUTH = "1234567893", "1245319599"


def of_south(data: bytes) -> bytes:
    """The same file of another facility."""
    return data.replace(NORTH.encode(), SOUTH.encode())


def limited_to(*facilities: str) -> Actor:
    return Actor("limited", frozenset({"reviewer"}), frozenset(facilities))


def test_an_earlier_denial_of_another_facility_is_not_shown_to_who_is_limited_to_one(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    (first,) = desk.rows()
    correction = BilledClaim("A-2002", original="ICN900001")
    desk.take(of_south(professional([correction], control="000000404")), backlog=True)
    paid = PaidClaim("A-2002", denied="16", status="4", payer_claim_number="ICN900002")
    desk.take(of_south(remittance([paid], trace="TRN9", control="000000405")))
    (row,) = [one for one in desk.rows() if one.id != first.id]
    assert [one.item_id for one in desk.item(row.id).earlier_denials] == [first.id]
    with acting_as(limited_to(SOUTH)):
        assert desk.item(row.id).earlier_denials == ()
    with acting_as(limited_to(NORTH, SOUTH)):
        assert [one.item_id for one in desk.item(row.id).earlier_denials] == [first.id]


def test_a_payment_to_another_facility_is_not_shown_to_who_is_limited_to_one(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    later = remittance([PaidClaim(payer_claim_number="ICN900009")], trace="TRN9", control="000000406")
    desk.take(of_south(later.replace(b"*20240402~", b"*20240502~")))
    (row,) = desk.rows()
    assert len(desk.item(row.id).paid_since) == 1
    with acting_as(limited_to(NORTH)):
        assert desk.item(row.id).paid_since == ()


def test_following_the_proposal_takes_no_reason_and_another_action_does(desk: Desk) -> None:
    desk.take(professional([BilledClaim(), BilledClaim("B-2", member="X9", last="ROE")]), backlog=True)
    desk.take(
        remittance(
            [DENIED, PaidClaim("B-2", denied="27", payer_claim_number="ICN2", member="X9", last="ROE")]
        )
    )
    first, second = desk.rows()
    desk.decide(first.id, "corrected")
    assert desk.item(first.id).row.status == "decided"
    with pytest.raises(BadInputError, match="needs a reason"):
        desk.decide(second.id, "appeal")
    desk.decide(second.id, "appeal", reason="the plan said so on the phone")


@pytest.mark.parametrize("action", ["write-off-proposal", "nothing"])
def test_to_give_up_always_takes_a_reason(store: Store, action: str) -> None:
    desk = Desk(store, fake_champions())
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    (row,) = desk.rows()
    with pytest.raises(BadInputError, match="needs a reason"):
        desk.decide(row.id, action)
    desk.decide(row.id, action, reason="below what an appeal costs")


def test_a_denied_claim_takes_no_decision_about_a_match_and_a_match_none_about_a_denial(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED, PaidClaim(UNKNOWN)]))
    (denied,) = desk.rows()
    (open_match,) = desk.rows("remittance-match", status="open")
    for item, action in ((denied, "accept"), (open_match, "appeal")):
        with pytest.raises(BadInputError, match="no such decision"):
            desk.decide(item.id, action, reason="x")


def test_without_a_model_the_item_comes_without_figures(store: Store) -> None:
    desk = Desk(store, fake_champions())
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    (row,) = desk.rows()
    item = desk.item(row.id)
    assert (row.confidence, row.deadline, denied_of(item).options) == (None, None, ())
    assert "no-model" in {reason.code for reason in item.reasons}
    assert row.due_at == NOW + timedelta(days=30)


def test_an_item_is_due_a_week_before_its_deadline_at_the_latest(store: Store) -> None:
    champions = dataclasses.replace(fake_champions(), denial_recovery=FakeRecovery())
    desk = Desk(store, champions, at=datetime(2024, 9, 15, 8, tzinfo=UTC))
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    (row,) = desk.rows()
    assert row.deadline == date(2024, 9, 29)
    assert row.due_at == datetime(2024, 9, 22, 17, tzinfo=UTC)


def test_no_policy_can_let_a_denied_claim_go() -> None:
    policy = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    policy["kinds"]["denied-claim"] = {"alpha": 0.1, "delta": 0.05}
    go = {"kind": ["denied-claim"], "value_at_least": "0", "value_below": "100"}
    policy["rows"].append({"row": "give-up", "when": go, "lane": "auto", "code": "x", "reason": "Too small."})
    with pytest.raises(BadInputError, match="which a person always decides"):
        policy_of(policy)


def test_the_api_lists_a_queue_and_takes_the_decision(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    application = build(desk.store, desk.champions, clock=lambda: NOW)
    client = AsgiClient(application.asgi)
    listed = client.get("/v1/items?queue=denial-specialists").json()
    (row,) = listed["rows"]
    assert (row["kind"], row["queue"]) == ("denied-claim", "denial-specialists")
    assert client.get("/v1/items?queue=coding-specialists").json()["rows"] == []
    detail = client.get(f"/v1/items/{row['id']}").json()
    assert detail["subject"]["options"][0]["action"] == "corrected"
    answer = client.post_json(
        f"/v1/items/{row['id']}/decision",
        {"action": "corrected", "reviewer": "ann"},
        **{"If-Match": '"1"'},
    )
    assert answer.json()["decided"]["decision"]["action"] == "corrected"


def test_what_has_become_too_late_is_proposed_no_more_and_the_item_goes_on(store: Store) -> None:
    appeal_first = FakeRecovery(appeal_first=True)
    desk = Desk(store, dataclasses.replace(fake_champions(), denial_recovery=appeal_first))
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    (row,) = desk.rows()
    assert denied_of(desk.item(row.id)).options[0].action == "appeal"
    desk.at = NOW + timedelta(days=90)
    item = desk.item(row.id)
    assert [option.action for option in denied_of(item).options] == ["corrected", "write-off-proposal"]
    assert (item.row.confidence, item.row.expected) == (0.6, Decimal("165.00"))
    assert (desk.rows()[0].priority or 0) > 0
    desk.decide(row.id, "corrected")
    assert len(denied_of(desk.item(row.id)).options) == 3


def test_where_all_is_too_late_only_giving_up_is_left(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    desk.at = NOW + timedelta(days=400)
    (row,) = desk.rows()
    assert row.priority == 0
    assert [option.action for option in denied_of(desk.item(row.id)).options] == ["write-off-proposal"]


def test_a_denial_whose_deadline_is_near_goes_up_and_stays_with_its_specialists(store: Store) -> None:
    champions = dataclasses.replace(fake_champions(), denial_recovery=FakeRecovery())
    desk = Desk(store, champions, at=datetime(2024, 9, 25, 8, tzinfo=UTC))
    desk.take(professional(), backlog=True)
    desk.take(remittance([PaidClaim(denied="97", status="4")]))
    (row,) = desk.rows()
    assert (row.deadline, row.lane, row.queue) == (date(2024, 9, 29), "escalate", "coding-specialists")
    assert "deadline-near" in {reason.code for reason in desk.item(row.id).reasons}


def test_another_policy_names_other_queues_and_hours(store: Store) -> None:
    table = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    (row,) = [row for row in table["rows"] if row["row"] == "denied"]
    row.update(queue="appeals", role="appeals nurse", sla_hours=5)
    champions = dataclasses.replace(fake_champions(), denial_recovery=FakeRecovery(), policy=policy_of(table))
    desk = Desk(store, champions, at=NOW)
    desk.take(professional(), backlog=True)
    desk.take(remittance([DENIED]))
    (found,) = desk.rows()
    assert (found.queue, found.due_at) == ("appeals", NOW + timedelta(hours=5))

"""Blind checks: who is drawn, what is hidden until the check is in, and which verdicts the estimate counts."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from features.errors import NotFoundError
from serving.access.actor import Actor, acting_as
from serving.identifiers import Identifiers
from serving.monitor.records import BlindCheck
from serving.store.monitor import MonitorStore
from serving.store.schema import candidates
from serving.store.store import Store
from serving.store.watching import is_drawn
from tests.support.automatic_lane import AutomaticDesk, all_checked
from tests.support.small_x12 import BilledClaim, professional


@pytest.fixture
def desk(store: Store) -> AutomaticDesk:
    return AutomaticDesk(store)


@pytest.fixture
def few(store: Store) -> AutomaticDesk:
    return AutomaticDesk(store, all_checked(probability=0.3))


def test_the_draw_is_the_same_for_the_same_item_and_about_as_likely_as_the_policy_says() -> None:
    key = Identifiers(b"0" * 32)
    drawn = [is_drawn(f"item-{number}", 0.05, key) for number in range(20_000)]
    assert drawn == [is_drawn(f"item-{number}", 0.05, key) for number in range(20_000)]
    assert 0.043 < sum(drawn) / len(drawn) < 0.057
    other = Identifiers(b"1" * 32)
    assert drawn != [is_drawn(f"item-{number}", 0.05, other) for number in range(20_000)]


def test_every_automatic_item_keeps_its_probability_and_only_the_drawn_ones_wait(few: AutomaticDesk) -> None:
    went = few.pay(40)
    (watch,) = few.client.get("/v1/monitor").json()["rows"]
    waiting = few.waiting()
    assert watch["automatic"] == len(went) == 40
    assert watch["drawn"] == watch["waiting"] == len(waiting)
    assert 3 <= len(waiting) <= 25
    assert set(waiting) < set(went)


def test_a_waiting_item_shows_nothing_of_the_model_anywhere_until_its_check_is_in(
    desk: AutomaticDesk,
) -> None:
    (name,) = desk.pay()
    secret = ("0.999", "certificate-", '"certified"', "remittance-match-fake")
    blind = desk.client.get(f"/v1/blind-checks/{name}").text
    shown = [blind, desk.client.get(f"/v1/items/{name}").text]
    listed = desk.client.get("/v1/items?kind=remittance-match&status=all").json()["rows"]
    page = desk.client.get(f"/items/{name}").text
    for place in (*shown, page):
        assert not [word for word in secret if word in place]
    assert [row["confidence"] for row in listed] == [None]
    desk.check(name)
    after = desk.item(name)
    assert after["row"]["confidence"] == 0.999
    assert after["versions"]["certificate"].startswith("certificate-")
    assert desk.client.get(f"/v1/blind-checks/{name}").status_code == 404


def test_the_answer_to_a_check_says_what_the_lane_did(desk: AutomaticDesk) -> None:
    (name,) = desk.pay()
    (candidate,) = desk.client.get(f"/v1/blind-checks/{name}").json()["candidates"]
    answer = desk.check(name, "choose", claim_reference=candidate["reference"])
    assert answer["wrong"] is False
    assert answer["lane_claim"] == candidate["reference"]
    again = {"action": "none", "reviewer": "ben"}
    assert desk.client.post_json(f"/v1/blind-checks/{name}", again).status_code == 409


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "release", "reviewer": "ann"}, "/action"),
        ({"action": "choose", "reviewer": "ann", "claim_reference": "nobody"}, "/claim_reference"),
        ({"action": "none", "reviewer": "ann", "claim_reference": "nobody"}, "/claim_reference"),
        ({"action": "none", "reviewer": " "}, "/reviewer"),
    ],
)
def test_a_check_that_does_not_fit_points_to_the_field(
    desk: AutomaticDesk, body: dict[str, str], pointer: str
) -> None:
    (name,) = desk.pay()
    answer = desk.client.post_json(f"/v1/blind-checks/{name}", body)
    assert answer.status_code == 422
    assert pointer in answer.text
    assert desk.waiting() == [name]


def test_an_item_that_was_not_drawn_takes_no_check(few: AutomaticDesk) -> None:
    undrawn = sorted(set(few.pay(40)) - set(few.waiting()))
    body = {"action": "none", "reviewer": "ann"}
    assert few.client.post_json(f"/v1/blind-checks/{undrawn[0]}", body).status_code == 404
    assert few.client.post_json("/v1/blind-checks/unknown", body).status_code == 404


def test_a_released_claim_is_judged_by_what_the_checker_states(desk: AutomaticDesk) -> None:
    assert desk.client.post_file(professional([BilledClaim("D1", charge="50")])).is_success
    (name,) = desk.waiting()
    assert desk.client.get(f"/v1/blind-checks/{name}").json()["actions"] == ["release", "hold"]
    assert desk.check(name, "hold")["wrong"] is True


def test_what_came_out_otherwise_is_kept_beside_the_sample_and_moves_neither_estimate_nor_detector(
    few: AutomaticDesk,
) -> None:
    went = few.pay(30)
    undrawn = [name for name in went if name not in few.waiting()]
    for name in undrawn[:5]:
        body = {"source": "reversal", "wrong": True, "reviewer": "ann"}
        for _ in range(2):  # the same again changes nothing
            assert few.client.post_json(f"/v1/items/{name}/verdict", body).status_code == 204
    (watch,) = few.client.get("/v1/monitor").json()["rows"]
    assert watch["wrong_otherwise"] == 5
    assert (watch["checked"], watch["wrong"], watch["rate"], watch["incident"]) == (0, 0, None, None)
    opposite = {"source": "reversal", "wrong": False, "reviewer": "ann"}
    assert few.client.post_json(f"/v1/items/{undrawn[0]}/verdict", opposite).status_code == 409
    nobody = {"source": "override", "wrong": True, "reviewer": ""}
    assert few.client.post_json(f"/v1/items/{undrawn[0]}/verdict", nobody).status_code == 422
    assert few.client.post_json("/v1/items/unknown/verdict", opposite).status_code == 404


def test_checks_that_should_be_in_are_counted_as_late(desk: AutomaticDesk) -> None:
    desk.pay(2)
    assert desk.client.get("/v1/blind-checks").json()["late"] == 0
    desk.at = desk.at.replace(day=desk.at.day + 3)
    assert desk.client.get("/v1/blind-checks").json()["late"] == 2
    (watch,) = desk.client.get("/v1/monitor").json()["rows"]
    assert watch["late"] == 2


def test_the_list_comes_in_parts_and_refuses_what_is_out_of_range(desk: AutomaticDesk) -> None:
    desk.pay(3)
    parts = [desk.client.get(f"/v1/blind-checks?offset={n}&limit=1").json()["rows"] for n in range(3)]
    assert [row["id"] for part in parts for row in part] == desk.waiting()
    assert desk.client.get("/v1/blind-checks?limit=0").status_code == 422


def test_checks_and_incidents_are_counted_for_prometheus(desk: AutomaticDesk) -> None:
    def total(text: str, start: str) -> float:
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(start))

    before = desk.client.get("/metrics").text
    for name in desk.pay(5):
        desk.check(name)
    after = desk.client.get("/metrics").text
    wrong = 'clearlane_blind_checks_total{kind="remittance-match",verdict="wrong"}'
    assert total(after, wrong) - total(before, wrong) == 5
    raised = "clearlane_incidents_total"
    assert total(after, raised) - total(before, raised) == 1


NORTH, SOUTH = "1234567893", "1245319599"
LIMITED = Actor("limited", frozenset({"reviewer"}), frozenset({NORTH}))


def offer_a_claim_of_another_facility(desk: AutomaticDesk, item: str) -> str:
    """Put it among the candidates of a payment; its reference."""
    before = {row["id"] for row in desk.client.get("/v1/items?kind=denial-risk").json()["rows"]}
    billed = professional([BilledClaim("S-1")], control="000000771")
    assert desk.client.post_file(billed.replace(NORTH.encode(), SOUTH.encode())).is_success
    after = {row["id"] for row in desk.client.get("/v1/items?kind=denial-risk").json()["rows"]}
    (claim,) = after - before
    row = {"item_id": item, "position": 9, "reference": claim, "probability": 0.25}
    with desk.store._database.writing() as connection:
        connection.execute(insert(candidates), row)
    return str(claim)


def test_what_has_a_candidate_of_another_facility_is_checked_by_people_without_a_limit(
    desk: AutomaticDesk,
) -> None:
    own, mixed = desk.pay(2)
    foreign = offer_a_claim_of_another_facility(desk, mixed)
    kept = MonitorStore.of(desk.store)
    with acting_as(LIMITED):
        page = kept.waiting(offset=0, limit=10, at=desk.at)
        assert ([row.id for row in page.rows], page.total) == ([own], 1)
        assert kept.blind_row(own).id == own
        with pytest.raises(NotFoundError):
            kept.blind_row(mixed)
        with pytest.raises(NotFoundError):
            kept.check(mixed, BlindCheck("none", "limited"), desk.at)
    assert kept.waiting(offset=0, limit=10, at=desk.at).total == 2
    assert desk.check(mixed, "choose", claim_reference=foreign)["wrong"] is True


def test_who_is_limited_to_facilities_is_not_told_of_an_incident_and_it_is_raised_all_the_same(
    desk: AutomaticDesk,
) -> None:
    desk.pay(40)
    with acting_as(LIMITED):
        for name in desk.waiting():
            assert desk.application.monitor._check(name, BlindCheck("none", "x")).incident is None
    assert len(MonitorStore.of(desk.store).incidents()) == 1
    assert len(desk.application.monitor.revocations()) == 1

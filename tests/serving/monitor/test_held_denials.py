"""A denied claim does not tell to which claim its payment was posted while that waits for a blind check."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from serving.store.store import Store
from serving.worklists.planning import Worklists
from serving.worklists.reviewers import Reviewer, Team
from tests.support.automatic_lane import AutomaticDesk, all_checked
from tests.support.page_client import PageClient
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance


@pytest.fixture
def desk(url: str) -> Iterator[AutomaticDesk]:
    opened = AutomaticDesk(Store(url))
    yield opened
    opened.application.close()


def deny(desk: AutomaticDesk, claim: str = "C1") -> tuple[str, str]:
    """A payment that goes automatically and refuses its claim; its item and that of the denied claim."""
    desk.number += 1
    before, known = desk.items(), denials(desk)
    billed = BilledClaim(claim, charge="150", last="SENTNAME")
    assert desk.client.post_file(professional([billed], control=f"{desk.number:09d}")).is_success
    paid = PaidClaim(claim, charge="150", denied="197", status="4", payer_claim_number=f"ICN{claim}")
    data = remittance([paid], trace=f"TRN{desk.number:07d}", control=f"{desk.number:09d}")
    assert desk.client.post_file(data).is_success
    (payment,), (denied,) = desk.items() - before, denials(desk) - known
    return payment, denied


def denials(desk: AutomaticDesk) -> set[str]:
    rows = desk.client.get("/v1/items?kind=denied-claim&status=all&limit=200").json()["rows"]
    return {row["id"] for row in rows}


def decide(desk: AutomaticDesk, name: str) -> int:
    body = {"action": "nothing", "reviewer": "ann", "reason": "small"}
    return desk.client.post_json(f"/v1/items/{name}/decision", body, **{"If-Match": '"1"'}).status_code


def test_until_the_payment_is_checked_the_denied_claim_shows_the_payment_alone_and_takes_no_decision(
    desk: AutomaticDesk,
) -> None:
    payment, denied = deny(desk)
    visitor = PageClient(desk.application.asgi)
    item, page = desk.item(denied), visitor.get(f"/items/{denied}").text
    assert (item["awaits_check"], item["subject"]["kind"]) == (payment, "claim_payment")
    assert item["earlier_denials"] == item["paid_since"] == []
    team = Team((Reviewer("ann", 420, queues=("*",)),))
    worklist = Worklists(desk.store, team, clock=lambda: desk.at).of("ann")
    (row,) = [one for one in (*worklist.items, *worklist.waiting) if one.kind == "denied-claim"]
    assert (row.deadline, row.confidence, row.priority) == (None, None, None)
    shown = (str(item), page, visitor.get("/").text, desk.client.get("/v1/items?status=all").text)
    for place in shown:
        assert "claim_reference" not in place
    assert "SENTNAME" not in str(item) + page
    assert f'href="/blind-checks/{payment}"' in page
    assert decide(desk, denied) == 409
    desk.check(payment)
    after = desk.item(denied)
    assert (after["awaits_check"], after["subject"]["kind"]) == (None, "denied_claim")
    assert "SENTNAME" in visitor.get(f"/items/{denied}").text
    assert decide(desk, denied) == 200


def test_another_denial_of_the_claim_does_not_tell_of_one_whose_payment_waits(desk: AutomaticDesk) -> None:
    payment, first = deny(desk)
    desk.check(payment)
    desk.number += 1
    again = PaidClaim("C1", charge="150", denied="50", status="4", payer_claim_number="ICN2")
    before = desk.items()
    data = remittance([again], trace=f"TRN{desk.number:07d}", control=f"{desk.number:09d}")
    assert desk.client.post_file(data).is_success
    (second,) = desk.items() - before
    assert desk.item(second)["row"]["status"] == "automatic"
    (later,) = denials(desk) - {first}
    assert desk.item(later)["awaits_check"] == second
    assert first not in str(desk.item(later))
    assert desk.item(first)["earlier_denials"] == []
    desk.check(second)
    assert [one["item_id"] for one in desk.item(later)["earlier_denials"]] == [first]


def test_a_denied_claim_whose_payment_was_not_drawn_is_shown_at_once(store: Store) -> None:
    desk = AutomaticDesk(store, all_checked(probability=0.0))
    _, denied = deny(desk)
    assert desk.item(denied)["subject"]["kind"] == "denied_claim"
    desk.application.close()

"""The order of the list: value a minute with the deadline, the same on every day, in stores of earlier releases too."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from serving.champions import Champions
from serving.items import ItemFilter
from serving.store.store import Store
from tests.support.denied_desk import NOW, Desk, several
from tests.support.earlier_stores import forget_revision
from tests.support.fake_champions import fake_champions
from tests.support.fake_recovery import FakeRecovery
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, dataclasses.replace(fake_champions(), denial_recovery=FakeRecovery()))


def test_the_list_stands_by_value_a_minute_and_what_is_too_late_stands_last(desk: Desk) -> None:
    several(desk, {"C1": "300", "C2": "900", "C3": "600"})
    assert [row.claim_id for row in desk.rows()] == ["C2", "C3", "C1"]
    assert all((row.priority or 0) > 0 for row in desk.rows())
    first = desk.rows()[0].id
    desk.at = NOW + timedelta(days=400)
    assert [row.priority for row in desk.rows()] == [0.0, 0.0, 0.0]
    desk.at = NOW
    assert desk.store.next_open(ItemFilter(kind="denied-claim"), after=first, at=NOW) == desk.rows()[1].id


def test_pages_of_the_list_stay_stable_from_day_to_day_and_miss_nothing(desk: Desk) -> None:
    several(desk, {f"D{n}": str(100 + 37 * n % 900) for n in range(12)})
    whole = [row.id for row in desk.rows()]
    for days in (0, 30, 100):
        at = NOW + timedelta(days=days)
        asked = ItemFilter(kind="denied-claim", status=None)
        pages = [desk.store.page(asked, offset=start, limit=5, at=at).rows for start in (0, 5, 10)]
        assert [row.id for page in pages for row in page] == whole


def test_walking_from_item_to_item_meets_each_once(desk: Desk) -> None:
    several(desk, {f"D{n}": str(100 + 37 * n % 900) for n in range(6)})
    rows = [row.id for row in desk.rows()]
    asked, walked = ItemFilter(kind="denied-claim"), [rows[0]]
    while len(walked) < len(rows):
        following = desk.store.next_open(asked, after=walked[-1], at=NOW)
        assert following
        walked.append(following)
    assert walked == rows


def test_a_large_payment_stands_before_a_small_one_and_before_one_without_money(desk: Desk) -> None:
    strangers = {"S1": "40", "S2": "4000", "S3": "400"}
    paid = [
        PaidClaim(name, charge=charge, payer_claim_number=f"N{name}", member=f"M{name}", last=f"L{name}")
        for name, charge in strangers.items()
    ]
    desk.take(
        remittance([*paid, PaidClaim("S4", charge="0", payer_claim_number="NS4", last="X", member="Y")])
    )
    found = [row.claim_id for row in desk.rows("remittance-match", lane="review")]
    assert found == ["S2", "S3", "S1", "S4"]


def test_a_claim_that_is_likelier_denied_stands_before_one_of_the_same_amount(desk: Desk) -> None:
    desk.champions = dataclasses.replace(desk.champions, certificates={})
    desk.take(professional([BilledClaim("LOW", charge="99"), BilledClaim("HIGH", charge="100", last="ROE")]))
    rows = desk.rows("denial-risk")
    assert [row.claim_id for row in rows] == ["HIGH", "LOW"]
    assert rows[0].expected is not None
    assert rows[1].expected is not None
    assert rows[0].expected > 10 * rows[1].expected


def test_a_store_of_an_earlier_release_gets_the_order_of_its_items(
    store: Store, champions: Champions
) -> None:
    desk = Desk(store, champions)
    desk.take(
        professional([BilledClaim(charge="500"), BilledClaim("B-2", charge="900", last="ROE", member="X")])
    )
    before = desk.store.page(ItemFilter(status=None), offset=0, limit=9, at=NOW)
    url = store._database.engine.url
    store.close()
    older = create_engine(url)
    with older.begin() as connection:
        for index in ("items_by_queue", "items_by_look", "items_as_listed"):
            connection.execute(text(f"DROP INDEX {index}"))
        for column in ("expected", "minutes", "deadline", "lapses", "queue", "rank"):
            connection.execute(text(f"ALTER TABLE items DROP COLUMN {column}"))
        connection.execute(text("DROP TABLE denied_claims"))
        forget_revision(connection)
    older.dispose()
    opened = Store(url.render_as_string(hide_password=False))
    after = opened.page(ItemFilter(status=None), offset=0, limit=9, at=NOW)
    opened.close()
    assert after == before

"""End to end: items go automatically, checks find them wrong, and the lane closes until a new certificate opens it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from models.certificates import Certificate, content_id
from serving import champions, load_command
from serving.champions import Champions
from serving.monitor import live
from serving.monitor.live import FRESH_SECONDS, LiveCertificates
from serving.store.monitor import MonitorStore
from serving.store.store import Store
from tests.support.automatic_lane import START, AutomaticDesk, all_checked
from tests.support.earlier_stores import forget_revision
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance


@pytest.fixture
def desk(url: str) -> Iterator[AutomaticDesk]:
    opened = AutomaticDesk(Store(url))
    yield opened
    opened.application.close()


def codes(item: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in item["reasons"]]


def right(desk: AutomaticDesk, name: str) -> dict[str, Any]:
    """A check that comes to what the lane did."""
    item = desk.client.get(f"/v1/blind-checks/{name}").json()
    (own,) = [
        one["reference"]
        for one in item["candidates"]
        if one["claim"]["claim_id"] == item["subject"]["claim_id"]
    ]
    return desk.check(name, "choose", claim_reference=own)


def later(given: Champions, **changes: Any) -> Champions:
    """The same with other certificates of matches."""
    kind = "remittance-match"
    changed = [msgspec.structs.replace(one, id="", **changes) for one in given.certificates[kind]]
    signed: list[Certificate] = [msgspec.structs.replace(one, id=content_id(one)) for one in changed]
    return replace(given, certificates={**given.certificates, kind: (*given.certificates[kind], *signed)})


def closed(desk: AutomaticDesk) -> None:
    """Wrong checks until the alarm."""
    for name in desk.pay(6):
        if desk.check(name)["incident"]:
            return
    raise AssertionError("no alarm")


def test_wrong_checks_revoke_the_certificate_and_the_next_item_goes_to_a_person_who_is_told_why(
    desk: AutomaticDesk,
) -> None:
    good = desk.pay(3)
    for name in good:
        assert right(desk, name)["wrong"] is False
    closed(desk)
    (next_one,) = desk.pay()
    item = desk.item(next_one)
    assert (item["row"]["lane"], item["row"]["status"]) == ("review", "open")
    assert "certificate-revoked" in codes(item)
    (found,) = desk.client.get("/v1/incidents").json()["rows"]
    assert found["incident"]["wrong"] >= 3
    assert found["second_look_total"] == len(found["second_look"])
    assert not set(good) & set(found["second_look"])
    (standing,) = desk.client.get("/v1/monitor").json()["rows"]
    assert standing["incident"]["id"] == found["incident"]["id"]
    assert standing["level"] >= 1 > standing["levels"][0]
    told = desk.client.get("/v1/certificates").json()["certificates"]
    revoked = [one for one in told if one["id"] == found["incident"]["certificate"]]
    assert [one["standing"] for one in revoked] == ["revoked"]
    assert revoked[0]["revoked_why"] == found["incident"]["why"]


def test_the_old_certificate_does_not_come_back_after_a_restart_and_one_on_later_labels_opens_the_lane(
    desk: AutomaticDesk, url: str
) -> None:
    closed(desk)
    for window, lane in (
        (None, "review"),  # the same models again
        ((date(2024, 3, 1), date(2024, 4, 2)), "review"),  # a new certificate on labels of before
        ((date(2024, 4, 4), date(2024, 5, 4)), "auto"),
    ):
        given = all_checked()
        if window:
            given = later(given, window_from=window[0], window_to=window[1])
        again = AutomaticDesk(Store(url), given, START + timedelta(40), number=desk.number)
        (name,) = again.pay()
        desk.number = again.number
        assert again.item(name)["row"]["lane"] == lane
        again.application.close()


def test_files_that_a_command_loads_do_not_go_under_a_revoked_certificate_either(
    desk: AutomaticDesk, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(desk)
    paid = BilledClaim("L1", charge="150"), PaidClaim("L1", charge="150", payer_claim_number="ICNL1")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.837").write_bytes(professional([paid[0]], control="000009001"))
    (folder / "b.835").write_bytes(remittance([paid[1]], trace="TRN9000001", control="000009001"))
    monkeypatch.setenv("CLEARLANE_DATABASE_URL", url)
    monkeypatch.setattr(champions, "load", lambda *_, **__: all_checked())
    before = desk.items()
    given = argparse.Namespace(paths=[folder], backlog=False, without_models=False)
    assert load_command.run(given) == 0
    (name,) = desk.items() - before
    assert desk.item(name)["row"]["lane"] == "review"
    assert "certificate-revoked" in codes(desk.item(name))


def test_another_process_follows_within_about_a_second(desk: AutomaticDesk, url: str) -> None:
    now = [0.0]
    store = Store(url)
    other = LiveCertificates(
        all_checked().certificates, MonitorStore.of(store).incidents, seconds=lambda: now[0]
    )
    seen = [other["remittance-match"][0].status]
    closed(desk)
    for more in (FRESH_SECONDS / 2, FRESH_SECONDS):
        now[0] += more
        seen.append(other["remittance-match"][0].status)
    assert seen == ["live", "live", "revoked"]
    assert other["denial-risk"][0].status == "live"
    store.close()


def test_what_was_scored_before_an_alarm_is_stored_by_what_stands_then(
    desk: AutomaticDesk, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = AutomaticDesk(Store(url), number=500)
    monkeypatch.setattr(live, "FRESH_SECONDS", 3600.0)  # so that what it knows of certificates is of before
    (before,) = other.pay()
    assert other.item(before)["row"]["lane"] == "auto"
    closed(desk)
    (after,) = other.pay()
    assert other.item(after)["row"]["lane"] == "review"
    assert "certificate-revoked" in codes(other.item(after))
    other.application.close()


@pytest.mark.parametrize("table", ["watched", "checks", "incidents"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET certificate = 'x'"])
def test_what_the_monitor_wrote_is_only_added_to(desk: AutomaticDesk, table: str, change: str) -> None:
    closed(desk)
    with (
        pytest.raises(DatabaseError, match="only added"),
        desk.store._database.engine.begin() as connection,
    ):
        connection.execute(text(change.format(table)))


def test_a_store_of_an_earlier_release_gets_the_tables_with_their_triggers(
    desk: AutomaticDesk, url: str
) -> None:
    with desk.store._database.engine.begin() as connection:
        for table in ("checks", "watched", "incidents"):
            connection.execute(text(f"DROP TABLE {table}"))
        forget_revision(connection)
    again = AutomaticDesk(Store(url), number=desk.number)
    closed(again)
    with (
        pytest.raises(DatabaseError, match="only added"),
        again.store._database.engine.begin() as connection,
    ):
        connection.execute(text("DELETE FROM incidents"))
    again.application.close()

"""A limit that is too short is refused with the reason, by the command and by the service's setting."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from features.errors import BadInputError
from features.settings import Settings
from models.recovery_limits import Limit, Limits
from serving import ingestion, store_command
from serving.access.actor import current_actor
from serving.retention.limit import check_limit
from serving.retention.schedule import EVERY, ScheduledPurge
from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, professional

CAME = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def address(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CLEARLANE_DATABASE_URL", url)
    return url


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    store_command.configure(parser)
    return store_command.run(parser.parse_args(["purge", *arguments]))


def fill(url: str) -> Store:
    store = Store(url)
    claims = [BilledClaim(f"A-{number}", charge="50") for number in range(3)]
    ingestion.take(
        professional(claims), name="a.x12", store=store, champions=fake_champions(), at=CAME, backlog=True
    )
    return store


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (364, "a correction or an appeal"),
        (45, "payers' answers"),
        (0, "at least 365 days"),
        (40_000, "at most"),
    ],
)
def test_what_is_too_short_or_a_slip_of_the_pen_is_refused(days: int, said: str) -> None:
    check_limit(365)
    with pytest.raises(BadInputError, match=said):
        check_limit(days)


def test_a_longer_limit_of_a_payer_counts() -> None:
    with pytest.raises(BadInputError, match="at least 730 days"):
        check_limit(400, Limits.of([Limit("appeal", 730, payer="PAY01")]))


def test_the_command_refuses_it_and_changes_nothing(address: str) -> None:
    fill(address).close()
    with pytest.raises(BadInputError, match="still needed"):
        run("--older-than", "30")
    assert run("--older-than", "36000") == 0


def test_the_command_says_what_went_and_the_log_who_did_it(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store = fill(address)
    assert run("--older-than", "400", "--dry-run", "--by", "ann") == 0
    assert capsys.readouterr().out == "would be removed: the data of 0 items, 3 claims, 1 file names\n"
    assert AuditStore.of(store).count() == 1
    assert run("--older-than", "400", "--by", "ann") == 0
    assert capsys.readouterr().out == "removed: the data of 0 items, 3 claims, 1 file names\n"
    logged = [one for one in AuditStore.of(store).entries() if one.action == "purge"]
    assert {one.actor for one in logged} == {"ann"}
    assert current_actor().name == "clearlane"
    store.close()


def test_who_did_it_has_a_name_that_a_key_could_have(address: str) -> None:
    store = fill(address)
    with pytest.raises(BadInputError, match=r"--by"):
        run("--older-than", "400", "--by", "nobody")
    assert AuditStore.of(store).count() == 1
    store.close()


@pytest.mark.parametrize("given", ["a year", "-1", "3.5"])
def test_a_setting_that_is_no_number_is_refused(given: str) -> None:
    with pytest.raises(BadInputError, match="CLEARLANE_RETENTION_DAYS"):
        Settings.from_environment({"CLEARLANE_RETENTION_DAYS": given})


def test_the_service_purges_a_transaction_at_a_time_and_then_rests(url: str) -> None:
    store, now = fill(url), CAME + timedelta(days=401)
    purge = ScheduledPurge(store, 400, clock=lambda: now)
    steps = 0
    while purge.step():
        steps += 1
    assert steps >= 2
    assert purge.step() == 0
    with store._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM claims").scalar() == 0
    before = AuditStore.of(store).count()
    now += EVERY
    assert purge.step() == 1
    while purge.step():
        pass
    assert AuditStore.of(store).count() == before
    store.close()


def test_a_service_with_too_short_a_limit_does_not_start(
    tmp_path: Path, default_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from serving.live.generation import Loader

    monkeypatch.setenv("CLEARLANE_WITHOUT_MODELS", "1")
    store = Store(default_url)
    settings = Settings.from_environment({"CLEARLANE_HOME": str(tmp_path), "CLEARLANE_RETENTION_DAYS": "90"})
    with pytest.raises(BadInputError, match=r"still needed .*CLEARLANE_RETENTION_DAYS"):
        Loader(settings, store, lambda: CAME).load()
    store.close()

"""What was scored and decided is computed again to the bit after models, policy and certificates were replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, text

from features.commandline import main
from features.settings import Settings
from models.certificates import Certificate, load_certificates
from models.files import read_manifest
from models.policy import DEFAULT, load_policy
from serving import champions
from serving.application import build
from serving.audit.in_force import DECODER
from serving.audit.model_finding import ModelFinder
from serving.audit.replaying import Replayed, replay
from serving.opening import open_store
from serving.store.audit_reading import AuditStore, LogFilter
from serving.store.monitor_tables import incidents
from serving.store.replaying import ReplayStore
from serving.store.schema import guard_names
from serving.store.store import Store
from tests.serving.audit.logs import of_store
from tests.serving.conftest import NOW
from tests.support import earlier_stores
from tests.support.asgi_client import AsgiClient
from tests.support.small_champions import champions_in
from tests.support.small_x12 import BilledClaim, payments_of, professional, remittance
from training.datasets import Dataset

KEY = "a key that is not in the database"
CLAIMS = [BilledClaim(f"A-{place}", str(90 + 130 * place), member=f"W{place:09d}") for place in range(12)]
LATER = [BilledClaim(f"L-{place}", str(90 + 130 * place), member=f"L{place:09d}") for place in range(12)]
PAID = payments_of(CLAIMS)


@pytest.fixture(scope="module")
def first(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return champions_in(tmp_path_factory.mktemp("first"), dataset, seed=1)


@pytest.fixture(scope="module")
def second(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return champions_in(tmp_path_factory.mktemp("second"), dataset, seed=2)


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """Another policy: other hours, another ceiling."""
    path = tmp_path / "stricter.toml"
    said = DEFAULT.read_text(encoding="utf-8").replace("sla_hours = 48", "sla_hours = 12")
    path.write_text(said.replace("audit_probability = 0.05", "audit_probability = 0.5"), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Clinic:
    """A service over one store that can be stopped and started with other models and another policy."""

    set_env: Callable[[str, str], None]
    home: Path

    @contextmanager
    def serving(self, models: Path, policy: Path = DEFAULT) -> Iterator[AsgiClient]:
        self.set_env("CLEARLANE_MODELS", str(models))
        self.set_env("CLEARLANE_POLICY", str(policy))
        settings = Settings.from_environment()
        store = open_store(settings)
        loaded = ReplayStore.of(store).put_in_force(champions.load(settings.models), settings)
        application = build(store, loaded, clock=lambda: NOW)
        yield AsgiClient(application.asgi)
        application.close()

    @contextmanager
    def store(self) -> Iterator[Store]:
        opened = open_store(Settings.from_environment())
        yield opened
        opened.close()

    def replays(self, *folders: Path) -> list[Replayed]:
        with self.store() as store:
            kept = ReplayStore.of(store)
            finder = ModelFinder(Settings.from_environment(), folders)
            return [replay(kept.kept(name), finder, kept.configuration) for name in kept.ids()]

    def attack(self, table: str, statement: str) -> None:
        """As the owner of the database can: its guard is taken away first."""
        with self.store() as store, store._database.writing() as connection:
            dialect = connection.dialect.name
            for name in guard_names(table, dialect) if table in ("configurations", "decisions") else ():
                connection.execute(
                    text(f"DROP TRIGGER {name}" + (f" ON {table}" * (dialect == "postgresql")))
                )
            connection.execute(text(statement))


@pytest.fixture
def clinic(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLEARLANE_DATABASE_URL", url)
    monkeypatch.setenv("CLEARLANE_AUDIT_KEY", KEY)
    return Clinic(monkeypatch.setenv, tmp_path)


def replayed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The command's exit status and what it printed."""
    status = main(
        prog="python -m serving",
        description="",
        commands={"replay": "serving.replay_command"},
        argv=["replay", *arguments],
    )
    return status, capsys.readouterr().out


def incident_of(certificate: Certificate) -> dict[str, Any]:
    """The row of an incident that revoked it."""
    cell = certificate.cell
    return {
        "id": certificate.id[:24],
        "certificate": certificate.id,
        "kind": cell.kind,
        "payer_group": cell.payer_group,
        "value_band": cell.value_band,
        "raised_at": NOW,
        "statistic": 25.0,
        "threshold": 20.0,
        "checked": 20,
        "wrong": 9,
        "rate": 0.45,
        "low": 0.3,
        "high": 0.6,
        "population": 200,
        "why": "checks found too many wrong",
    }


def a_day(clinic: Clinic, first: Path) -> tuple[str, int]:
    """Files in, and one payment decided; its id, and the number of the decision's entry."""
    with clinic.serving(first) as client:
        for data in (professional(CLAIMS), remittance(PAID)):
            assert client.post_file(data).status_code == 201
        rows = client.get("/v1/items?kind=remittance-match&limit=200").json()["rows"]
        name = rows[0]["id"]
        item = client.get(f"/v1/items/{name}")
        chosen = item.json()["candidates"][0]["reference"]
        body = {"action": "choose", "claim_reference": chosen, "reviewer": "ann", "reason": "it is this one"}
        answer = client.post_json(f"/v1/items/{name}/decision", body, **{"If-Match": item.headers["etag"]})
        assert answer.status_code == 200, answer.text
        (decision,) = client.get("/v1/audit?action=decision").json()["rows"]
        return name, int(decision["number"])


def test_decisions_are_replayed_to_the_bit_after_a_restart_with_other_models_and_another_policy(
    clinic: Clinic, first: Path, second: Path, stricter: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, number = a_day(clinic, first)
    with clinic.serving(second, stricter) as client:
        more = [BilledClaim(f"B-{place}", str(150 + place), member=f"V{place}") for place in range(3)]
        assert client.post_file(professional(more, control="000000777")).status_code == 201
        lanes = client.get("/v1/items?status=all").json()["lanes"]
        assert lanes["auto"] > 0, "the certificates let some go"
    everything = clinic.replays(first)
    assert {one.verdict for one in everything} == {"same"}, [
        one for one in everything if one.verdict != "same"
    ]
    assert {one.kind for one in everything} >= {"denial-risk", "remittance-match", "denied-claim"}
    policies = {one.versions["policy"] for one in everything}
    assert policies == {load_policy(DEFAULT).version, load_policy(stricter).version}
    certified = [
        field.now for one in everything for field in one.fields if field.name == "certificate" and field.now
    ]
    assert load_certificates(first / "remittance-match")[0].id in certified

    status, said = replayed(capsys, str(number), "--models", str(first))
    assert (status, said.count("different  "), said.splitlines()[-1]) == (
        0,
        0,
        "1 same, 0 different, 0 missing",
    )
    assert said.startswith(f"{name} remittance-match: same")
    for field in ("lane", "queue", "confidence", "certificate", "policy", "whole outcome", "decision: claim"):
        assert f"  same       {field}: " in said
    with clinic.store() as store:
        assert of_store(store, key=KEY.encode()).whole
        changes = AuditStore.of(store).page(LogFilter(action="in-force"), limit=10)
    assert len(changes) == 2
    was, is_ = msgspec.json.decode(changes[0].before or ""), msgspec.json.decode(changes[0].after or "")
    assert {"policy", "denial-risk", "remittance-match"} <= was.keys() & is_.keys()


def test_what_was_scored_while_a_certificate_stood_and_after_it_was_revoked_is_replayed_as_each_was(
    clinic: Clinic, first: Path
) -> None:
    with clinic.serving(first) as client:
        for data in (professional(CLAIMS), remittance(PAID)):
            client.post_file(data)
        went = client.get("/v1/items?status=automatic").json()["total"]
    with clinic.store() as store, store._database.writing() as connection:
        for kind in ("denial-risk", "remittance-match"):
            for one in load_certificates(first / kind):
                connection.execute(insert(incidents), incident_of(one))
    with clinic.serving(first) as client:
        paid = remittance(payments_of(LATER, number="LCN"), trace="TRN0000043", control="000000203")
        for data in (professional(LATER, control="000000777"), paid):
            client.post_file(data)
        assert client.get("/v1/items?status=automatic").json()["total"] == went
    everything = clinic.replays(first)
    assert {one.verdict for one in everything} == {"same"}
    lanes = [field.now for one in everything for field in one.fields if field.name == "lane"]
    assert len(lanes) >= 2 * (len(CLAIMS) + len(LATER))
    assert lanes.count("auto") == went > 0


def test_a_model_that_is_not_there_any_more_is_named(
    clinic: Clinic, first: Path, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, _ = a_day(clinic, first)
    with clinic.serving(second):
        pass
    status, said = replayed(capsys, name)
    version = read_manifest(first / "remittance-match", kind="remittance-match").version
    assert status == 2
    assert f"missing    the remittance-match model {version} is in none of: " in said


def test_a_policy_that_is_not_there_any_more_is_told(
    clinic: Clinic, first: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, _ = a_day(clinic, first)
    clinic.attack("configurations", "DELETE FROM configurations")
    status, said = replayed(capsys, name)
    assert (status, "missing    what was in force then is not in the store (configuration " in said) == (
        2,
        True,
    )


OTHER_INPUTS = (
    "UPDATE score_inputs SET body = (SELECT one.body FROM score_inputs one JOIN items ON items.id = one.item_id "
    "WHERE items.kind = 'denial-risk' LIMIT 1)"
)
TAMPERED: dict[str, tuple[str, str]] = {
    "confidence": ("items", "UPDATE items SET confidence = confidence + confidence * 2.3e-16"),
    "certificate": ("items", "UPDATE items SET certificate = 'certificate-000000000000'"),
    "model": ("items", "UPDATE items SET model_version = 'remittance-match-000000000000'"),
    "inputs": ("score_inputs", OTHER_INPUTS),
    "decision: reviewer": ("decisions", "UPDATE decisions SET reviewer = 'eve'"),
    "decision: action": ("decisions", "UPDATE decisions SET action = 'none'"),
}


@pytest.mark.parametrize("field", TAMPERED)
def test_what_was_changed_since_is_told_field_by_field(
    clinic: Clinic, first: Path, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    _, number = a_day(clinic, first)
    assert replayed(capsys, str(number))[0] == 0
    clinic.attack(*TAMPERED[field])
    status, said = replayed(capsys, str(number))
    assert (status, f"  different  {field}: then " in said) == (1, True), said


def test_what_is_no_decision_is_refused(
    clinic: Clinic, first: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with clinic.serving(first):
        pass
    for what in ("1", "99", "0" * 24):  # the first entry is of the configuration
        assert (
            main(
                prog="p", description="", commands={"replay": "serving.replay_command"}, argv=["replay", what]
            )
            == 2
        )
    assert "no such item" in capsys.readouterr().err


def test_what_is_in_force_is_kept_whole_and_logged_once_for_all_workers(clinic: Clinic, first: Path) -> None:
    for _ in range(2):
        with clinic.serving(first):
            pass
    with clinic.store() as store:
        (entry,) = AuditStore.of(store).page(LogFilter(action="in-force"), limit=10)
        body = ReplayStore.of(store).configuration(entry.subject)
    assert body is not None
    kept: Any = DECODER.decode(body)
    assert kept.policy == load_policy(DEFAULT)
    assert kept.certificates["denial-risk"] == load_certificates(first / "denial-risk")


def test_a_replay_makes_no_store_and_brings_none_up(
    empty_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = empty_database("sqlite")
    monkeypatch.setenv("CLEARLANE_DATABASE_URL", url)
    assert replayed(capsys, "--latest", "1")[0] == 2
    assert not Path(url.removeprefix("sqlite:///")).exists()
    earlier_stores.load("last", url)
    before = earlier_stores.contents(url)
    assert replayed(capsys, "--latest", "1")[0] == 2
    assert earlier_stores.contents(url) == before

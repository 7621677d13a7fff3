"""A worker goes over to new champions and policies while it serves, and no request notices."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from features.settings import Settings
from serving.live.gateway import Gateway
from serving.live.generation import WITHOUT_MODELS, Loader
from serving.live.swapping import Swapper
from serving.metrics import metrics
from serving.store.connections import StoreError
from serving.store.replaying import ReplayStore
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.small_x12 import BilledClaim, professional

HERE = "http://127.0.0.1"  # nobody is asked who they are, so only this machine is answered
POLICY = Path(__file__).parent.parent.parent.parent / "models" / "policy.toml"


@dataclass
class Worker:
    """A worker as the service makes it, but for the clock of its looks: a test looks itself."""

    settings: Settings
    gateway: Gateway
    swapper: Swapper

    def client(self) -> AsgiClient:
        return AsgiClient(self.gateway)

    def send(self, number: int) -> httpx.Response:
        data = professional([BilledClaim(f"C-{number}")], control=f"{number:09d}")
        return self.client().send("POST", f"{HERE}/v1/files?name={number}.837", content=data)

    def confidence(self, number: int) -> float | None:
        """Of the claim that came under this number."""
        rows = self.client().get(f"{HERE}/v1/items?status=all&kind=denial-risk").json()["rows"]
        found: float | None = next(row["confidence"] for row in rows if row["claim_id"] == f"C-{number}")
        return found

    def look_twice(self) -> bool:
        """New files are taken at the second look: at the first they may still be written."""
        return self.swapper.look() or self.swapper.look()


@pytest.fixture
def worker(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """Without models, by a policy in a file of its own."""
    monkeypatch.setenv(WITHOUT_MODELS, "1")
    policy = tmp_path / "policy.toml"
    shutil.copy(POLICY, policy)
    settings = Settings.from_environment({"CLEARLANE_HOME": str(tmp_path), "CLEARLANE_POLICY": str(policy)})
    loader, gateway = Loader(settings, store, lambda: NOW), Gateway()
    swapper = Swapper(loader, gateway, loader.load(), every=3600.0)
    swapper.start()
    yield Worker(settings, gateway, swapper)
    swapper.close()


def swaps(outcome: str) -> float:
    return float(metrics().swaps.labels(outcome)._value.get())


def raising(error: Exception) -> Callable[..., None]:
    def raise_it(*_: object) -> None:
        raise error

    return raise_it


def put(trained: Path, settings: Settings) -> None:
    """As a promotion does: the manifest comes last."""
    for kind in trained.iterdir():
        shutil.copytree(kind, settings.models / kind.name)


def test_with_the_files_of_a_champion_items_are_scored_without_a_restart(
    worker: Worker, trained: Path
) -> None:
    assert worker.send(1).status_code == 201
    assert worker.confidence(1) is None
    put(trained, worker.settings)
    assert not worker.swapper.look(), "the files may still be written"
    assert worker.swapper.look()
    assert worker.send(2).status_code == 201
    confidence = worker.confidence(2)
    assert confidence is not None
    assert 0.0 < confidence < 1.0
    assert not worker.look_twice(), "nothing has come since"


def test_another_policy_is_taken_and_stands_in_the_answers(worker: Worker) -> None:
    assert worker.settings.policy
    before = worker.swapper.generation.champions.policy.version
    text = worker.settings.policy.read_text(encoding="utf-8")
    worker.settings.policy.write_text(
        text.replace("audit_probability = 0.05", "audit_probability = 0.06"), encoding="utf-8"
    )
    assert worker.look_twice()
    after = worker.swapper.generation.champions.policy.version
    assert after != before
    served = [metrics().champions.labels("policy", version)._value.get() for version in (before, after)]
    assert served == [0, 1]
    worker.send(1)
    row = worker.client().get(f"{HERE}/v1/items?status=all&limit=1").json()["rows"][0]
    versions = worker.client().get(f"{HERE}/v1/items/{row['id']}").json()["versions"]
    assert after in versions.values()


@pytest.mark.parametrize("damage", ["policy", "model"])
def test_what_cannot_be_loaded_is_refused_once_and_the_old_serves_on(
    worker: Worker, trained: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    old, refused = worker.swapper.generation, swaps("refused")
    if damage == "policy":
        assert worker.settings.policy
        worker.settings.policy.write_text("format = [", encoding="utf-8")
    else:
        put(trained, worker.settings)
        part = next((worker.settings.models / "denial-risk").glob("*.txt"))
        part.write_text("no model", encoding="utf-8")
    with caplog.at_level(logging.ERROR, logger="clearlane.serving"):
        assert not worker.look_twice()
        assert not worker.look_twice(), "it is told of once, not every few seconds"
    assert len([one for one in caplog.records if "the old ones serve on" in one.message]) == 1
    assert swaps("refused") == refused + 1
    assert worker.swapper.generation is old
    assert worker.send(1).status_code == 201


@pytest.mark.parametrize(
    "error", [StoreError("the store cannot be used now"), OSError(24, "Too many open files"), MemoryError()]
)
def test_where_the_files_are_not_what_failed_the_next_look_takes_them(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    old, refused = worker.swapper.generation, swaps("refused")
    other_policy(worker, "0.6")
    with monkeypatch.context() as failing, caplog.at_level(logging.ERROR, logger="clearlane.serving"):
        failing.setattr(ReplayStore, "note_in_force", raising(error))
        assert not worker.look_twice()
        assert not worker.swapper.look()
    told = [one.getMessage() for one in caplog.records if "the old ones serve on" in one.message]
    assert len(told) == swaps("refused") - refused == 2
    assert all("tried again" in one for one in told)
    assert worker.swapper.generation is old
    assert worker.swapper.look(), "without any file having changed"
    assert not worker.look_twice()


def test_an_error_that_nobody_thought_of_is_counted_once_and_told_without_its_text(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    refused = swaps("refused")
    other_policy(worker, "0.7")
    with monkeypatch.context() as failing, caplog.at_level(logging.ERROR, logger="clearlane.serving"):
        failing.setattr(ReplayStore, "note_in_force", raising(ValueError("JANE DOE")))
        assert not worker.look_twice()
        assert not worker.look_twice()
    assert swaps("refused") == refused + 1
    assert "ValueError at " in caplog.text
    assert "JANE" not in caplog.text
    other_policy(worker, "0.8")
    assert worker.look_twice(), "other files are another matter"


def test_while_it_goes_over_again_and_again_no_request_fails_and_no_item_is_lost(worker: Worker) -> None:
    statuses: Counter[int] = Counter()
    over = threading.Event()

    def send(first: int) -> None:
        number = first
        while not over.is_set():
            statuses[worker.send(number).status_code] += 1
            number += 1

    senders = [threading.Thread(target=send, args=(10_000 * place,)) for place in range(1, 5)]
    for sender in senders:
        sender.start()
    assert worker.settings.policy
    text = worker.settings.policy.read_text(encoding="utf-8")
    generations = [worker.swapper.generation]
    try:
        for number in range(5):
            other = text.replace("audit_probability = 0.05", f"audit_probability = 0.1{number}")
            worker.settings.policy.write_text(other, encoding="utf-8")
            assert worker.look_twice()
            generations.append(worker.swapper.generation)
            time.sleep(0.1)
    finally:
        over.set()
        for sender in senders:
            sender.join()
    assert len({one.champions.policy.version for one in generations}) == 6
    assert set(statuses) == {201}
    total = worker.client().get(f"{HERE}/v1/items?status=all&limit=1").json()["total"]
    assert total == statuses[201] > 20


def test_a_request_under_way_ends_in_the_champions_that_it_began_with(worker: Worker) -> None:
    """The old application is finished only when nothing is under way in it."""
    old = worker.swapper.generation.application
    assert worker.gateway.drained(old, within=0.0)
    worker.gateway._under_way[id(old)] += 1  # a request that takes its time
    assert not worker.gateway.drained(old, within=0.1, look=0.01)
    worker.gateway._under_way[id(old)] -= 1
    assert worker.gateway.drained(old, within=0.0)


def in_force(worker: Worker) -> list[dict[str, str]]:
    """The entries of what went into force, the latest first."""
    return list(worker.client().get(f"{HERE}/v1/audit?action=in-force").json()["rows"])


def other_policy(worker: Worker, share: str) -> None:
    """A policy that draws another share for checks."""
    assert worker.settings.policy
    text = POLICY.read_text(encoding="utf-8")
    text = text.replace("audit_probability = 0.05", f"audit_probability = {share}")
    worker.settings.policy.write_text(text, encoding="utf-8")


def test_what_is_refused_while_it_is_built_never_stands_in_the_log_as_in_force(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = in_force(worker)
    with monkeypatch.context() as refused:
        refused.setenv("CLEARLANE_ACCESS", "on")  # and there is no key: nobody could come in
        other_policy(worker, "0.3")
        assert not worker.look_twice()
    assert in_force(worker) == begun
    assert worker.send(1).status_code == 201
    other_policy(worker, "0.4")
    assert worker.look_twice()
    assert len(in_force(worker)) == len(begun) + 1


def test_what_changes_while_the_first_is_loaded_is_seen_at_the_next_look(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WITHOUT_MODELS, "1")
    policy = tmp_path / "policy.toml"
    shutil.copy(POLICY, policy)
    settings = Settings.from_environment({"CLEARLANE_HOME": str(tmp_path), "CLEARLANE_POLICY": str(policy)})

    loader, gateway = Loader(settings, store, lambda: NOW), Gateway()
    first = loader.load()
    late = policy.read_text(encoding="utf-8").replace("audit_probability = 0.05", "audit_probability = 0.2")
    policy.write_text(late, encoding="utf-8")  # after it was read, before anybody looks
    worker = Worker(settings, gateway, Swapper(loader, gateway, first, every=3600.0))
    worker.swapper.start()
    try:
        assert worker.look_twice()
        assert worker.swapper.generation.champions.policy.audit_probability == 0.2
        assert not worker.look_twice()
    finally:
        worker.swapper.close()


def test_going_over_stands_in_the_audit_log_with_what_was_and_what_is(worker: Worker) -> None:
    def changes() -> list[dict[str, str]]:
        return list(worker.client().get(f"{HERE}/v1/audit?action=in-force").json()["rows"])

    (begun,) = changes()
    said = POLICY.read_text(encoding="utf-8").replace("audit_probability = 0.05", "audit_probability = 0.5")
    assert worker.settings.policy is not None
    worker.settings.policy.write_text(said, encoding="utf-8")
    assert worker.look_twice()
    now, was = changes()
    assert was == begun
    assert now["before"] != now["after"]
    assert now["policy"] == worker.swapper.generation.champions.policy.version != was["policy"]

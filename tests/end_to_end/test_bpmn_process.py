"""The BPMN example against the running service: saved while it waits, resumed after either has been killed."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from serving.store.store import Store
from tests.end_to_end.desk import Desk, Trained, running
from tests.serving.audit.logs import of_store
from tests.support import earlier_stores

RUN = Path(__file__).parent.parent.parent / "docs" / "examples" / "bpmn" / "run.py"
DONE, WAITS, REFUSED, AWAY = 0, 3, 65, 75
KILLS = 9


class Engine:
    """The example as users run it: each call is a process of its own, which knows only what was saved."""

    def __init__(self, desk: Desk, folder: Path, remittances: bytes) -> None:
        self.desk = desk
        self.state = folder / "state"
        self.file = folder / "remittances.835"
        self.file.write_bytes(remittances)
        self.printed = ""

    def start(self, *options: str) -> int:
        return self._run("start", str(self.file), *options)

    def resume(self, *options: str) -> int:
        return self._run("resume", *options)

    def decide(self, who: str, item: str) -> int:
        return self._run("decide", item, "accept", "--reason", "seen", who=who)

    def go_on(self, *options: str) -> int:
        """Resume what was saved, or start where nothing was."""
        return self.resume(*options) if (self.state / "process.json").exists() else self.start()

    def run_and_kill(self, *, after: float) -> None:
        """The same, with ``kill -9`` after so many seconds, in whatever it does then."""
        saved = (self.state / "process.json").exists()
        command = self.command("resume") if saved else self.command("start", str(self.file))
        with subprocess.Popen(command, env=self.environment(), stdout=subprocess.DEVNULL) as process:
            time.sleep(after)
            process.kill()

    @property
    def sent_again(self) -> int:
        """Requests of the last run that were not answered at first."""
        found = re.search(r"^(\d+) requests were sent again", self.printed, re.MULTILINE)
        assert found, self.printed
        return int(found[1])

    def _run(self, *arguments: str, who: str = "ann") -> int:
        done = subprocess.run(
            self.command(*arguments), env=self.environment(who), capture_output=True, text=True
        )
        self.printed = done.stdout + done.stderr
        return done.returncode

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(RUN), *arguments, "--state", str(self.state),
                "--address", self.desk.service.address]  # fmt: skip

    def environment(self, who: str = "ann") -> dict[str, str]:
        keys = {
            "CLEARLANE_ENGINE_KEY": self.desk.keys["engine"],
            "CLEARLANE_REVIEWER_KEY": self.desk.keys[who],
        }
        return {**os.environ, **keys, "COLUMNS": "200"}

    def book(self, event: str) -> dict[str, dict[str, Any]]:
        """The lines of an event by item, of which there is one each."""
        path = self.state / "book.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        found = [line for line in lines if line["event"] == event]
        assert len(found) == len({line["item"] for line in found}), "an item stands twice"
        return {line["item"]: line for line in found}


@pytest.fixture
def engine(desk: Desk, posting_models: Trained, tmp_path: Path) -> Engine:
    return Engine(desk, tmp_path, posting_models.remittances)


def test_a_process_waits_saved_and_ends_every_payment_once_though_service_and_engine_were_killed(
    engine: Engine, desk: Desk
) -> None:
    assert engine.start() == WAITS, engine.printed
    rows = {row["id"]: row for row in desk.items()}
    automatic = {item for item, row in rows.items() if row["lane"] == "auto"}
    waiting = sorted(rows.keys() - automatic, key=lambda item: rows[item]["confidence"], reverse=True)
    assert automatic
    assert len(waiting) >= 4
    assert engine.book("settled").keys() == automatic
    saved = (engine.state / "process.json").read_text()

    desk.service.kill()
    assert engine.resume("--patience", "1") == AWAY, engine.printed
    desk.service.start()

    first, second, third, *rest = waiting
    assert desk.decide("engine", first).status_code == 403  # who calls does not decide
    assert desk.decide("ann", first).status_code == 200  # at the service; the engine finds it
    assert desk.decide("bob", second).status_code == 200  # while ann has it open in the engine
    assert engine.decide("ann", second) == WAITS, engine.printed
    assert engine.decide("ann", third) == WAITS, engine.printed
    settled = engine.book("settled")
    assert [settled[item]["by"] for item in (first, second, third)] == ["ann", "bob", "ann"]

    _wait_until(max(rows[item]["due_at"] for item in rest))
    assert engine.resume() == WAITS, engine.printed
    late = engine.book("late")
    assert late.keys() >= set(rest)
    backlog = desk.ask("lead", "GET", "/v1/backlog").json()
    assert sum(queue["overdue"] for queue in backlog["queues"]) >= len(rest)
    assert desk.ask("engine", "GET", "/v1/backlog").status_code == 403

    for item in rest:
        assert desk.decide("bob", item, "none").status_code == 200
    assert engine.resume() == DONE, engine.printed
    print(engine.printed)
    _is_settled_once(engine, desk, rows)

    before = engine.book("settled")
    (engine.state / "process.json").write_text(saved)  # an engine that lost what it saved since
    assert engine.resume() == DONE, engine.printed
    assert engine.book("settled") == before
    _is_settled_once(engine, desk, rows)


def test_a_file_that_is_left_to_a_job_is_waited_for_and_all_its_payments_are_listed(
    engine: Engine, desk: Desk
) -> None:
    assert engine.start("--respond-async") == WAITS, engine.printed
    rows = {row["id"]: row for row in desk.items()}
    assert engine.book("settled").keys() == {item for item, row in rows.items() if row["lane"] == "auto"}
    for item in sorted(row["id"] for row in rows.values() if row["status"] == "open"):
        assert desk.decide("bob", item, "none").status_code == 200
    assert engine.resume() == DONE, engine.printed
    _is_settled_once(engine, desk, rows)


def test_a_process_whose_job_failed_stops_and_says_why(engine: Engine, desk: Desk) -> None:
    engine.file.write_bytes(b"no remittance at all")
    assert engine.start("--respond-async") == REFUSED, engine.printed
    assert "not-x12" in engine.printed
    assert "Traceback" not in engine.printed
    assert engine.resume() == REFUSED, engine.printed
    assert desk.items() == []
    assert not engine.book("settled")


@pytest.mark.slow
def test_an_engine_that_is_killed_again_and_again_and_asks_too_often_ends_every_payment_once(
    posting_models: Trained, tmp_path: Path, default_url: str
) -> None:
    draw = random.Random(7)
    with running(posting_models, tmp_path / "home", default_url, CLEARLANE_RATE_LIMIT="2") as desk:
        engine = Engine(desk, tmp_path, posting_models.remittances)
        for kill in range(KILLS):
            engine.run_and_kill(after=draw.uniform(0.5, 4.0))
            if kill % 4 == 3:
                desk.restart()
        assert engine.go_on() == WAITS, engine.printed
        assert engine.sent_again > 0  # it may ask twice a second, and looks at more items than that
        rows = {row["id"]: row for row in desk.items()}
        waiting = [item for item, row in rows.items() if row["status"] == "open"]
        for item in waiting:
            _decide_where_it_may_be_asked(desk, item)
            engine.run_and_kill(after=draw.uniform(0.5, 2.0))
        assert engine.go_on("--watch", "60") == DONE, engine.printed
        assert len(waiting) >= 4
        _is_settled_once(engine, desk, rows)
        assert len(earlier_stores.contents(desk.url)["files"]) == 1 + len(posting_models.claims)


def _decide_where_it_may_be_asked(desk: Desk, item: str) -> None:
    while (answer := desk.decide("bob", item, "none")).status_code == 429:
        time.sleep(float(answer.headers["Retry-After"]))
    assert answer.status_code == 200


def _wait_until(due: str) -> None:
    wait = (datetime.fromisoformat(due) - datetime.now(UTC)).total_seconds()
    time.sleep(max(0.0, wait + 0.1))


def _is_settled_once(engine: Engine, desk: Desk, rows: dict[str, dict[str, Any]]) -> None:
    """In the engine's book and in the service alike: without a look, or by a person."""
    settled = engine.book("settled")
    assert settled.keys() == rows.keys()
    statuses = {row["id"]: row["status"] for row in desk.items()}
    assert {item: line["by"] == "automatic" for item, line in settled.items()} == {
        item: status == "automatic" for item, status in statuses.items()
    }
    stored = earlier_stores.contents(desk.url)
    decided = Counter(decision["item_id"] for decision in stored["decisions"])
    assert decided == Counter({item: 1 for item, status in statuses.items() if status == "decided"})
    store = Store(desk.url)
    try:
        assert not of_store(store).faults
    finally:
        store.close()

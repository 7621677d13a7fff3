"""The benchmark of the service sees what it is there to see: losses, doubles, failures, delays."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar, cast

import httpx
import numpy as np
import pytest

from tests.support.builders import make_claim
from training.benchmarks.service import callbacks, checking, contract, mutated, soak, speed
from training.benchmarks.service.databases import kinds
from training.benchmarks.service.intake import Sent, files_of, send_until_taken
from training.benchmarks.service.kills import Killer, Outcome, taken
from training.benchmarks.service.listening import listening
from training.benchmarks.service.load import Loaded, Request, at_rate, closed
from training.benchmarks.service.process import Service


class Handler(BaseHTTPRequestHandler):
    """Answers the statuses that a test names, then 201; keeps the keys that came."""

    protocol_version = "HTTP/1.1"
    statuses: ClassVar[list[int]] = []
    keys: ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.keys.append(self.headers["Idempotency-Key"])
        self.send_response(self.statuses.pop(0) if self.statuses else 201)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    Handler.statuses, Handler.keys = [], []
    with listening(Handler) as port:
        yield f"http://127.0.0.1:{port}"


def test_what_is_missing_is_lost_and_what_is_there_too_often_is_doubled() -> None:
    none = callbacks.Callbacks(due=0, untold=0, again=0)
    alone = Outcome(Counter({"a": 1, "b": 1, "c": 1}), 0, 0, 0, 1.0, True, none)
    killed = Outcome(Counter({"a": 2, "b": 1, "d": 1}), 0, 1, 0, 1.0, True, none)
    assert (killed.lost(alone), killed.doubled(alone)) == (1, 2)
    assert (alone.lost(alone), alone.doubled(alone)) == (0, 0)


def test_workers_and_the_whole_are_killed_in_turn_as_files_come_in() -> None:
    done: list[str] = []

    class Killed:
        def kill_worker(self, number: int) -> None:
            done.append(f"worker {number}")

        def kill(self) -> None:
            done.append("all")

        def start(self) -> None:
            done.append("start")

    killer = Killer(cast("Service", Killed()), files=50, kills=4)
    for number in range(1, 51):
        killer.taken(number)
        killer.join()
    assert done == ["worker 0", "all", "start", "worker 1", "all", "start"]
    assert killer.done == 4


def test_a_file_is_sent_again_until_it_is_taken(address: str, tmp_path: Path) -> None:
    Handler.statuses[:] = [503, 409, 429]
    path = tmp_path / "a.837"
    path.write_bytes(b"ISA")
    with httpx.Client(base_url=address) as client:
        assert send_until_taken(client, path) == Sent(attempts=4)
    assert len(Handler.keys) == 4


def test_a_file_that_is_refused_is_not_sent_for_ever(address: str, tmp_path: Path) -> None:
    Handler.statuses[:] = [422]
    path = tmp_path / "a.837"
    path.write_bytes(b"ISA")
    with httpx.Client(base_url=address) as client, pytest.raises(httpx.HTTPStatusError):
        send_until_taken(client, path)


def test_a_load_counts_answers_and_failures(address: str) -> None:
    Handler.statuses[:] = [500, 500]
    loaded = closed(address, [Request.post("/x", b"{}")], callers=3, seconds=0.5)
    assert loaded.failed == 2
    assert len(loaded.latencies) == len(Handler.keys) > 10
    assert 0 < loaded.quantile(0.5) <= loaded.quantile(0.99) < 500


def test_at_a_rate_each_request_is_sent_once_and_in_its_time(address: str) -> None:
    loaded = at_rate(address, [Request.post("/x", b"{}")] * 50, rate=100.0, callers=4)
    assert len(loaded.latencies) == len(Handler.keys) == 50
    assert loaded.failed == 0
    assert loaded.seconds >= 0.49


def test_checks_are_timed_on_a_body_that_the_service_takes() -> None:
    (body,) = speed.bodies([make_claim(), make_claim()], 1)
    assert min(checking.measure(body)) > 0
    with pytest.raises(subprocess.CalledProcessError):
        checking.measure(b'{"items": [{"claim": {}}]}')


def test_items_that_were_said_to_be_queued_and_are_not_are_a_missed_bar() -> None:
    whole = mutated.told(Counter({201: 2, 422: 1}), 3, ["a", "b", "c"])
    assert not whole.missed
    assert mutated.told(Counter({201: 2}), 3, ["a", "b"]).missed
    assert mutated.told(Counter({201: 2}), 2, ["a", "a"]).missed
    assert mutated.told(Counter({201: 2, 500: 1}), 2, ["a", "b"]).missed


def soaked(memory: Sequence[int], failed: int = 0) -> list[str]:
    load = Loaded(600.0, np.full(100, 0.01), failed)
    looks = [soak.Look(10.0 * place, one * soak.MB, 20, 60) for place, one in enumerate(memory)]
    return soak.told(load, 50.0, load, looks).missed


def test_memory_that_grows_after_the_service_is_warm_is_a_missed_bar() -> None:
    assert not soaked([200, 400, *range(600, 610), *range(610, 600, -1)])
    assert "memory grew" in soaked([600 + 5 * place for place in range(30)])[0]
    assert soaked([600] * 30, failed=2) == ["2 requests failed"]


def test_no_remittance_of_a_soak_is_sent_twice(simulated: Path) -> None:
    requests = [one.data for one in itertools.islice(soak.mix(simulated, seed=1), 8_000)]
    taken = [one for one in requests if one.startswith(b"POST /v1/files")]
    assert len(taken) == len(set(taken))
    assert 0.18 < len(taken) / len(requests) < 0.22
    assert {one.split(b" ")[1] for one in requests} >= {
        b"/v1/denial-risk",
        b"/v1/items?limit=50",
        b"/metrics",
    }


def test_a_report_is_counted_by_case_and_check(tmp_path: Path) -> None:
    checks = {
        "1": [{"name": "x", "status": "failure"}, {"name": "x", "status": "failure"}],
        "2": [{"name": "y", "status": "failure"}],
        "3": [{"name": "y", "status": "success"}],
    }
    events = [
        {"EngineStarted": {}},
        {"ScenarioFinished": {"recorder": {"interactions": {"1": {}, "2": {}, "3": {}}, "checks": checks}}},
        {"ScenarioFinished": {"recorder": None}},
        {"NonFatalError": {}},
    ]
    report = tmp_path / "report.ndjson"
    report.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    found = contract.counted("a run", report, "log")
    assert (found.cases, dict(found.failures)) == (3, {"x": 1, "y": 1, "error": 1})
    part = contract.told([found], tmp_path)
    assert len(part.missed) == 2  # failures, and too few cases
    assert (tmp_path / "service-contract-a-run.log").read_text(encoding="utf-8") == "log"


@pytest.mark.slow
def test_killed_three_times_it_holds_what_it_holds_when_left_alone(simulated: Path, trained: Path) -> None:
    paths = files_of(simulated)[:120]
    for kind in kinds():
        alone, killed = (taken(paths, trained, kind, kills=kills) for kills in (0, 3))
        assert killed.kills == 3
        assert (killed.lost(alone), killed.doubled(alone)) == (0, 0)
        assert alone.items.total() > 100
        assert alone.whole
        assert killed.whole
        assert (killed.callbacks.due, killed.callbacks.untold) == (12, 0)


def test_a_receiver_tells_what_it_was_not_told_and_what_it_was_told_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(callbacks, "PATIENCE", 0.0)
    with callbacks.receiving() as receiver:
        answered = [
            httpx.post(receiver.address, json={"subject": job}).status_code for job in ("a", "a", "b", "a")
        ]
        assert answered == [503, 204, 204, 204]
        assert receiver.told(["a", "b", "c"]) == callbacks.Callbacks(due=3, untold=1, again=1)

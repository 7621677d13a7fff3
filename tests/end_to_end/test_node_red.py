"""The Node-RED flow against the running service, which is killed while files are on their way."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.desk import DAYS, Desk, Trained

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "node-red"
NODE_RED = ROOT / ".node-red" / "node_modules" / "node-red" / "red.js"
PATIENCE = 180.0  # seconds
ENDS = ("automatic", "people")
SENDS = r"\"Content-Type\": \"application/octet-stream\""  # among the headers, as the flow has it in JSON
FIELDS = ("id", "lane", "queue", "confidence", "due_at")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not NODE_RED.exists(), reason="Node-RED is not installed: make e2e does it"),
]


class Flow:
    """The folders that the flow reads and writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drop, self.out, self.sent = (folder / name for name in ("drop", "out", "sent"))
        self.refused = folder / "refused.jsonl"
        self.log = folder / "node-red.log"
        self.drop.mkdir(parents=True)

    @contextmanager
    def running(self, desk: Desk, *, respond_async: bool = False) -> Iterator[None]:
        """Node-RED in a process of its own, on a copy of the flow; ``respond_async``: each file becomes a job."""
        flow = (EXAMPLE / "flows.json").read_text(encoding="utf-8")
        if respond_async:
            assert flow.count(SENDS) == 1
            flow = flow.replace(SENDS, f'Prefer: \\"respond-async\\", {SENDS}')
        (self.folder / "flows.json").write_text(flow, encoding="utf-8")
        environment = {
            **os.environ,
            "CLEARLANE_ADDRESS": desk.service.address,
            "CLEARLANE_ENGINE_KEY": desk.keys["engine"],
            "CLEARLANE_DROP": str(self.drop),
            "CLEARLANE_OUT": str(self.out),
            "CLEARLANE_SENT": str(self.sent),
            "CLEARLANE_REFUSED": str(self.refused),
        }
        command = ["node", str(NODE_RED), "--settings", str(EXAMPLE / "settings.js"),
                   "--userDir", str(self.folder / "state"), str(self.folder / "flows.json")]  # fmt: skip
        with self.log.open("ab") as output:
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
            try:
                yield
            finally:
                process.kill()
                process.wait()

    def give(self, name: str, data: bytes) -> None:
        """Put a file there whole: what ends in .part is left alone."""
        part = self.drop / f"{name}.part"
        part.write_bytes(data)
        part.rename(self.drop / name)

    def was_sent(self, *names: str) -> bool:
        return all((self.sent / name).exists() for name in names)

    def end(self, name: str) -> dict[str, dict[str, object]]:
        """What came out at an end, by item."""
        files = sorted((self.out / name).glob("*.json"))
        return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}

    def wait_for(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")[-4000:]
            time.sleep(0.2)


def test_every_payment_comes_out_at_one_end_though_service_and_flow_were_killed(
    desk: Desk, posting_models: Trained, tmp_path: Path
) -> None:
    flow = Flow(tmp_path / "flow")
    files = sorted(posting_models.network.glob(f"remittances/{DAYS}"))
    first, second, *rest = files
    with flow.running(desk):
        flow.give(first.name, first.read_bytes())
        flow.wait_for(lambda: flow.was_sent(first.name))
        desk.service.kill()
        flow.give(second.name, second.read_bytes())
        flow.wait_for(lambda: "ECONNREFUSED" in flow.log.read_text(encoding="utf-8"))
    with flow.running(desk):  # which begins anew what the first one had not ended
        for file in rest:
            flow.give(file.name, file.read_bytes())
        flow.give("minutes.txt", b"no remittance at all")
        desk.service.start()
        flow.wait_for(lambda: flow.was_sent(second.name))
        desk.restart()
        flow.wait_for(lambda: flow.was_sent(*(file.name for file in files)) and flow.refused.exists())
    assert [json.loads(line) for line in flow.refused.read_text().splitlines()] == [
        {"file": "minutes.txt", "status": 422, "at": "sent"}
    ]
    rows = {row["id"]: row for row in desk.items()}
    ends = {name: flow.end(name) for name in ENDS}
    assert all(ends.values())
    assert not ends["automatic"].keys() & ends["people"].keys()
    assert ends["automatic"].keys() | ends["people"].keys() == rows.keys()
    assert {row["lane"] for row in ends["automatic"].values()} == {"auto"}
    assert "auto" not in {row["lane"] for row in ends["people"].values()}
    assert {row["status"] for row in rows.values() if row["id"] in ends["automatic"]} == {"automatic"}
    for row in (row for end in ends.values() for row in end.values()):
        assert tuple(row) == FIELDS
    counts = {name: len(end) for name, end in ends.items()}
    print(f"{len(files)} files through Node-RED: {counts}, 1 file refused; the service was killed twice.")


def test_files_that_are_left_to_jobs_are_waited_for_and_one_whose_job_failed_stays(
    desk: Desk, posting_models: Trained, tmp_path: Path
) -> None:
    flow = Flow(tmp_path / "flow")
    with flow.running(desk, respond_async=True):
        flow.give("remittances.835", posting_models.remittances)
        flow.give("minutes.txt", b"no remittance at all")
        flow.wait_for(lambda: flow.was_sent("remittances.835") and flow.refused.exists())
    assert [json.loads(line) for line in flow.refused.read_text().splitlines()] == [
        {"file": "minutes.txt", "status": 422, "code": "not-x12", "at": "left"}
    ]
    assert not flow.was_sent("minutes.txt")
    rows = {row["id"] for row in desk.items()}
    assert rows
    assert {item for name in ENDS for item in flow.end(name)} == rows

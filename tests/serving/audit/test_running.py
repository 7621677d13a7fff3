"""The service as it runs, with two workers: its head is anchored by one of them, and an auditor's commands agree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from serving.audit.anchors import read_anchors
from serving.demo.server import running_service
from serving.store.store import Store
from tests.serving.audit.logs import attack, unlock
from tests.serving.test_service import free_port
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture
def environment(tmp_path: Path, new_database_settings: Callable[[], dict[str, str]]) -> dict[str, str]:
    key = tmp_path / "audit.key"
    key.write_text("a key that is not in the database\n", encoding="utf-8")
    return {
        **os.environ,
        "CLEARLANE_HOME": str(tmp_path / "home"),
        "CLEARLANE_AUDIT_KEY_FILE": str(key),
        "CLEARLANE_AUDIT_ANCHOR": str(tmp_path / "anchors.jsonl"),
        "CLEARLANE_AUDIT_ANCHOR_SECONDS": "1",
        **new_database_settings(),
    }


def command(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "serving", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def anchored(path: Path) -> list[int]:
    return [one.number for one in read_anchors(path).found] if path.exists() else []


def grow_until(path: Path, number: int) -> None:
    deadline = time.monotonic() + 30
    while max(anchored(path), default=0) < number and time.monotonic() < deadline:
        time.sleep(0.1)
    assert max(anchored(path)) >= number


def test_an_auditor_verifies_and_replays_what_two_workers_wrote(
    environment: dict[str, str], tmp_path: Path
) -> None:
    path, options = tmp_path / "anchors.jsonl", ["--workers", "2", "--without-models"]
    running = running_service(
        port=free_port(), environment=environment, log=tmp_path / "log", patience=600, options=options
    )
    with running as address, httpx.Client(base_url=address, timeout=60) as client:
        for data in (professional([BilledClaim("A-1"), BilledClaim("A-2")]), remittance([PaidClaim("A-1")])):
            assert client.post("/v1/files", files={"file": ("day.x12", data)}).status_code == 201
            grow_until(path, client.get("/v1/audit?limit=1").json()["rows"][0]["number"])
        numbers = anchored(path)
        assert len(set(numbers)) == len(numbers), "one worker writes, and only where the log has grown"
        scores = client.get("/v1/audit?action=score").json()["rows"]
        (written,) = re.findall(
            r'clearlane_audit_anchors_total{outcome="written"} ([\d.]+)', client.get("/metrics").text
        )
        assert float(written) > 0

    verified = command(environment, "audit", "verify", "--anchor", str(path))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.startswith("whole: ")
    assert "entries a second" in verified.stdout
    replayed = command(environment, "replay", *(str(one["number"]) for one in scores))
    assert (replayed.returncode, replayed.stdout.splitlines()[-1]) == (0, "3 same, 0 different, 0 missing")

    url = environment.get("CLEARLANE_DATABASE_URL") or f"sqlite:///{tmp_path / 'home' / 'clearlane.sqlite'}"
    store = Store(url)
    unlock(store)
    attack(store, "DELETE FROM audit_log WHERE number > 3")
    store.close()
    cut = command(environment, "audit", "verify", "--anchor", str(path))
    assert cut.returncode == 1
    assert "entry 4: truncate: " in cut.stdout
    assert command(environment, "audit", "verify").returncode == 0, (
        "without anchors a cut tail cannot be seen"
    )
    keyless = {name: value for name, value in environment.items() if name != "CLEARLANE_AUDIT_KEY_FILE"}
    assert "no key was given" in command(keyless, "audit", "verify").stdout


def test_to_verify_makes_no_store(environment: dict[str, str], tmp_path: Path) -> None:
    elsewhere = {**environment, "CLEARLANE_DATABASE_URL": f"sqlite:///{tmp_path / 'nowhere.sqlite'}"}
    done = command(elsewhere, "audit", "verify")
    assert (done.returncode, "there is no store here" in done.stderr) == (2, True)
    assert not (tmp_path / "nowhere.sqlite").exists()


def test_the_head_is_printed_as_an_anchor(environment: dict[str, str], tmp_path: Path) -> None:
    data = tmp_path / "a.837"
    data.write_bytes(professional())
    assert command(environment, "load", "--without-models", str(data)).returncode == 0
    path = tmp_path / "by-hand.jsonl"
    path.write_text(command(environment, "audit", "head").stdout, encoding="utf-8")
    verified = command(environment, "audit", "verify", "--anchor", str(path))
    assert (verified.returncode, "1 anchors hold, up to entry " in verified.stdout) == (0, True), (
        verified.stdout
    )

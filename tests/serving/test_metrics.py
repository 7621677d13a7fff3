"""What Prometheus reads of several processes together, each of which counts in files of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from serving.metrics import exposition

WORKER = """
import sys
from serving.live.swapping import tell_served
tell_served({"denial-risk": "first", "policy": "p1"})
if sys.argv[1] == "over":
    tell_served({"denial-risk": "second", "policy": "p1"}, instead_of={"denial-risk": "first", "policy": "p1"})
print("told", flush=True)
sys.stdin.read()
"""


@contextmanager
def worker(folder: Path, how: str) -> Iterator[subprocess.Popen[str]]:
    """A process that tells what it serves with, for as long as it is wanted."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, how],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "told\n"
        yield process


def served() -> dict[str, float]:
    """Processes by version, of what one reads of all of them."""
    lines = exposition()[0].decode().splitlines()
    found = [one.partition("version=") for one in lines if one.startswith("clearlane_champion_info{")]
    return {rest.split('"')[1]: float(rest.split()[-1]) for _, _, rest in found}


def test_workers_that_serve_with_different_champions_are_told_apart_and_a_killed_one_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    with worker(tmp_path, "over"), worker(tmp_path, "stays") as late:
        assert served() == {"first": 1.0, "second": 1.0, "p1": 2.0}
        late.kill()
        late.wait()
        assert served() == {"first": 0.0, "second": 1.0, "p1": 1.0}


def test_what_is_counted_by_labels_that_are_known_beforehand_begins_at_nothing() -> None:
    """In a process of its own, where nothing has happened."""
    program = "from serving.metrics import exposition; print(exposition()[0].decode())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    begun = {
        one for one in done.stdout.splitlines() if one.startswith("clearlane_") and "_created{" not in one
    }
    for series in (
        'clearlane_incidents_total{kind="remittance-match"}',
        'clearlane_blind_checks_total{kind="denial-risk",verdict="wrong"}',
        'clearlane_files_total{outcome="refused"}',
        'clearlane_model_swaps_total{outcome="refused"}',
        'clearlane_challenger_swaps_total{outcome="refused"}',
        'clearlane_audit_anchors_total{outcome="failed"}',
        'clearlane_deliveries_total{outcome="dead"}',
        'clearlane_deliveries_total{outcome="failed"}',
        'clearlane_background_failures_total{name="job-kept"}',
    ):
        assert f"{series} 0.0" in begun
    assert all(one.endswith(" 0.0") for one in begun)
    assert not any('"waiting"' in one for one in begun)

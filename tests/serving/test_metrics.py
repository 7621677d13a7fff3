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

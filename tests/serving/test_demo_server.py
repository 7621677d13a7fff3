"""The demonstration feeds its own service and never another one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from features.errors import BadInputError
from serving import instance
from serving.demo.server import ServiceDidNotStartError, running_service, wait_until_ready
from tests.support.other_service import other_service

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives and serves nothing."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as started:
        yield started
        started.kill()


def test_a_demonstration_on_a_taken_port_says_so_before_anything_else(tmp_path: Path) -> None:
    with other_service() as other:
        done = subprocess.run(
            [sys.executable, "-m", "serving", "demo", "--no-wait", "--port", str(other.port)],
            cwd=ROOT,
            env={**os.environ, "CLEARLANE_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert other.asked == []
    assert done.returncode == 2
    assert f"port {other.port} is taken" in done.stderr
    assert "PORT=" in done.stderr
    assert (done.stdout, (tmp_path / "home").exists()) == ("", False)


def test_no_service_is_started_on_a_taken_port(tmp_path: Path) -> None:
    with other_service() as other:
        service = running_service(port=other.port, environment=os.environ, log=tmp_path / "log")
        with pytest.raises(BadInputError, match="is taken"), service:
            pass
        assert other.asked == []


def test_a_ready_answer_of_another_service_is_not_taken_for_ours(
    process: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    with other_service({instance.HEADER: "of another"}) as other:
        address = f"http://127.0.0.1:{other.port}"
        with pytest.raises(ServiceDidNotStartError, match="not ready within"):
            wait_until_ready(address, "ours", process, tmp_path / "log", 0.5)


def test_an_answer_with_our_token_is_ready(process: subprocess.Popen[bytes], tmp_path: Path) -> None:
    with other_service({instance.HEADER: "ours"}) as other:
        wait_until_ready(f"http://127.0.0.1:{other.port}", "ours", process, tmp_path / "log", 30)
        assert other.asked == ["GET /readyz"]

"""Ctrl-C ends a command and its steps with one word, and a service that is only served ends well."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from serving.demo import demonstration, report
from serving.demo.demonstration import Demonstration
from serving.steps import StepFailedError, run_step, status_of_step
from tests.support.small_x12 import professional

ROOT = Path(__file__).parent.parent.parent
COMMAND = '''"""A command that is one step."""
from serving.steps import run_step

def configure(parser):
    pass

def run(arguments):
    run_step("room")
    return 0
'''
OUTER = """
import sys
from features.commandline import main

sys.exit(main(prog="outer", description="", commands={"go": "outer_command"}, argv=["go"]))
"""
SAYS_STOPPED = """
import sys, time
try:
    print("begun", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("stopped", file=sys.stderr)
    sys.exit(130)
"""
SAYS_NOTHING = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
print("begun", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("step", [SAYS_STOPPED, SAYS_NOTHING])
def test_ctrl_c_in_a_step_is_answered_with_one_word_and_130(tmp_path: Path, step: str) -> None:
    (tmp_path / "room.py").write_text(step, encoding="utf-8")
    (tmp_path / "outer_command.py").write_text(COMMAND, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", OUTER],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: all of them at once
    _, said = process.communicate(timeout=60)
    assert (said, process.returncode) == ("stopped\n", 130)


def test_a_step_that_fails_is_an_error_with_its_status(tmp_path: Path) -> None:
    (tmp_path / "room.py").write_text("import sys; sys.exit(4)", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    assert status_of_step("room", "go", environment=environment) == 4
    with pytest.raises(StepFailedError, match="'python -m room go' ended with status 4"):
        run_step("room", "go", environment=environment)


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What happened to the service; Ctrl-C comes as soon as the demonstration waits for it."""
    happened: list[str] = []

    @contextmanager
    def service(**_: object) -> Iterator[str]:
        try:
            yield "http://127.0.0.1:1"
        finally:
            happened.append("stopped")

    monkeypatch.setattr(Demonstration, "_status", lambda *_: 0)
    monkeypatch.setattr(Demonstration, "_feed", lambda *_: [])
    monkeypatch.setattr(demonstration, "running_service", service)
    monkeypatch.setattr(demonstration, "check_free", lambda *_: None)
    monkeypatch.setattr(report, "show", lambda *_, **__: None)
    monkeypatch.setattr(signal, "pause", interrupted)
    before = signal.getsignal(signal.SIGTERM)
    yield happened
    signal.signal(signal.SIGTERM, before)


def demonstrate(folder: Path) -> None:
    (folder / "a.837").write_bytes(professional())
    home = folder / "home"
    Demonstration(home=home, data=folder, claims=1, seed=1, port=1, console=Console(width=80)).run(wait=True)


def test_ctrl_c_while_the_demonstration_only_serves_is_its_end(
    tmp_path: Path, stopped: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    demonstrate(tmp_path)
    assert stopped == ["stopped"]
    assert capsys.readouterr().out.endswith("\nThe service has stopped. Nothing is left running.\n")


def test_ctrl_c_while_the_demonstration_works_is_an_interruption(
    tmp_path: Path,
    stopped: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Demonstration, "_feed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        demonstrate(tmp_path)
    assert stopped == ["stopped"]
    assert "The service has stopped" not in capsys.readouterr().out

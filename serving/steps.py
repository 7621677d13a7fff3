"""Commands of the rooms run as steps of another command, each a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from features.commandline import STOPPED
from features.errors import ClearlaneError

PATIENCE = 5.0  # seconds in which a step that was told to stop may end by itself


class StepFailedError(ClearlaneError):
    """A step ended with an error that it has already printed."""

    code = "step-failed"
    exit_status = 3


def run_step(room: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
    """Run a command to its end; raises StepFailedError."""
    status = status_of_step(room, *arguments, environment=environment)
    if status != 0:
        raise StepFailedError(
            f"'python -m {room} {arguments[0]}' ended with status {status}",
            remedy="what it printed says why",
        )


def status_of_step(room: str, *arguments: str, environment: Mapping[str, str] | None = None) -> int:
    """Run a command to its end; the answer is its exit status.

    Ctrl-C reaches the step too. Where it says by itself that it has stopped, SystemExit ends us without a second word.
    """
    with subprocess.Popen([sys.executable, "-m", room, *arguments], env=environment) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            if _end(process) == STOPPED:
                raise SystemExit(STOPPED) from None
            raise


def _end(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:  # it is deaf, or the signal was sent to us alone
        process.terminate()
        return process.wait()

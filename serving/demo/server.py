"""The service as a process of its own, started, waited for and stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from features.errors import ClearlaneError


class ServiceDidNotStartError(ClearlaneError):
    """The service ended, or was not ready in time."""

    code = "service-did-not-start"
    exit_status = 3


@contextmanager
def running_service(
    *, port: int, environment: Mapping[str, str], log: Path, patience: float = 120.0
) -> Iterator[str]:
    """The service's address while it runs; raises ServiceDidNotStartError after ``patience`` seconds.

    The process has a session of its own, so that Ctrl-C reaches us alone and the service is then asked to drain.
    """
    address = f"http://127.0.0.1:{port}"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "serving", "serve", "--port", str(port)],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_ready(address, process, log, patience)
            yield address
        finally:
            _stop(process)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServiceDidNotStartError(
                f"the service ended with status {process.returncode}",
                where=str(log),
                remedy="the log says why; is the port taken? try --port",
            )
        try:
            if httpx.get(f"{address}/readyz", timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise ServiceDidNotStartError(
        f"the service was not ready within {patience:.0f} s", where=str(log), remedy="the log says why"
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

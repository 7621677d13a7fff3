"""The service as a process of its own, started, waited for and stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from features.errors import ClearlaneError
from serving import instance
from serving.ports import check_free


class ServiceDidNotStartError(ClearlaneError):
    """The service ended, or was not ready in time."""

    code = "service-did-not-start"
    exit_status = 3


class ServiceDidNotEndError(ClearlaneError):
    """The service was asked to end, did not, and was killed."""

    code = "service-did-not-end"
    exit_status = 3


@contextmanager
def running_service(
    *,
    port: int,
    environment: Mapping[str, str],
    log: Path,
    patience: float = 120.0,
    options: Sequence[str] = (),
) -> Iterator[str]:
    """The service's address while it runs; raises ServiceDidNotStartError after ``patience`` seconds.

    Raises ServiceDidNotEndError where it had to be killed in the end, and nothing else went wrong.

    ``options`` are those of ``python -m serving serve``.

    Nothing else is taken for it: the port is free before, and the answer has to carry this process's own token.
    The process has a session of its own, so that Ctrl-C reaches us alone and the service is then asked to drain.
    """
    check_free("127.0.0.1", port)
    address, token = f"http://127.0.0.1:{port}", instance.new_token()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "serving", "serve", "--port", str(port), *options],
            env={**environment, instance.VARIABLE: token},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until_ready(address, token, process, log, patience)
            yield address
        finally:
            ended = _stop(process)
    if not ended:
        raise ServiceDidNotEndError(
            "the service was asked to end, did not, and was killed",
            where=str(log),
            remedy="the log says what it was at",
        )


def wait_until_ready(
    address: str, token: str, process: subprocess.Popen[bytes], log: Path, patience: float
) -> None:
    """Return when the process itself says that it is ready; raises ServiceDidNotStartError."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServiceDidNotStartError(
                f"the service ended with status {process.returncode}",
                where=str(log),
                remedy="the log says why",
            )
        with suppress(httpx.TransportError):
            answer = httpx.get(f"{address}/readyz", timeout=2)
            if answer.is_success and answer.headers.get(instance.HEADER) == token:
                return
        time.sleep(0.2)
    raise ServiceDidNotStartError(
        f"the service was not ready within {patience:.0f} s", where=str(log), remedy="the log says why"
    )


def _stop(process: subprocess.Popen[bytes], seconds: float = 30.0) -> bool:
    """Whether it ended when it was asked, or before, or somebody would not wait for it; it is gone in any case."""
    if process.poll() is not None:
        return True
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=seconds)
    except (
        subprocess.TimeoutExpired,
        KeyboardInterrupt,
    ) as reason:  # it hangs, or a second Ctrl-C asks for haste
        process.kill()
        process.wait()
        return isinstance(reason, KeyboardInterrupt)
    return True
